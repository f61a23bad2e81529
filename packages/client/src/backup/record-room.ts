/**
 * Room in the recovery record (docs/spec/vault.md VA45). Own devices that are put out since may have told any number of
 * one thing: it takes no room from the others.
 */

/** What takes room. `bytes`: infinite if it can not stand there at all. */
export type Part = { readonly kind: string; readonly bytes: number };

/**
 * The parts for which there is room: of each kind the first ones, as far as its share goes. All shares are alike, and
 * what a kind does not need of its own the others have.
 */
export function partsWithRoom<T extends Part>(parts: readonly T[], room: number): readonly T[] {
  const able = parts.filter(({ bytes }) => bytes <= room);
  const needs = new Map<string, number>();
  for (const { kind, bytes } of able) needs.set(kind, (needs.get(kind) ?? 0) + bytes);
  const rising = [...needs.values()].toSorted((a, b) => a - b);
  let [left, share] = [room, room];
  for (const [at, need] of rising.entries()) {
    share = left / (rising.length - at);
    left -= Math.min(need, share);
  }
  const taken = new Map<string, number>();
  return able.filter(({ kind, bytes }) => {
    const sum = (taken.get(kind) ?? 0) + bytes;
    if (sum > share) return false;
    taken.set(kind, sum);
    return true;
  });
}
