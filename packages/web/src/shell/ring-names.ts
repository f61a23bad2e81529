/**
 * Ring names: who calls, for the service worker, which cannot open the store of a closed app (docs/spec/push.md PU12).
 * They are kept in the clear, so only while the person wants names in notices, and no lock is set.
 */
const cacheName = "yanshu-words";
const place = "/ring-names.json";

/** @param names by tag; undefined: none are kept. Never throws: a private window keeps nothing. */
export async function keepRingNames(names: Readonly<Record<string, string>> | undefined): Promise<void> {
  try {
    const cache = await caches.open(cacheName);
    if (names === undefined) await cache.delete(place);
    else await cache.put(place, Response.json(names));
  } catch {
    // The service worker then says it without a name.
  }
}
