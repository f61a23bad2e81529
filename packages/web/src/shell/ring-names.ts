/**
 * Ring names: who calls, for the service worker, which cannot open the store of a closed app (docs/spec/push.md PU12,
 * PU15). They are kept in the clear, so only while the person wants names in notices, and no lock is set.
 */
const cacheName = "yanshu-words";
const place = "/ring-names.json";

export type RingNames = Readonly<Record<string, string>>;

/**
 * @param names by tag; undefined: none are kept.
 * @param mayStand asked again once they stand: a lock may have been set while they were written. Never throws: a
 *   private window keeps nothing.
 */
export async function keepRingNames(names: RingNames | undefined, mayStand = () => true): Promise<void> {
  try {
    const cache = await caches.open(cacheName);
    if (names !== undefined && mayStand()) await cache.put(place, Response.json(names));
    if (names === undefined || !mayStand()) await cache.delete(place);
  } catch {
    // The service worker then says it without a name.
  }
}

/**
 * Keeps the table as it is to be now. @param make resolves with the names; it is asked only while they may stand.
 * Returns the function that looks again; the first look writes or deletes whatever an earlier page left.
 */
export function ringNameKeeper(mayStand: () => boolean, make: () => Promise<RingNames | undefined>) {
  let kept: string | undefined;
  return async (): Promise<void> => {
    const made = mayStand() ? await make() : undefined;
    const names = mayStand() ? made : undefined;
    const now = JSON.stringify(names);
    // What is not to stand is deleted each time: another tab may have written it.
    if (names !== undefined && now === kept) return;
    kept = now;
    await keepRingNames(names, mayStand);
  };
}
