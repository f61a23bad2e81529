/**
 * Release: how a version of the app is named, and under which keys its files are kept (docs/spec/web.md WE33), alike in
 * pages and in the service worker.
 */
export type Release = {
  readonly v: 1;
  /** `sw-` and the SHA-256 of the service worker in hex: it names every file by its hash. */
  readonly worker: string;
  /** What is fetched ahead: the path of each file, without its first slash, and its SHA-256 in base64. */
  readonly files: Readonly<Record<string, string>>;
};

export const appCache = "yanshu-1";

/** The key of a kept file: another one for other bytes, also where the address is the same. */
export function keptKey(path: string, hash: string): string {
  return new URL(`${path}?v=${encodeURIComponent(hash)}`, `${location.origin}/`).href;
}

/** From home, whatever is kept; rejects when the bytes are others than the hash says. */
export function fetchWhole(path: string, hash: string): Promise<Response> {
  return fetch(`/${path}`, { cache: "reload", integrity: `sha256-${hash}` });
}
