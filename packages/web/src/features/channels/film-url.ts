/** Addresses of public films and pictures: `/films/HASH`, which the service worker serves (sw-films.ts). */
import type { ChannelFileView, PictureToSend } from "@yanshu/client";
import type { FromFilms, ToFilms } from "../../shared/film-messages.ts";
import { type Elsewhere, filmPortsWith } from "../../shared/film-ports.ts";
import { Films, pictureBytesMax } from "../../shared/films.ts";

/** How a piece is had at another home; the player knows no client, so that it can be measured without one. */
let elsewhere: Elsewhere = () => Promise.reject(new Error("nobody has it"));

/** Where home gives no answer, pieces come by `ask` from now on. */
export function readElsewhereBy(ask: Elsewhere): void {
  elsewhere = ask;
}

const worker = (): ServiceWorker | null => navigator.serviceWorker?.controller ?? null;

/** Where no service worker runs, as in a private window of some browsers, the page itself reads and checks. */
const own = new Films(filmPortsWith((wish) => elsewhere(wish)));
const urls = new Map<string, string>();
/** Films are fetched whole, and so no picture of one that is on screen is asked for: it would tell which that is. */
let isWhole = false;

navigator.serviceWorker?.addEventListener("message", ({ data, ports }: MessageEvent<FromFilms | undefined>) => {
  if (data?.kind !== "film-elsewhere") return;
  elsewhere(data).then(
    (piece) => ports[0]?.postMessage(piece, [piece.buffer]),
    () => ports[0]?.postMessage(undefined),
  );
});

/** Whether a film is read in pieces, so that the next ones can stand ready; all of it is read otherwise. */
export const isInPieces = (): boolean => worker() !== null;

/** For `<video>`. Rejects when the film cannot be had, or is not what its author published. */
export async function filmUrl({ hash, bytes, mime }: ChannelFileView): Promise<string> {
  if (worker() !== null) return `/films/${hash}?bytes=${bytes}&type=${mime}`;
  return urls.get(hash) ?? wholeUrl(hash, mime, bytes);
}

/** Of a channel's own picture the hash alone is known. */
export type Picture = Pick<ChannelFileView, "hash"> & Partial<ChannelFileView>;

/**
 * For `<img>`. Rejects, or leads nowhere, when the picture cannot be had. @param isOnScreen home may be asked for what
 * is not here: it learns from where, so that no list may.
 */
export async function pictureUrl(picture: Picture, isOnScreen: boolean): Promise<string> {
  const { hash, bytes = 0, mime = "image/webp" } = picture;
  const mayAsk = isOnScreen && !isWhole;
  if (worker() !== null) return `/films/${hash}?bytes=${bytes}&type=${mime}${mayAsk ? "" : "&kept"}`;
  const known = urls.get(hash);
  if (known === undefined && !mayAsk) throw new Error("it is not here");
  return known ?? wholeUrl(hash, mime, pictureBytesMax);
}

async function wholeUrl(hash: string, type: string, bytesMax: number): Promise<string> {
  const url = URL.createObjectURL(new Blob([await own.readWhole(hash, bytesMax)], { type }));
  urls.set(hash, url);
  return url;
}

/** The heads of the page of this pack are fetched, the same for everybody. @param pack its hash, in hex */
export function fetchHeadsOf(pack: string): void {
  worker()?.postMessage({ kind: "film-heads", pack } satisfies ToFilms);
}

/**
 * Fetches these films whole, one after the other, whatever is on screen; none of them is fetched otherwise. Empty: each
 * is fetched as it is watched.
 */
export function fetchWhole(films: readonly { readonly hash: string; readonly bytes: number }[]): void {
  isWhole = films.length > 0;
  worker()?.postMessage({ kind: "film-whole", films } satisfies ToFilms);
}

/** A picture that was made here is kept for where it is shown: home is not asked for one's own. */
export async function keepMade(picture: PictureToSend["source"]): Promise<void> {
  if (picture.size > pictureBytesMax) return;
  const bytes = new Uint8Array(await picture.slice(0, picture.size).arrayBuffer());
  worker()?.postMessage({ kind: "film-made", bytes } satisfies ToFilms);
}

/**
 * @param near the films that are made ready besides. @param upTo no byte from there on is wanted yet; absent: all are
 */
export function tellShown(hash: string, near: readonly string[], upTo?: number): void {
  const far = upTo === undefined ? {} : { upTo };
  worker()?.postMessage({ kind: "film-shown", hash, near, ...far } satisfies ToFilms);
}

/** Resolves once no film is kept any more. */
export async function forgetFilms(): Promise<void> {
  for (const url of urls.values()) URL.revokeObjectURL(url);
  urls.clear();
  await own.forget();
  const to = worker();
  if (to === null) return;
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    to.postMessage({ kind: "films-forget" } satisfies ToFilms, [port2]);
  });
}

/** Calls `told` with what the service worker says of films. Returns a function that ends it. */
export function onFilms(told: (said: FromFilms) => void): () => void {
  const listener = ({ data }: MessageEvent<FromFilms | undefined>) => {
    if (data?.kind === "film-wrong" || data?.kind === "film-heads-read" || data?.kind === "film-which") told(data);
  };
  navigator.serviceWorker?.addEventListener("message", listener);
  return () => navigator.serviceWorker?.removeEventListener("message", listener);
}
