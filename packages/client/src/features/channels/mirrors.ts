/**
 * Where a home's channels are read while it is away (docs/spec/channels.md CH6, CH74, CH75): at homes that keep them,
 * named by authors in their signed profiles. A mirror is believed nothing: packs bear home's signature, and each chunk
 * of a film its hash.
 */
import { readChannelMirrors } from "@yanshu/store";
import {
  areChunks,
  type Bytes,
  chunksOf,
  filmListBytes,
  isFilmList,
  publicLimits,
  publicPath,
  unlessMalformed,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, hashIn } from "../../feature.ts";
import { isMirrorName, readValue, writeValue } from "./values.ts";

const { chunkBytes, chunksPerCallMax } = publicLimits;
/** So many are tried in one look. */
const triedMax = 4;
const listsKept = 8;

/**
 * Names at which what this home shows may stand: those that most of the channels name that its packs told of. So they
 * tell nothing about this person: who has the same packs asks the same. @checks CH87
 */
export function mirrorsOf(context: FeatureContext): readonly string[] {
  const counts = new Map<string, number>();
  for (const mirrors of readChannelMirrors(context.db))
    for (const name of new Set(mirrors.split("\n")))
      if (isMirrorName(name) && name !== context.serverName()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, triedMax)
    .map(([name]) => name);
}

/** What a place answers to a path behind `/public/`. */
export type PublicPlace = {
  /** Undefined: home itself. */
  readonly mirror: string | undefined;
  readonly read: (
    path: string,
    bytesMax: number,
    range?: readonly [from: number, to: number],
  ) => Promise<{ readonly status: number; readonly body: Bytes } | undefined>;
};

export function homePlace({ server }: FeatureContext): PublicPlace {
  return {
    mirror: undefined,
    read: (path, bytesMax, range) => server.readPublic(`${publicPath}${path}`, { bytesMax, range }),
  };
}

export function mirrorPlace(context: FeatureContext, mirror: string): PublicPlace {
  const base = `${publicPath}mirrors/${context.serverName()}/`;
  return {
    mirror,
    read: (path, bytesMax, range) => context.server.readPublic(`${base}${path}`, { bytesMax, range, at: mirror }),
  };
}

/** When home last gave no answer for a film, by this device's clock: it is not asked for one within a minute. */
const silentAtMs = new WeakMap<object, number>();
const silentMs = 60_000;

/** Home first; who keeps its channels is read once it did not answer. */
function* placesOf(context: FeatureContext): Generator<PublicPlace> {
  const sinceMs = context.nowMs() - (silentAtMs.get(context.db) ?? Number.NEGATIVE_INFINITY);
  if (sinceMs < 0 || sinceMs >= silentMs) yield homePlace(context);
  for (const name of mirrorsOf(context)) yield mirrorPlace(context, name);
}

/** Home has answered, or a mirror in its place. */
export function readFrom(context: FeatureContext, mirror: string | undefined): void {
  if ((readValue(context, "mirror") ?? "") !== (mirror ?? "")) writeValue(context, "mirror", mirror ?? "");
}

/** Lists of films, as they were checked, by the film. */
const lists = new WeakMap<object, Map<Hex, Bytes>>();

function noAnswer({ db, nowMs }: FeatureContext, { mirror }: PublicPlace): void {
  if (mirror === undefined) silentAtMs.set(db, nowMs());
}

/**
 * The list of a public film's chunks, checked; from home, and where it does not answer from a mirror. Undefined where
 * none gives it. @param bytes the film's length, by its entry. @throws ClientError `unknown-message` where it is none.
 * @checks CH4, CH75
 */
export async function filmList(context: FeatureContext, hex: Hex, bytes: number): Promise<Bytes | undefined> {
  const hash = hashIn(hex);
  // @checks CH75
  if (unlessMalformed(() => chunksOf(bytes)) === undefined) throw new ClientError("unknown-message");
  for (const place of placesOf(context)) {
    const list = await listOf(context, place, hex, hash, bytes);
    if (list === "silent") noAnswer(context, place);
    else if (list !== undefined || place.mirror === undefined) return list;
  }
  return undefined;
}

/**
 * Whole chunks of a public film, each checked; from home, and where it does not answer from a mirror. Undefined where
 * none gives them. @param bytes the film's length, by its entry. @param at index of the first chunk.
 * @throws ClientError `unknown-message` where there is no such chunk.
 * @checks CH4, CH75
 */
export async function filmChunks(
  context: FeatureContext,
  hex: Hex,
  bytes: number,
  at: number,
  count: number,
): Promise<Bytes | undefined> {
  const hash = hashIn(hex);
  const chunks = unlessMalformed(() => chunksOf(bytes));
  // @checks CH75
  if (chunks === undefined || !Number.isInteger(at) || at < 0 || at >= chunks || count < 1)
    throw new ClientError("unknown-message");
  const from = at * chunkBytes;
  const length = Math.min(Math.min(Math.floor(count), chunksPerCallMax) * chunkBytes, bytes - from);
  for (const place of placesOf(context)) {
    const list = await listOf(context, place, hex, hash, bytes);
    if (list === "silent") noAnswer(context, place);
    else if (list !== undefined) {
      const answer = await place.read(`films/${hex}`, length, [from, from + length - 1]);
      if (answer === undefined) noAnswer(context, place);
      if (answer?.status === 206 && answer.body.length === length)
        if (areChunks(context.sha256, { bytes, list }, at, answer.body)) return answer.body;
      // @checks CH87
      if (place.mirror === undefined && answer !== undefined) return undefined;
    }
    if (place.mirror === undefined && list === undefined) return undefined;
  }
  return undefined;
}

/** "silent": no answer came; undefined: one that is no list of this film. */
async function listOf(
  { db, sha256 }: FeatureContext,
  place: PublicPlace,
  hex: Hex,
  hash: Bytes,
  bytes: number,
): Promise<Bytes | "silent" | undefined> {
  const kept = lists.get(db) ?? new Map<Hex, Bytes>();
  lists.set(db, kept);
  const held = kept.get(hex);
  if (held !== undefined) return held;
  const answer = await place.read(`films/${hex}/list`, filmListBytes(bytes));
  if (answer === undefined) return "silent";
  if (answer.status !== 200 || answer.body.length !== filmListBytes(bytes)) return undefined;
  if (!isFilmList(sha256, { hash, bytes }, answer.body)) return undefined;
  kept.set(hex, answer.body);
  for (const oldest of kept.keys()) {
    if (kept.size <= listsKept) break;
    kept.delete(oldest);
  }
  return answer.body;
}
