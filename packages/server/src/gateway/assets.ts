/**
 * Assets: the built web app, held in memory and compressed beforehand (docs/spec/delivery.md DS33).
 *
 * `name.br` and `name.gz` beside a file are its compressed forms; for a file without them they are
 * made in the background after the start, and it is served as it is until then.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { embedded, type Files } from "./embedded.ts";

type Encoding = "br" | "gzip" | "identity";
type Asset = {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly bodies: Map<Encoding, Uint8Array<ArrayBuffer>>;
};

export type Assets = {
  /** The answer to a GET or HEAD of `path`; a path without a file is the app's own (its routes are the client's). */
  readonly answer: (request: AssetRequest) => Response;
  /** Settles when every file is compressed. */
  readonly compressed: Promise<void>;
};
export type AssetRequest = {
  readonly method: string;
  readonly path: string;
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string | null;
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};
const compressible = new Set([
  ".html",
  ".js",
  ".mjs",
  ".css",
  ".json",
  ".map",
  ".webmanifest",
  ".wasm",
  ".svg",
  ".txt",
]);
const year = "public, max-age=31536000, immutable";
/** Vite's content hash in a name: what has one never changes. */
const hashedName = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
/** The service worker's name is its hash (docs/spec/web.md WE33). */
const workerName = /^\/sw-[0-9a-f]{64}\.js$/;
const smallBytes = 1_024;

/** @param folder the build; undefined: what came inside the program. Without either every page says that the app was not built. */
export function loadAssets(folder: string | undefined, headers: Readonly<Record<string, string>>): Assets {
  const assets = assetsOf(folder === undefined ? embedded : filesOf(folder));
  return {
    answer: (request) => answer(assets, headers, request),
    compressed: compressAll(assets),
  };
}

function answer(
  assets: Map<string, Asset>,
  headers: Readonly<Record<string, string>>,
  request: AssetRequest,
): Response {
  if (request.method !== "GET" && request.method !== "HEAD")
    return new Response("method not allowed\n", { status: 405, headers: { ...headers, allow: "GET, HEAD" } });
  const asset = assets.get(request.path) ?? (extname(request.path) === "" ? assets.get("/index.html") : undefined);
  if (asset === undefined) {
    const text = assets.size === 0 ? "The web app has not been built: run `npm run build:web`.\n" : "not found\n";
    return new Response(text, { status: 404, headers: { ...headers, "content-type": "text/plain; charset=utf-8" } });
  }
  const caching = { etag: asset.etag, "cache-control": asset.cacheControl, vary: "accept-encoding" };
  if (request.ifNoneMatch === asset.etag)
    return new Response(null, { status: 304, headers: { ...headers, ...caching } });
  const encoding = chosenEncoding(asset, request.acceptEncoding);
  const body = asset.bodies.get(encoding) as Uint8Array<ArrayBuffer>;
  return new Response(request.method === "HEAD" ? null : body, {
    headers: {
      ...headers,
      ...caching,
      "content-type": asset.type,
      ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
    },
  });
}

function chosenEncoding({ bodies }: Asset, acceptEncoding: string): Encoding {
  const accepted = acceptEncoding
    .split(",")
    .filter((item) => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
    .map((item) => item.split(";")[0]?.trim());
  for (const encoding of ["br", "gzip"] as const)
    if (bodies.has(encoding) && accepted.includes(encoding)) return encoding;
  return "identity";
}

function assetsOf(files: Files): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const [path, body] of files) {
    if (path.endsWith(".br") || path.endsWith(".gz")) continue;
    const bodies = new Map<Encoding, Uint8Array<ArrayBuffer>>([["identity", body]]);
    const [br, gz] = [files.get(`${path}.br`), files.get(`${path}.gz`)];
    if (br !== undefined) bodies.set("br", br);
    if (gz !== undefined) bodies.set("gzip", gz);
    assets.set(path, {
      type: types[extname(path)] ?? "application/octet-stream",
      etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
      cacheControl: isNamedByContent(path) ? year : "no-cache",
      bodies,
    });
  }
  return assets;
}

function isNamedByContent(path: string): boolean {
  return workerName.test(path) || (path.startsWith("/assets/") && hashedName.test(path));
}

function filesOf(folder: string): Files {
  if (!existsSync(folder)) return new Map();
  return new Map(
    filesIn(folder).map((file) => [
      `/${relative(folder, file).split(sep).join("/")}`,
      new Uint8Array(readFileSync(file)),
    ]),
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

async function compressAll(assets: Map<string, Asset>): Promise<void> {
  for (const [path, { bodies }] of assets) {
    const body = bodies.get("identity") as Uint8Array<ArrayBuffer>;
    if (!compressible.has(extname(path)) || body.length < smallBytes) continue;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    if (!bodies.has("br")) bodies.set("br", new Uint8Array(await brotli(body, quality)));
    if (!bodies.has("gzip")) bodies.set("gzip", new Uint8Array(await gzipped(body)));
  }
}
