/**
 * Films in the service worker: `/films/HASH?bytes=N&type=T` is served to `<video>` and `<img>` from chunks that have
 * their hashes (docs/spec/channels.md). The heads of a page come first and in one request, the same for everybody; the
 * rest of a film once it is shown, or is the next of that page, four chunks at a time. With `&kept` nothing is fetched:
 * it is served from what is here, or not at all.
 */
import type { FromFilms, ToFilms } from "./shared/film-messages.ts";
import { fetchHeads, filmPorts } from "./shared/film-ports.ts";
import { Films, pictureBytesMax, WrongFilm } from "./shared/films.ts";
import { hexOf } from "./shared/hex.ts";
import { headersFor, outsideAnswer, partAnswer, rangeOf } from "./sw-ranges.ts";

const films = new Films(filmPorts);
const playable = /^(?:image\/(?:png|jpeg|webp|gif|avif)|audio\/(?:mp4|ogg|mpeg)|video\/(?:mp4|webm))$/;

type Waiting = {
  readonly hash: string;
  readonly from: number;
  readonly go: () => void;
  readonly stop: (why: Error) => void;
};

let near: readonly string[] = [];
let shown = "";
/** A page has said what is shown since this worker began. */
let isTold = false;
/** Requests for what may not be fetched yet: each goes on once its film is shown, or its head is here. */
let waiting: readonly Waiting[] = [];
/** The films of the page that everybody fetches, and how long their heads are. */
const ofPage = new Map<string, number>();
let heads = { pack: "", stop: new AbortController() };

export function isPublicFilmPath(path: string): boolean {
  return /^\/films\/[0-9a-f]{64}$/.test(path);
}

export async function takeFilmMessage(worker: ServiceWorkerGlobalScope, data: ToFilms, port?: MessagePort) {
  if (data.kind === "film-shown") {
    ({ hash: shown, near } = data);
    isTold = true;
    goOn();
    for (const one of waiting) if (!near.includes(one.hash)) one.stop(new Error("it is not wanted any more"));
    waiting = waiting.filter(({ hash }) => near.includes(hash));
  } else if (data.kind === "film-heads") await takeHeads(worker, data.pack);
  else if (data.kind === "films-forget") {
    heads.stop.abort();
    heads = { pack: "", stop: new AbortController() };
    ofPage.clear();
    await films.forget();
    port?.postMessage(undefined);
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

export async function answerFilm(worker: ServiceWorkerGlobalScope, request: Request): Promise<Response> {
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
      return new Response(await films.readWhole(hash, pictureBytesMax, mayFetch), { headers });
    const { from, to } = range;
    if (from >= bytes) return outsideAnswer(bytes);
    const wanted = Math.min(bytes, to + 1);
    const read = await films.read(hash, bytes, from, mayFetch ?? (() => untilShown(worker, hash, from)));
    const part = read.subarray(0, Math.max(1, wanted - from));
    return partAnswer(part, from, bytes, headers);
  } catch (error) {
    told(worker, hash, error);
    // Nothing, and no failure: a list has pictures that are not here.
    return searchParams.has("kept") ? new Response(null, { status: 204 }) : Response.error();
  }
}

/** A list of pictures asks for none that is not here: whose pictures one asks for is whom one follows. */
async function notKept(): Promise<void> {
  throw new Error("it is not here");
}

/**
 * Whether more of a film is fetched now: it is on screen, its head has come, or it is the next of the page that
 * everybody fetches, and would begin late otherwise. One that no feed makes ready waits for nothing.
 */
function goesOn({ hash, from }: Pick<Waiting, "hash" | "from">): boolean {
  const head = ofPage.get(hash);
  if (!isTold) return false;
  return hash === shown || !near.includes(hash) || (head !== undefined && (from < head || hash === near[1]));
}

function goOn(): void {
  const before = waiting;
  waiting = before.filter((one) => !(near.includes(one.hash) && goesOn(one)));
  for (const one of before) if (!waiting.includes(one)) one.go();
}

function untilShown(worker: ServiceWorkerGlobalScope, hash: string, from: number): Promise<void> {
  if (goesOn({ hash, from })) return Promise.resolve();
  // The browser ended the worker before this one, and with it what pages had said.
  if (!isTold) void tell(worker, { kind: "film-which" });
  return new Promise((go, stop) => {
    waiting = [...waiting, { hash, from, go, stop }];
  });
}

function told(worker: ServiceWorkerGlobalScope, hash: string, error: unknown): void {
  if (error instanceof WrongFilm) void tell(worker, { kind: "film-wrong", hash });
}

async function tell(worker: ServiceWorkerGlobalScope, message: FromFilms): Promise<void> {
  for (const window of await worker.clients.matchAll({ type: "window" })) window.postMessage(message);
}
