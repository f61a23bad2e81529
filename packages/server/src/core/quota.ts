/**
 * Quota: what an account may keep here grows with the days that it has been here (docs/spec/delivery.md DS141), so that
 * a thousand accounts that are registered in one night do not get a thousand full quotas.
 */

/** The quota on an account's first day, that of an old account, and after how many days it counts as old. */
export type Growth = { readonly first: number; readonly full: number; readonly days: number };

/**
 * @param sinceDay the day on which the account registered, in days since 1970. Undefined: the account is old.
 * @param today in days since 1970.
 * @returns the quota in the unit of `first` and `full`: a whole number that grows linearly, never more than `full`.
 */
export function grownQuota({ first, full, days }: Growth, sinceDay: number | undefined, today: number): number {
  const age = sinceDay === undefined ? days : Math.max(0, today - sinceDay);
  if (age >= days || first >= full) return full;
  return first + Math.floor(((full - first) * age) / days);
}
