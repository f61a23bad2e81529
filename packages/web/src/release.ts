/**
 * Release: the list of a version's files, and the keys under which they are cached (docs/spec/web.md WE33), for pages
 * and the service worker.
 */
export type Release = {
  readonly v: 1;
  /** File name of the service worker: `sw-HASH.js`, with its SHA-256 in hex. */
  readonly worker: string;
  /** Files to fetch ahead: path without the first slash, and SHA-256 in base64. */
  readonly files: Readonly<Record<string, string>>;
};

export const appCache = "yanshu-1";

/** The cache key of a file. It holds the hash, so that versions of a file at one path have different keys. */
export function keptKey(path: string, hash: string): string {
  return new URL(`${path}?v=${encodeURIComponent(hash)}`, `${location.origin}/`).href;
}

/** SHA-256 in base64, as a release names files by it. */
async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...hash));
}

/** Fetches a file from home, past the HTTP cache. Rejects when its SHA-256 differs from `hash` (base64). */
export function fetchWhole(path: string, hash: string): Promise<Response> {
  return fetch(`/${path}`, { cache: "reload", integrity: `sha256-${hash}` });
}

/** A cache, as far as it is needed here. */
type Kept = {
  readonly match: (key: string) => Promise<Response | undefined>;
  readonly delete: (key: string) => Promise<boolean>;
};

/** Keys of files that were looked at since this worker or page began, for a worker seldom more than minutes ago. */
const looked = new Set<string>();

/**
 * A file of the cache, undefined where it has none or other bytes: any page of this origin can write there, and one
 * that home slipped in would else stay under a signed release (WE281). Other bytes are deleted.
 */
export async function keptWhole(cache: Kept, path: string, hash: string): Promise<Response | undefined> {
  const key = keptKey(path, hash);
  const kept = await cache.match(key);
  if (kept === undefined || looked.has(key)) return kept;
  const bytes = await kept.arrayBuffer();
  // @checks WE281
  if ((await hashOf(bytes)) !== hash) {
    await cache.delete(key);
    return undefined;
  }
  looked.add(key);
  return new Response(bytes);
}
