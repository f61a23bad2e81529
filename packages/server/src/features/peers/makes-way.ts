/**
 * Making way: where all room is taken, the oldest of the place that has most of it goes for one from another place
 * (docs/spec/peers.md PE41, PE47).
 */

/**
 * Returns the one that goes. Undefined: no place has more than the newcomer's would have then.
 *
 * @param taken the oldest first, each with the place that it came from; undefined: it counts for none, and stays.
 * @param place of the newcomer.
 */
export function makesWay<T>(taken: Iterable<readonly [T, string | undefined]>, place: string): T | undefined {
  const places = new Map<string, { readonly oldest: T; count: number }>();
  for (const [one, of] of taken) {
    if (of === undefined) continue;
    const known = places.get(of) ?? { oldest: one, count: 0 };
    places.set(of, known);
    known.count++;
  }
  let found: T | undefined;
  let most = (places.get(place)?.count ?? 0) + 1;
  for (const { oldest, count } of places.values()) {
    // @checks PE41 PE47
    if (count > most) [found, most] = [oldest, count];
  }
  return found;
}
