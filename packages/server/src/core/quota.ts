/**
 * Quota: what an account may keep here grows with the days that it has been here (docs/spec/delivery.md DS141), so that
 * who registers a thousand accounts in a night does not reserve a thousand times the room of one.
 */

/** What an account has on its first day, what an old one has, and after how many days it counts as old. */
export type Growth = { readonly first: number; readonly full: number; readonly days: number };

/**
 * @param sinceDay on which it registered; none: it is old.
 * @return a whole number, which rises evenly; never more than `full`.
 */
export function grownQuota({ first, full, days }: Growth, sinceDay: number | undefined, today: number): number {
  const age = sinceDay === undefined ? days : Math.max(0, today - sinceDay);
  if (age >= days || first >= full) return full;
  return first + Math.floor(((full - first) * age) / days);
}
