/**
 * Viewers: people who watch public films of one home at once (docs/spec/channels.md CH17), and the films that they
 * watch. Each asks for four chunks at a time, as the app does, as fast as a film of 0.8 Mbit/s plays.
 */
import { Author, filmFrom } from "@yanshu/server/author";
import { type Bytes, channelBodies, channelLimits, publicLimits, publicPath, toHex } from "@yanshu/wire";
import { percentile } from "../rows.ts";
import type { Peer } from "./peer.ts";
import { greet } from "./people.ts";
import { drawTokens } from "./tokens.ts";

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const partBytes = publicLimits.chunksPerCallMax * publicLimits.chunkBytes;
/** As much as the app asks for at once. */
const askedBytes = 4 * publicLimits.chunkBytes;
const filmBitsPerSecond = 800_000;

export type PublishedFilm = { readonly hash: string; readonly bytes: number };

/**
 * A channel with so many films of random bytes, which home shows from then on.
 *
 * @param member is signed in at `url`. @param count less than the entries of one call, 16.
 */
export async function publishFilms(
  member: Peer,
  url: string,
  count: number,
  bytes: number,
): Promise<readonly PublishedFilm[]> {
  const author = new Author("街坊");
  const day = Math.floor(Date.now() / 86_400_000);
  const { openTokens, appendTokens } = channelLimits;
  const tokens = [...(await drawTokens(member, url, 1 + openTokens + appendTokens + count))];
  const { peer } = await greet(url);
  // What is larger than a message is paid for besides, once a connection (WI23).
  const [token] = tokens.splice(0, 1);
  if (token !== undefined) await peer.call("pay", { token });
  const profile = author.say({ kind: "profile", body: channelBodies.profile.encode({ name: "街坊" }), day });
  await peer.call("channelOpen", { tokens: tokens.splice(0, openTokens), entry: profile.bytes });
  const published: PublishedFilm[] = [];
  const entries: Bytes[] = [];
  for (let n = 0; n < count; n++) {
    const part = random(Math.min(bytes, 65_536));
    const { ref, list, ...film } = filmFrom(new Uint8Array(bytes).map((_, at) => part[at % part.length] as number));
    const { hash } = ref;
    await peer.call("filmBegin", { film: hash, bytes, list, tokens: tokens.splice(0, 1) });
    for (let at = 0; at * publicLimits.chunkBytes < bytes; at += publicLimits.chunksPerCallMax) {
      const from = at * publicLimits.chunkBytes;
      await peer.call("filmChunks", { film: hash, at, bytes: film.bytes.subarray(from, from + partBytes) });
    }
    const body = channelBodies.film.encode({ text: `第${n}集`, tags: [] });
    entries.push(author.say({ kind: "film", body, films: [ref], day }).bytes);
    published.push({ hash: toHex(hash), bytes });
  }
  await peer.call("channelAppend", { tokens: tokens.splice(0, appendTokens), entries });
  peer.close();
  return published;
}

export type Watched = {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Answers that were none, or not the bytes that were asked for. */
  readonly wrong: number;
};

/**
 * So many viewers begin at moments of chance, and watch film after film. @param origin such as `http://127.0.0.1:4000`
 */
export async function watch(
  origin: string,
  films: readonly PublishedFilm[],
  viewers: number,
  seconds: number,
): Promise<Watched> {
  const tookMs: number[] = [];
  let [bytes, wrong] = [0, 0];
  const everyMs = (askedBytes * 8_000) / filmBitsPerSecond;
  const startMs = performance.now();
  const endMs = startMs + 1_000 * seconds;
  const viewer = async (index: number) => {
    let dueMs = startMs + Math.random() * everyMs;
    // Each of an address of their own, as a proxy names it.
    const headers = { "x-forwarded-for": `10.0.${index >> 8}.${index & 255}` };
    let [film, from] = [index % films.length, 0];
    while (dueMs < endMs) {
      await Bun.sleep(Math.max(0, dueMs - performance.now()));
      const { hash, bytes: length } = films[film] as PublishedFilm;
      const to = Math.min(length, from + askedBytes);
      const askedMs = performance.now();
      const answer = await fetch(`${origin}${publicPath}films/${hash}`, {
        headers: { ...headers, range: `bytes=${from}-${to - 1}` },
      });
      const part = await answer.arrayBuffer();
      tookMs.push(performance.now() - askedMs);
      if (answer.status !== 206 || part.byteLength !== to - from) wrong++;
      bytes += part.byteLength;
      [film, from] = to === length ? [(film + 1) % films.length, 0] : [film, to];
      dueMs += everyMs;
    }
  };
  await Promise.all(Array.from({ length: viewers }, (_, index) => viewer(index)));
  return {
    p50Ms: percentile(tookMs, 0.5),
    p95Ms: percentile(tookMs, 0.95),
    bytes,
    seconds: (performance.now() - startMs) / 1_000,
    wrong,
  };
}
