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

/** Fetches a file from home, past the HTTP cache. Rejects when its SHA-256 differs from `hash` (base64). */
export function fetchWhole(path: string, hash: string): Promise<Response> {
  return fetch(`/${path}`, { cache: "reload", integrity: `sha256-${hash}` });
}
