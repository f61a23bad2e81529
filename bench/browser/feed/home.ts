/**
 * A home for the feed's measurement: the films of a page as a home serves them (docs/spec/channels.md), behind a line
 * of so many bits a second and such a delay, which all its requests share. It counts what it sent.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeFilmHead, encodeHeadsBegin, filmOf, headBytesOf, toHex } from "@yanshu/wire";
import { build } from "vite";

const root = join(import.meta.dirname, "../../..");

export type Line = { readonly bitsPerSecond: number; readonly roundTripMs: number };
export const freeLine: Line = { bitsPerSecond: Number.POSITIVE_INFINITY, roundTripMs: 0 };

type Film = { readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly list: Uint8Array<ArrayBuffer> };
type Sent = { bytes: number; headBytes: number; requests: number };

export type FeedHome = {
  readonly origin: string;
  readonly films: readonly Film[];
  readonly sent: Sent;
  line: Line;
  readonly stop: () => Promise<void>;
};

/** The page and its service worker, which are of the web app's package. */
const measured = join(root, "packages/web/e2e/feed");
const partBytes = 8 << 10;
/** In the first box of an MP4 film. */
const minorVersionAt = 12;
const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

/** @param paths of MP4 films. @param count of the page: some are the same film with another hash. */
export async function feedHome(folder: string, paths: readonly string[], count: number): Promise<FeedHome> {
  const sources = paths.map((path) => readFileSync(path));
  const films = Array.from({ length: count }, (_, n) => {
    // The minor version, which players pass over. Nothing may follow the media: a player would ask for it first.
    const bytes = new Uint8Array(sources[n % sources.length] as Buffer);
    new DataView(bytes.buffer).setUint32(minorVersionAt, n);
    const { hash, list } = filmOf(sha256, bytes);
    return { hash: toHex(hash), bytes, list: new Uint8Array(list) };
  });
  const bundle = Buffer.concat([
    encodeHeadsBegin(new Uint8Array(32).fill(0xab), count),
    ...films.map(({ hash, bytes, list }) =>
      encodeFilmHead({ film: Uint8Array.fromHex(hash), list, head: bytes.subarray(0, headBytesOf(bytes.length)) }),
    ),
  ]);
  const site = join(folder, "feed");
  await build({
    root: measured,
    configFile: false,
    logLevel: "error",
    build: { outDir: site, emptyOutDir: true, target: "esnext", assetsInlineLimit: 0, modulePreload: false },
  });
  const worker = join(folder, "feed-worker");
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      outDir: worker,
      target: "esnext",
      lib: { entry: join(measured, "sw.ts"), formats: ["es"], fileName: () => "sw.js" },
    },
  });
  const fixed = new Map([
    ["/sw.js", join(worker, "sw.js")],
    ["/cut.mjs", join(import.meta.dirname, "cut.mjs")],
    ["/mediabunny.mjs", join(root, "node_modules/mediabunny/dist/bundles/mediabunny.min.mjs")],
    ["/hls.js", join(root, "node_modules/hls.js/dist/hls.min.js")],
  ]);
  const hls = new Map<string, Uint8Array<ArrayBuffer>>();
  const sent: Sent = { bytes: 0, headBytes: 0, requests: 0 };
  let freeAtMs = 0;
  const home = { line: freeLine };
  /** All answers share the line: each part waits until those before it have crossed. */
  const crosses = async (bytes: number) => {
    const now = performance.now();
    freeAtMs = Math.max(now, freeAtMs) + (bytes * 8_000) / home.line.bitsPerSecond;
    if (freeAtMs - now > 1) await Bun.sleep(freeAtMs - now);
  };
  type Init = { readonly status?: number; readonly headers?: Readonly<Record<string, string>> };
  function over(bytes: Uint8Array<ArrayBuffer>, init: Init, isHead = false): Response {
    let at = 0;
    sent.requests++;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        if (at === 0) await Bun.sleep(home.line.roundTripMs);
        const part = bytes.slice(at, at + partBytes);
        await crosses(part.length);
        at += part.length;
        sent.bytes += part.length;
        if (isHead) sent.headBytes += part.length;
        controller.enqueue(part);
        if (at >= bytes.length) controller.close();
      },
    });
    const headers = { "content-length": `${bytes.length}`, "cache-control": "no-store", ...init.headers };
    return new Response(body, { ...init, headers });
  }
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 120,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/films.json")
        return Response.json(films.map(({ hash, bytes }) => ({ hash, bytes: bytes.length })));
      const source = /^\/source\/(\d+)$/.exec(pathname);
      if (source !== null) return new Response(films[Number(source[1])]?.bytes);
      if (request.method === "PUT") {
        hls.set(pathname, new Uint8Array(await request.arrayBuffer()));
        return new Response();
      }
      const part = hls.get(pathname);
      if (part !== undefined)
        return over(part, {
          headers: { "content-type": pathname.endsWith("m3u8") ? "application/vnd.apple.mpegurl" : "video/mp4" },
        });
      if (pathname.startsWith("/public/heads/")) return over(new Uint8Array(bundle), {}, true);
      const asked = /^\/public\/films\/([0-9a-f]{64})(\/list)?$/.exec(pathname);
      const film = asked && films.find(({ hash }) => hash === asked[1]);
      if (film && asked[2] !== undefined) return over(film.list, {});
      if (film) return filmPart(film, request.headers.get("range"));
      const path = fixed.get(pathname) ?? join(site, pathname === "/" ? "index.html" : pathname);
      if (!existsSync(path)) return new Response(null, { status: 404 });
      const type = types[path.split(".").at(-1) ?? ""] ?? "text/javascript";
      return new Response(Bun.file(path), { headers: { "content-type": type } });
    },
  });
  function filmPart({ bytes }: Film, asked: string | null): Response {
    const range = /^bytes=(\d+)-(\d*)$/.exec(asked ?? "");
    const headers = { "content-type": "video/mp4", "accept-ranges": "bytes" };
    if (range === null) return over(bytes, { headers });
    const from = Number(range[1]);
    const to = range[2] === "" ? bytes.length : Math.min(bytes.length, Number(range[2]) + 1);
    const content = `bytes ${from}-${to - 1}/${bytes.length}`;
    return over(bytes.slice(from, to), { status: 206, headers: { ...headers, "content-range": content } });
  }
  return Object.assign(home, {
    origin: `http://127.0.0.1:${server.port}`,
    films,
    sent,
    stop: () => server.stop(true),
  });
}
