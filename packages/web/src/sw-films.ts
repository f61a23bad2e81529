/**
 * Films in the service worker: `/films/HASH?bytes=N&type=T` is served to `<video>` and `<img>` from chunks that have
 * their hashes (docs/spec/channels.md). The heads of a page come first and in one request, the same for everybody; the
 * rest of a film is fetched once it is shown, four chunks at a time.
 */
import type { FromFilms, ToFilms } from "./shared/film-messages.ts";
import { fetchHeads, filmPorts } from "./shared/film-ports.ts";
import { Films, WrongFilm } from "./shared/films.ts";
import { hexOf } from "./shared/hex.ts";

const films = new Films(filmPorts);
const playable = /^(?:image\/(?:png|jpeg|webp|gif|avif)|audio\/(?:mp4|ogg|mpeg)|video\/(?:mp4|webm))$/;

let near: readonly string[] = [];
let shown = "";
/** Requests for the rest of a film that is not shown yet: each goes on once it is shown. */
let waiting: { readonly hash: string; readonly go: () => void; readonly stop: (why: Error) => void }[] = [];
let heads = { pack: "", stop: new AbortController() };

export function isPublicFilmPath(path: string): boolean {
  return /^\/films\/[0-9a-f]{64}$/.test(path);
}

export async function takeFilmMessage(worker: ServiceWorkerGlobalScope, data: ToFilms, port?: MessagePort) {
  if (data.kind === "film-shown") {
    ({ hash: shown, near } = data);
    const before = waiting;
    const goesOn = (hash: string) => hash === shown || hash === near[1];
    waiting = before.filter(({ hash }) => !goesOn(hash) && near.includes(hash));
    for (const one of before) {
      if (goesOn(one.hash)) one.go();
      else if (!near.includes(one.hash)) one.stop(new Error("it is not wanted any more"));
    }
  } else if (data.kind === "film-heads") await takeHeads(worker, data.pack);
  else if (data.kind === "films-forget") {
    heads.stop.abort();
    heads = { pack: "", stop: new AbortController() };
    await films.forget();
    port?.postMessage(undefined);
  }
}

async function takeHeads(worker: ServiceWorkerGlobalScope, pack: string): Promise<void> {
  if (heads.pack === pack || !/^[0-9a-f]{64}$/.test(pack)) return;
  heads.stop.abort();
  const stop = new AbortController();
  heads = { pack, stop };
  const read: string[] = [];
  try {
    await fetchHeads(pack, stop.signal, async ({ film, head, list }) => {
      const hash = hexOf(film);
      read.push(hash);
      if (list.length === 0) return; // Home does not have that film.
      await films.takeHead(hash, list, head).catch((error: unknown) => told(worker, hash, error));
    });
    await tell(worker, { kind: "film-heads-read", pack, films: read });
  } catch {
    // Without heads each film begins with a request of its own; the next page asks again.
    if (heads.stop === stop) heads = { pack: "", stop: new AbortController() };
  }
}

export async function answerFilm(worker: ServiceWorkerGlobalScope, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const hash = pathname.slice("/films/".length);
  const bytes = Number(searchParams.get("bytes"));
  const type = searchParams.get("type") ?? "image/webp"; // Pictures tell their own kind.
  if (!Number.isSafeInteger(bytes) || bytes < 0 || !playable.test(type)) return new Response(null, { status: 404 });
  const headers = new Headers({
    "content-type": type,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "accept-ranges": "bytes",
    "cache-control": "no-store",
  });
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  try {
    if (range === null || bytes === 0) return new Response(await films.readWhole(hash), { headers });
    const from = Number(range[1]);
    if (from >= bytes) return new Response(null, { status: 416, headers: { "content-range": `bytes */${bytes}` } });
    const wanted = range[2] === "" ? bytes : Math.min(bytes, Number(range[2]) + 1);
    // The beginning of a film is fetched at once: whoever makes it ready would wait for it otherwise.
    const read = await films.read(hash, bytes, from, from === 0 ? undefined : () => untilShown(hash));
    const part = read.subarray(0, Math.max(1, wanted - from));
    headers.set("content-range", `bytes ${from}-${from + part.length - 1}/${bytes}`);
    headers.set("content-length", `${part.length}`);
    return new Response(part, { status: 206, headers });
  } catch (error) {
    told(worker, hash, error);
    return Response.error();
  }
}

function untilShown(hash: string): Promise<void> {
  // A film that no feed makes ready, such as one opened alone, waits for nothing; nor does the one that is likely next,
  // which would begin late.
  if (hash === shown || hash === near[1] || !near.includes(hash)) return Promise.resolve();
  return new Promise((go, stop) => {
    waiting.push({ hash, go, stop });
  });
}

function told(worker: ServiceWorkerGlobalScope, hash: string, error: unknown): void {
  if (error instanceof WrongFilm) void tell(worker, { kind: "film-wrong", hash });
}

async function tell(worker: ServiceWorkerGlobalScope, message: FromFilms): Promise<void> {
  for (const window of await worker.clients.matchAll({ type: "window" })) window.postMessage(message);
}
