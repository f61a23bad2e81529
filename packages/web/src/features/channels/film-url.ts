/** Addresses of public films and pictures: `/films/HASH`, which the service worker serves (sw-films.ts). */
import type { ChannelFileView } from "@yanshu/client";
import type { FromFilms, ToFilms } from "../../shared/film-messages.ts";
import { filmPorts } from "../../shared/film-ports.ts";
import { Films } from "../../shared/films.ts";

const worker = (): ServiceWorker | null => navigator.serviceWorker?.controller ?? null;

/** Where no service worker runs, as in a private window of some browsers, the page itself reads and checks. */
const own = new Films(filmPorts);
const urls = new Map<string, string>();

/** For `<video>` and `<img>`. Rejects when the film cannot be had, or is not what its author published. */
export async function filmUrl({ hash, bytes, mime }: ChannelFileView): Promise<string> {
  if (worker() !== null) return `/films/${hash}?bytes=${bytes}&type=${mime}`;
  return urls.get(hash) ?? wholeUrl(hash, mime);
}

/** For the picture of a channel, of which its hash alone is known. */
export function pictureAt(hash: string): string {
  if (worker() !== null) return `/films/${hash}`;
  return urls.get(hash) ?? `/public/films/${hash}`;
}

async function wholeUrl(hash: string, type: string): Promise<string> {
  const url = URL.createObjectURL(new Blob([await own.readWhole(hash)], { type }));
  urls.set(hash, url);
  return url;
}

/** The heads of the page of this pack are fetched, the same for everybody. @param pack its hash, in hex */
export function fetchHeadsOf(pack: string): void {
  worker()?.postMessage({ kind: "film-heads", pack } satisfies ToFilms);
}

/** @param near the films that are made ready besides, for which nothing is fetched */
export function tellShown(hash: string, near: readonly string[]): void {
  worker()?.postMessage({ kind: "film-shown", hash, near } satisfies ToFilms);
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
    if (data?.kind === "film-wrong" || data?.kind === "film-heads-read") told(data);
  };
  navigator.serviceWorker?.addEventListener("message", listener);
  return () => navigator.serviceWorker?.removeEventListener("message", listener);
}
