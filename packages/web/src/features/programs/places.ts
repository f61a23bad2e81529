/**
 * Places of programs that links named, until the program is opened (docs/spec/programs.md PR62): the account may give
 * it only once it is a contact. They are of this window alone.
 */
const wanted = new Map<string, string>();
const wantedMax = 20;

export function wantPlace(account: string, place: string): void {
  wanted.delete(account);
  wanted.set(account, place);
  for (const [oldest] of wanted) if (wanted.size > wantedMax) wanted.delete(oldest);
}

/** Once. */
export function takePlace(account: string): string | undefined {
  const place = wanted.get(account);
  wanted.delete(account);
  return place;
}
