/**
 * Entries of public channels (docs/spec/channels.md CH1–CH5): a channel is a log that its authors sign, entry by entry,
 * each linked to the one before. Server, clients and mirrors run the same code. The logic is pure; the caller gives
 * hash and signature check. What a kind of entry says stands in the features' files; the log knows its own kinds alone.
 */
import { type Bytes, equalBytes, MalformedError, toHex, unlessMalformed } from "../bytes.ts";
import { idBytes } from "../ids.ts";
import {
  blob,
  decodeAs,
  encodeAs,
  extensions,
  fixed,
  type Infer,
  list,
  literal,
  type Schema,
  struct,
  text,
  uint,
} from "../schema.ts";
import type { Primitives } from "../signing.ts";
import { isWeakSigningKey } from "../weak-keys.ts";
import { labelled } from "./label.ts";
import { publicLimits } from "./limits.ts";

type Sha256 = Primitives["sha256"];

/** 32 bytes: the hash of the inception record. */
export type ChannelId = Bytes;

const hash = fixed(idBytes.hash);

/** Keys of authors: at least one, each once, none of small order. */
const authorKeys: Schema<readonly Bytes[]> = {
  check: (value, path) => {
    const keys = list(fixed(idBytes.publicKey), publicLimits.authorsMax).check(value, path);
    const isTwice = keys.some((key, i) => keys.slice(0, i).some((other) => equalBytes(key, other)));
    // @checks CH1
    if (keys.length === 0 || isTwice || keys.some(isWeakSigningKey))
      throw new MalformedError(`${path}: not keys of authors`);
    return keys;
  },
};

const inception = struct({ v: literal(1), authors: authorKeys, salt: fixed(publicLimits.saltBytes) });
export type ChannelInception = Infer<typeof inception>;

export function encodeChannelInception(of: Omit<ChannelInception, "v">): Bytes {
  return encodeAs(inception, { v: 1, ...of });
}

/** @throws MalformedError */
export function decodeChannelInception(bytes: Bytes): ChannelInception {
  return decodeAs(inception, bytes, publicLimits.inceptionBytesMax);
}

export function channelIdOf(sha256: Sha256, inceptionBytes: Bytes): ChannelId {
  return sha256(labelled("channel", inceptionBytes));
}

const mime: Schema<string> = {
  check: (value, path) => {
    // @checks CH4
    if (typeof value !== "string" || !/^(?:video|image|audio)\/[a-z0-9.+-]{1,40}$|^text\/vtt$/.test(value))
      throw new MalformedError(`${path}: not a type of media`);
    return value;
  },
};
const filmBytes: Schema<number> = {
  check: (value, path) => {
    const bytes = uint(publicLimits.filmBytesMax).check(value, path);
    // @checks CH4
    if (bytes === 0) throw new MalformedError(`${path}: an empty film`);
    return bytes;
  },
};
const stored = { hash, bytes: filmBytes, mime };
const poster = struct(stored);

/**
 * A film, picture or sound that an entry names: all of it lies under `hash` (CH4). `loudness`: tenths of LUFS below
 * zero (BS.1770), so 218 is −21.8 LUFS. `poster`: one picture. `captions`: WebVTT by language tag.
 */
export const filmRef = struct(
  { ...stored, width: uint(0xffff), height: uint(0xffff) },
  {
    durationMs: uint(0xffff_ffff),
    loudness: uint(1_000),
    poster,
    thumbhash: blob(40),
    captions: list(struct({ ...stored, language: text(20) }), publicLimits.captionsMax),
    /** The same picture in other sizes. */
    renditions: list(struct({ ...stored, width: uint(0xffff), height: uint(0xffff) }), 3),
    /** What a blind person is told. */
    words: text(500),
  },
);
export type FilmRef = Infer<typeof filmRef>;

const kindName: Schema<string> = {
  check: (value, path) => {
    // @checks CH2
    if (typeof value !== "string" || value.length > publicLimits.kindMax || !/^[a-z][a-z-]*$/.test(value))
      throw new MalformedError(`${path}: not the name of a kind`);
    return value;
  },
};

const entrySaid = struct(
  {
    v: literal(1),
    channel: hash,
    seq: uint(0xffff_ffff),
    /** The hash of the entry before; zeros for the first. */
    prev: hash,
    /** Days since 1970 by the author's clock. */
    day: uint(0xffff_ffff),
    /** The index of the key that signs, in the authors of the channel before this entry. */
    author: uint(publicLimits.authorsMax - 1),
    kind: kindName,
    body: blob(publicLimits.bodyBytesMax),
  },
  {
    /** The inception record; in the first entry alone. */
    inception: blob(publicLimits.inceptionBytesMax),
    /** What home keeps for as long as it keeps the entry, whatever its kind. */
    films: list(filmRef, publicLimits.filmsMax),
    more: extensions,
  },
);
/** What an author says: everything but the signature. */
export type ChannelEntrySaid = Infer<typeof entrySaid>;

/** What signature and names of fields take of an entry. */
const signedBytes = 96;
const signedEntry = struct({
  said: blob(publicLimits.entryBytesMax - signedBytes),
  signature: fixed(idBytes.signature),
});

/** An entry as it was read. `bytes`: all of it; `said`: what is signed; `hash`: its name. */
export type ChannelEntry = ChannelEntrySaid & {
  readonly bytes: Bytes;
  readonly hash: Bytes;
  readonly said: Bytes;
  readonly signature: Bytes;
};

export function encodeChannelSaid(said: Omit<ChannelEntrySaid, "v">): Bytes {
  return encodeAs(entrySaid, { v: 1, ...said });
}

/** The input that the author signs. */
export function channelEntryBytes(said: Bytes): Bytes {
  return labelled("channel entry", said);
}

/** `signature` is over `channelEntryBytes(said)`. @throws MalformedError when it is longer than an entry may be. */
export function encodeChannelEntry(said: Bytes, signature: Bytes): Bytes {
  return encodeAs(signedEntry, { said, signature });
}

/** The name of an entry. It is over what is signed: the same words signed twice are the same entry. */
export function channelEntryHash(sha256: Sha256, said: Bytes): Bytes {
  return sha256(labelled("channel entry hash", said));
}

/** Decodes without checking link or signature. @throws MalformedError @checks CH2 */
export function decodeChannelEntry(sha256: Sha256, bytes: Bytes): ChannelEntry {
  const { said, signature } = decodeAs(signedEntry, bytes, publicLimits.entryBytesMax);
  const entry = decodeAs(entrySaid, said, publicLimits.entryBytesMax);
  if ((entry.seq === 0) !== (entry.inception !== undefined))
    throw new MalformedError("an inception in the first entry, and there alone");
  return { ...entry, bytes, hash: channelEntryHash(sha256, said), said, signature };
}

/** How far a channel's log was read: the number and the hash of its last entry, and its authors after it. */
export type ChannelHead = { readonly seq: number; readonly hash: Bytes; readonly authors: readonly Bytes[] };

export type EntryFault =
  | "malformed"
  /** Entries before it are missing. */
  | "gap"
  /** It names another entry before it. */
  | "bad-link"
  /** Its number is held by another entry. */
  | "taken"
  | "not-an-author"
  | "bad-signature";

export type FollowedEntry =
  | { readonly kind: "follows"; readonly entry: ChannelEntry; readonly after: ChannelHead }
  | { readonly kind: "refused"; readonly why: EntryFault };

/**
 * Checks an entry as the next one of its channel: place, link and signature.
 *
 * @param before how far the channel was read; undefined: nothing of it.
 * @checks CH1, CH2
 */
export async function followEntry(
  { sha256, verify }: Primitives,
  before: ChannelHead | undefined,
  entry: ChannelEntry,
): Promise<FollowedEntry> {
  const authors = before?.authors ?? firstAuthors(sha256, entry);
  if (authors === undefined) return refused(entry.seq === 0 ? "malformed" : "gap");
  const next = (before?.seq ?? -1) + 1;
  if (entry.seq !== next) return refused(entry.seq < next ? "taken" : "gap");
  if (!equalBytes(entry.prev, before?.hash ?? noHash)) return refused("bad-link");
  const why = await signatureFault({ verify }, authors, entry);
  if (why !== undefined) return refused(why);
  const after = authorsAfter(authors, entry);
  if (after === undefined) return refused("malformed");
  return { kind: "follows", entry, after: { seq: entry.seq, hash: entry.hash, authors: after } };
}

/** Why the entry is not signed by the author that it names; undefined: it is. @checks CH1 */
export async function signatureFault(
  { verify }: Pick<Primitives, "verify">,
  authors: readonly Bytes[],
  { author, said, signature }: Pick<ChannelEntry, "author" | "said" | "signature">,
): Promise<"not-an-author" | "bad-signature" | undefined> {
  const key = authors[author];
  if (key === undefined) return "not-an-author";
  return (await verify(key, channelEntryBytes(said), signature)) ? undefined : "bad-signature";
}

/** The authors of the inception that the entry carries; undefined if it is none, or another channel's. @checks CH1 */
function firstAuthors(sha256: Sha256, { inception: bytes, channel }: ChannelEntry): readonly Bytes[] | undefined {
  if (bytes === undefined || !equalBytes(channelIdOf(sha256, bytes), channel)) return undefined;
  return unlessMalformed(() => decodeChannelInception(bytes))?.authors;
}

/** The channel's authors after the entry; undefined if it is an `authors` entry with a malformed body. */
export function authorsAfter(before: readonly Bytes[], { kind, body }: Pick<ChannelEntry, "kind" | "body">) {
  return kind === "authors" ? unlessMalformed(() => authorsBody.decode(body).keys) : before;
}

function refused(why: EntryFault): FollowedEntry {
  return { kind: "refused", why };
}

/** A schema of an entry's body, with both directions. */
export type BodyOf<T> = {
  readonly encode: (body: T) => Bytes;
  /** @throws MalformedError */
  readonly decode: (bytes: Bytes) => T;
};

export function bodyOf<T>(schema: Schema<T>): BodyOf<T> {
  return {
    encode: (body) => encodeAs(schema, body),
    decode: (bytes) => decodeAs(schema, bytes, publicLimits.bodyBytesMax),
  };
}

/** `authors`: all authors of the channel from the next entry on (CH3). */
export const authorsBody = bodyOf(struct({ keys: authorKeys }, { more: extensions }));
/** `delete`: the entry of this channel with that hash is withdrawn; home deletes it and its films (CH5). */
export const deleteBody = bodyOf(struct({ entry: hash }, { more: extensions }));
/** `move`: the home at which the channel goes on, as a server's name. */
export const moveBody = bodyOf(struct({ home: text(255) }, { more: extensions }));

/** All films by their hash that home keeps for an entry, each once: also posters, captions and other sizes. */
export function filmsOf(entry: Pick<ChannelEntrySaid, "films">): readonly { hash: Bytes; bytes: number }[] {
  const all = (entry.films ?? []).flatMap((film) => [
    film,
    ...(film.poster === undefined ? [] : [film.poster]),
    ...(film.captions ?? []),
    ...(film.renditions ?? []),
  ]);
  const found = new Map<string, { hash: Bytes; bytes: number }>();
  for (const { hash: one, bytes } of all) {
    const id = toHex(one);
    if (!found.has(id)) found.set(id, { hash: one, bytes });
  }
  return [...found.values()];
}

export const noHash: Bytes = new Uint8Array(idBytes.hash);
