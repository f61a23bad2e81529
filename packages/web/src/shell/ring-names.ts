/**
 * Ring names: names of possible callers, for the service worker, which cannot open the store of a closed app
 * (docs/spec/push.md PU12, PU15). They are stored in clear, so only while the person wants names in notices and no
 * lock is set.
 */
const cacheName = "yanshu-words";
const place = "/ring-names.json";

export type RingNames = Readonly<Record<string, string>>;

/**
 * Stores or deletes the names. Never throws: a private window stores nothing.
 *
 * @param names by the tag of their conversation; undefined: the stored ones are deleted.
 * @param mayStand asked again after writing: a lock may have been set meanwhile.
 */
export async function keepRingNames(names: RingNames | undefined, mayStand = () => true): Promise<void> {
  try {
    const cache = await caches.open(cacheName);
    if (names !== undefined && mayStand()) await cache.put(place, Response.json(names));
    if (names === undefined || !mayStand()) await cache.delete(place);
  } catch {
    // The service worker then shows the call without a name.
  }
}

/**
 * Returns a function that brings the stored names up to date. Its first call writes or deletes what an earlier page
 * left. @param make resolves with the names; called only while `mayStand` returns true.
 */
export function ringNameKeeper(mayStand: () => boolean, make: () => Promise<RingNames | undefined>) {
  let kept: string | undefined;
  return async (): Promise<void> => {
    const made = mayStand() ? await make() : undefined;
    const names = mayStand() ? made : undefined;
    const now = JSON.stringify(names);
    // Names that may not be stored are deleted at each call: another tab may have written them.
    if (names !== undefined && now === kept) return;
    kept = now;
    await keepRingNames(names, mayStand);
  };
}
