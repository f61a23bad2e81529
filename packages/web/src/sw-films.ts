/**
 * Films in the service worker: `/films/HASH?bytes=N&type=T` is served to `<video>` and `<img>` from chunks that have
 * their hashes (docs/spec/channels.md). The heads of a page come in one request, the same for everybody, once the film
 * on screen has begun; the rest of a film once it is shown, or is the next of that page, four chunks at a time and not
 * far ahead of what plays. With `&kept` nothing is fetched: it is served from what is here, or not at all.
 */
import type { FilmElsewhere, FromFilms, ToFilms } from "./shared/film-messages.ts";
import { fetchHeads, filmPortsWith } from "./shared/film-ports.ts";
import { chunkBytes, Films, pictureBytesMax, WrongFilm } from "./shared/films.ts";
import { hexOf } from "./shared/hex.ts";
import { headersFor, outsideAnswer, partAnswer, rangeOf } from "./sw-ranges.ts";

/** Home or a mirror has said something by then (CH86), or will not. */
const elsewhereMsMax = 90_000;
let scope: ServiceWorkerGlobalScope | undefined;
const films = new Films(filmPortsWith((wish) => askPages(wish)));
const playable = /^(?:image\/(?:png|jpeg|webp|gif|avif)|audio\/(?:mp4|ogg|mpeg)|video\/(?:mp4|webm))$/;

type Waiting = {
  readonly hash: string;
  /** Of the film. */
  readonly bytes: number;
  readonly from: number;
  readonly go: () => void;
  readonly stop: (why: Error) => void;
};

type Wish = Pick<Waiting, "hash" | "bytes" | "from">;

/** Of the next film so much is fetched behind its head: it begins, and goes on for a second or two. */
const nextBytes = 4 * chunkBytes;
/** Heads do not wait longer for the film on screen. */
const beginMsMax = 1_000;

let near: readonly string[] = [];
let shown = "";
/** Of the film on screen no byte from there on is wanted yet. */
let shownUpTo = Number.POSITIVE_INFINITY;
/** Resolves once the film on screen has begun, or cannot. */
let begun = Promise.withResolvers<void>();
begun.resolve();
/** A page has said what is shown since this worker began. */
let isTold = false;
/** Requests for what may not be fetched yet: each goes on once its film is shown, or its head is here. */
let waiting: readonly Waiting[] = [];
/** The films of the page that everybody fetches, and how long their heads are. */
const ofPage = new Map<string, number>();
/** Films that are fetched whole, in their order, and not as somebody watches them. */
let whole = wholeOf([]);
let heads = { pack: "", stop: new AbortController() };

type OfPage = { readonly hash: string; readonly bytes: number };

function wholeOf(all: readonly OfPage[]) {
  return { all, hashes: new Set(all.map(({ hash }) => hash)), stop: new AbortController() };
}

export function isPublicFilmPath(path: string): boolean {
  return /^\/films\/[0-9a-f]{64}$/.test(path);
}

export async function takeFilmMessage(worker: ServiceWorkerGlobalScope, data: ToFilms, port?: MessagePort) {
  scope = worker;
  if (data.kind === "film-shown") {
    if (data.hash !== shown) {
      begun.resolve();
      begun = Promise.withResolvers();
      if (data.hash === "") begun.resolve();
    }
    ({ hash: shown, near, upTo: shownUpTo = Number.POSITIVE_INFINITY } = data);
    isTold = true;
    goOn();
    for (const one of waiting) if (!near.includes(one.hash)) one.stop(new Error("it is not wanted any more"));
    waiting = waiting.filter(({ hash }) => near.includes(hash));
  } else if (data.kind === "film-heads") await takeHeads(worker, data.pack);
  else if (data.kind === "film-whole") await takeWhole(worker, data.films);
  else if (data.kind === "film-made") await films.takeMade(data.bytes);
  else if (data.kind === "films-forget") {
    heads.stop.abort();
    heads = { pack: "", stop: new AbortController() };
    ofPage.clear();
    const { all, stop } = whole;
    stop.abort();
    const none = wholeOf([]);
    whole = none;
    await films.forget();
    port?.postMessage(undefined);
    // Else what is on screen would wait for them for ever. Another page may have come meanwhile.
    if (whole === none) await takeWhole(worker, all);
  }
}

async function takeHeads(worker: ServiceWorkerGlobalScope, pack: string): Promise<void> {
  if (heads.pack === pack || !/^[0-9a-f]{64}$/.test(pack)) return;
  heads.stop.abort();
  const stop = new AbortController();
  heads = { pack, stop };
  ofPage.clear();
  const read: string[] = [];
  try {
    // They would take the line from the film that somebody waits for.
    await Promise.race([begun.promise, new Promise((go) => setTimeout(go, beginMsMax))]);
    await fetchHeads(pack, stop.signal, async ({ film, head, list }) => {
      const hash = hexOf(film);
      read.push(hash);
      if (list.length === 0) return; // Home does not have that film.
      try {
        await films.takeHead(hash, list, head);
        ofPage.set(hash, head.length);
        goOn();
      } catch (error) {
        told(worker, hash, error);
      }
    });
    await tell(worker, { kind: "film-heads-read", pack, films: read });
  } catch {
    // Without heads each film begins with a request of its own; the next page asks again.
    if (heads.stop === stop) heads = { pack: "", stop: new AbortController() };
  }
}

/**
 * All bytes of each film, one film after the other, watched or not: who sees the requests sees the same of everybody.
 * What cannot be had is passed over.
 */
async function takeWhole(worker: ServiceWorkerGlobalScope, all: readonly OfPage[]): Promise<void> {
  const next = wholeOf(all);
  if (next.hashes.size === whole.hashes.size && all.every(({ hash }) => whole.hashes.has(hash))) return;
  whole.stop.abort();
  whole = next;
  const { stop } = next;
  goOn();
  for (const { hash, bytes } of all) {
    try {
      for (let at = 0; at < bytes && !stop.signal.aborted; goOn()) at += (await films.read(hash, bytes, at)).length;
    } catch (error) {
      told(worker, hash, error);
    }
    if (stop.signal.aborted) return;
  }
}

export async function answerFilm(worker: ServiceWorkerGlobalScope, request: Request): Promise<Response> {
  scope = worker;
  const { pathname, searchParams } = new URL(request.url);
  const hash = pathname.slice("/films/".length);
  const bytes = Number(searchParams.get("bytes"));
  const type = searchParams.get("type") ?? "image/webp"; // Pictures tell their own kind.
  if (!Number.isSafeInteger(bytes) || bytes < 0 || !playable.test(type)) return new Response(null, { status: 404 });
  const headers = headersFor(type);
  const range = rangeOf(request);
  try {
    const mayFetch = searchParams.has("kept") ? notKept : undefined;
    if (range === undefined || bytes === 0)
      return new Response(await films.readWhole(hash, pictureBytesMax, mayFetch, bytes), { headers });
    const { from, to } = range;
    if (from >= bytes) return outsideAnswer(bytes);
    const wanted = Math.min(bytes, to + 1);
    const read = (at: number) =>
      films.read(hash, bytes, at, mayFetch ?? (() => untilShown(worker, { hash, bytes, from: at })));
    const first = await read(from);
    if (hash === shown) begun.resolve();
    const length = Math.max(1, Math.min(wanted - from, Math.max(first.length, films.comes(hash, bytes, from))));
    const rest = () => restOf(first, from, length, read, (error) => told(worker, hash, error));
    const part = length <= first.length ? first.subarray(0, length) : rest();
    return partAnswer(part, { from, length, bytes }, headers);
  } catch (error) {
    if (hash === shown) begun.resolve();
    told(worker, hash, error);
    // Nothing, and no failure: a list has pictures that are not here.
    return searchParams.has("kept") ? new Response(null, { status: 204 }) : Response.error();
  }
}

/** What is on its way is handed on as it comes: the player begins with the first chunk. */
function restOf(
  first: Uint8Array<ArrayBuffer>,
  from: number,
  length: number,
  read: (at: number) => Promise<Uint8Array<ArrayBuffer>>,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = from + first.length;
  const end = from + length;
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      try {
        const part = (await read(at)).subarray(0, end - at);
        at += part.length;
        controller.enqueue(part);
        if (at >= end) controller.close();
      } catch (error) {
        failed(error);
        controller.error(error);
      }
    },
  });
}

/** A list of pictures asks for none that is not here: whose pictures one asks for is whom one follows. */
async function notKept(): Promise<void> {
  throw new Error("it is not here");
}

/**
 * Whether more of a film is fetched now: it is on screen and will play soon, its head has come, or it is the next of
 * the page that everybody fetches, and would begin late otherwise. One that no feed makes ready waits for nothing.
 *
 * Of the next film its last chunk goes too: where something follows its media, a player reads that before it is ready.
 */
function goesOn({ hash, bytes, from }: Wish): boolean {
  const head = ofPage.get(hash);
  if (whole.hashes.has(hash)) return films.has(hash, from);
  if (!isTold) return false;
  if (hash === shown) return from < shownUpTo;
  if (!near.includes(hash)) return true;
  if (head === undefined || from < head) return head !== undefined;
  return hash === near[1] && (from < head + nextBytes || from >= bytes - chunkBytes);
}

function goOn(): void {
  const before = waiting;
  waiting = before.filter((one) => !(near.includes(one.hash) && goesOn(one)));
  for (const one of before) if (!waiting.includes(one)) one.go();
}

function untilShown(worker: ServiceWorkerGlobalScope, wish: Wish): Promise<void> {
  if (goesOn(wish)) return Promise.resolve();
  // The browser ended the worker before this one, and with it what pages had said.
  if (!isTold) void tell(worker, { kind: "film-which" });
  return new Promise((go, stop) => {
    waiting = [...waiting, { ...wish, go, stop }];
  });
}

/** A page has the client, which reads where home is kept: the first that gives something. */
async function askPages(wish: FilmElsewhere): Promise<Uint8Array<ArrayBuffer>> {
  const windows = (await scope?.clients.matchAll({ type: "window" })) ?? [];
  return Promise.any(
    windows.map(async (window) => {
      const { port1, port2 } = new MessageChannel();
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const timer = setTimeout(() => resolve(undefined), elsewhereMsMax);
      port1.onmessage = ({ data }) => resolve(data);
      window.postMessage({ kind: "film-elsewhere", ...wish } satisfies FromFilms, [port2]);
      const piece = await promise.finally(() => clearTimeout(timer));
      port1.close();
      if (!(piece instanceof Uint8Array)) throw new Error("nobody has it");
      return new Uint8Array(piece);
    }),
  );
}

function told(worker: ServiceWorkerGlobalScope, hash: string, error: unknown): void {
  if (error instanceof WrongFilm) void tell(worker, { kind: "film-wrong", hash });
}

async function tell(worker: ServiceWorkerGlobalScope, message: FromFilms): Promise<void> {
  for (const window of await worker.clients.matchAll({ type: "window" })) window.postMessage(message);
}
