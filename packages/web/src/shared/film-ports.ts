/**
 * The browser's side of films.ts: requests that say nothing of who asks, WebCrypto, and a cache of its own. What home
 * gives no answer to is asked for elsewhere (docs/spec/channels.md CH75).
 */
import type { FilmElsewhere } from "./film-messages.ts";
import { chunkBytes, type FilmPorts, type FilmsKept } from "./films.ts";
import { type Head, readHeads } from "./heads.ts";
import { hexOf } from "./hex.ts";

const publicPath = "/public/";
const cacheName = "yanshu-films";
const keyOf = (name: string) => `/films/${name}`;
/** No cookie, no referrer: home and mirrors learn what is read, and not by whom. */
const nameless = { credentials: "omit", referrerPolicy: "no-referrer" } as const;

/** How whatever asks for a film gets it where home gives no answer. Rejects where nobody has it. */
export type Elsewhere = (wish: FilmElsewhere) => Promise<Uint8Array<ArrayBuffer>>;

/** Undefined: home gave no answer. A refusal is one, and nobody else is asked then. */
async function answerOf(path: string, init: RequestInit, status: number): Promise<Response | undefined> {
  const answer = await fetch(path, { ...nameless, ...init }).catch(() => undefined);
  if (answer !== undefined && answer.status !== status) throw new Error("a film cannot be had now");
  return answer;
}

/**
 * Reads the heads of the page of a pack; each film's are handed on as they arrive, unchecked. Rejects when they cannot
 * be had, or are none. @param pack its hash, in hex
 */
export async function fetchHeads(pack: string, signal: AbortSignal, take: (head: Head) => Promise<void>) {
  const answer = await fetch(`${publicPath}heads/${pack}`, { ...nameless, signal });
  if (!answer.ok || answer.body === null) throw new Error("heads cannot be had now");
  await readHeads(answer.body, take);
}

const kept: FilmsKept = {
  async names() {
    const keys = await (await caches.open(cacheName)).keys();
    return keys.map(({ url }) => {
      const { pathname, searchParams } = new URL(url);
      return { name: pathname.slice("/films/".length), bytes: Number(searchParams.get("bytes")) };
    });
  },
  async get(name) {
    const found = await (await caches.open(cacheName)).match(keyOf(name), { ignoreSearch: true });
    return found && new Uint8Array(await found.arrayBuffer());
  },
  async put(name, bytes) {
    await (await caches.open(cacheName)).put(`${keyOf(name)}?bytes=${bytes.length}`, new Response(bytes));
  },
  async drop(names) {
    const cache = await caches.open(cacheName);
    for (const name of names) await cache.delete(keyOf(name), { ignoreSearch: true });
  },
  async dropAll() {
    await caches.delete(cacheName);
  },
};

const label = new TextEncoder().encode("yanshu film v1\0");
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

export const filmPortsWith = (elsewhere: Elsewhere): FilmPorts => ({
  async fetchPart(hash, bytes, from, to) {
    const headers = { range: `bytes=${from}-${to - 1}` };
    const answer = await answerOf(`${publicPath}films/${hash}`, { headers }, 206);
    const wish = { hash, bytes, at: from / chunkBytes, count: Math.ceil((to - from) / chunkBytes) };
    const { body } = answer ?? new Response(await elsewhere(wish));
    if (body === null) throw new Error("a film cannot be had now");
    return body;
  },
  async fetchList(hash, bytes) {
    const answer = await answerOf(`${publicPath}films/${hash}/list`, {}, 200);
    return answer ? new Uint8Array(await answer.arrayBuffer()) : elsewhere({ hash, bytes, at: 0, count: 0 });
  },
  sha256,
  async nameOf(list) {
    const named = new Uint8Array(label.length + list.length);
    named.set(label);
    named.set(list, label.length);
    return hexOf(await sha256(named));
  },
  kept,
});
