/**
 * Assets: the built web app, held in memory compressed, as it is sent (docs/spec/delivery.md DS33).
 *
 * tools/web-build.mjs writes `name.br` and `name.gz` beside a file. Where both exist, only they are kept in memory. A
 * file without them is served as it is until it has been compressed in the background. For a client that accepts
 * neither encoding the server unpacks the gzip form.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync, constants, gunzipSync, gzip } from "node:zlib";
import { carrierFile, carrierPolicy, programFrames, typeOfFile } from "@yanshu/release";
import { embedded, type Files } from "./embedded.ts";

type Encoding = "br" | "gzip" | "identity";
type Asset = {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly bodies: Map<Encoding, Uint8Array<ArrayBuffer>>;
};

export type Assets = {
  /** Answers a GET or HEAD. A path without an extension that names no file gets index.html: it is a client's route. */
  readonly answer: (request: AssetRequest) => Response;
  /** By path without the leading slash: the file's encodings, each unpacked as a browser would. */
  readonly files: ReadonlyMap<string, () => readonly Uint8Array[]>;
  /** Settles when every file is compressed. */
  readonly compressed: Promise<void>;
};
export type AssetRequest = {
  readonly method: string;
  readonly path: string;
  /** The query, from the `?` on. For the carrier's file it names the home that the file may reach. */
  readonly search?: string;
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string | null;
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
/** Vite's content hash in a name: a file with one never changes. */
const hashedName = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
/** The service worker's name is its hash (docs/spec/web.md WE33). */
const workerName = /^\/sw-[0-9a-f]{64}\.js$/;
const smallBytes = 1_024;

/**
 * @param folder the build; undefined: the build inside the program. Without either, every path gets a 404 that says
 * the app was not built.
 */
export function loadAssets(folder: string | undefined, headers: Readonly<Record<string, string>>): Assets {
  const assets = assetsOf(folder === undefined ? buildOf(embedded) : buildIn(folder));
  return {
    answer: (request) => answer(assets, headers, request),
    files: new Map([...assets].map(([path, asset]) => [path.slice(1), () => formsOf(asset)])),
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
  const own = ownHeaders(request);
  const caching = { ...own, etag: asset.etag, "cache-control": asset.cacheControl, vary: "accept-encoding" };
  if (request.ifNoneMatch === asset.etag)
    return new Response(null, { status: 304, headers: { ...headers, ...caching } });
  const encoding = chosenEncoding(asset, request.acceptEncoding);
  const body = request.method === "HEAD" ? null : bodyOf(asset, encoding);
  return new Response(body, {
    headers: {
      ...headers,
      ...caching,
      "content-type": asset.type,
      ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
    },
  });
}

/** Headers that a few files have in place of those of all others. */
function ownHeaders({ path, search }: AssetRequest): Readonly<Record<string, string>> {
  return programFrames[path] ?? (carrierFile.test(path) ? carrierHeaders(search) : {});
}

/** The carrier's file has a policy of its own if its query names a home; otherwise that of all files (WE140). */
function carrierHeaders(search = ""): Readonly<Record<string, string>> {
  const policy = carrierPolicy(new URLSearchParams(search).get("to"));
  return policy === undefined ? {} : { "content-security-policy": policy };
}

function bodyOf({ bodies }: Asset, encoding: Encoding): Uint8Array<ArrayBuffer> {
  return bodies.get(encoding) ?? new Uint8Array(gunzipSync(bodies.get("gzip") as Uint8Array<ArrayBuffer>));
}

function formsOf({ bodies }: Asset): readonly Uint8Array[] {
  return [...bodies].map(([encoding, body]) => {
    try {
      return encoding === "br" ? brotliDecompressSync(body) : encoding === "gzip" ? gunzipSync(body) : body;
    } catch {
      return body; // A browser cannot unpack it either, so it counts as a different file.
    }
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

function assetsOf({ paths, read }: Build): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const path of new Set(Array.from(paths, (one) => one.replace(/\.(?:br|gz)$/, "")))) {
    const bodies = new Map<Encoding, Uint8Array<ArrayBuffer>>();
    if (paths.has(`${path}.br`)) bodies.set("br", read(`${path}.br`));
    if (paths.has(`${path}.gz`)) bodies.set("gzip", read(`${path}.gz`));
    if (bodies.size < 2) bodies.set("identity", read(path));
    const [kept] = bodies.values();
    assets.set(path, {
      type: typeOfFile(path),
      etag: `"${createHash("sha256")
        .update(kept as Uint8Array)
        .digest("base64url")
        .slice(0, 22)}"`,
      cacheControl: isNamedByContent(path) ? year : "no-cache",
      bodies,
    });
  }
  return assets;
}

function isNamedByContent(path: string): boolean {
  return workerName.test(path) || (path.startsWith("/assets/") && hashedName.test(path));
}

/** The files of a build, by paths such as `/index.html`. */
type Build = { readonly paths: ReadonlySet<string>; readonly read: (path: string) => Uint8Array<ArrayBuffer> };

function buildIn(folder: string): Build {
  const paths = existsSync(folder) ? filesIn(folder) : [];
  return {
    paths: new Set(paths.map((file) => `/${relative(folder, file).split(sep).join("/")}`)),
    read: (path) => new Uint8Array(readFileSync(join(folder, path))),
  };
}

function buildOf(files: Files): Build {
  return { paths: new Set(files.keys()), read: (path) => files.get(path) as Uint8Array<ArrayBuffer> };
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
    const body = bodies.get("identity");
    if (body === undefined || !compressible.has(extname(path)) || body.length < smallBytes) continue;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    if (!bodies.has("br")) bodies.set("br", new Uint8Array(await brotli(body, quality)));
    if (!bodies.has("gzip")) bodies.set("gzip", new Uint8Array(await gzipped(body)));
    bodies.delete("identity");
  }
}
