/**
 * Channels (docs/spec/channels.md): what the entries of short video say, and the calls by which they are published.
 * What is public is read over HTTP, without cookies and the same for everybody:
 *
 *   GET /public/head              → `PackHead`: the newest pack
 *   GET /public/packs/N           → `PackFile`
 *   GET /public/packs/A-B         → several, by `decodePackFiles`
 *   GET /public/films/HASH        → bytes of a film; header range
 *   GET /public/films/HASH/list   → its length, and SHA-256 of each chunk, one after the other
 *   GET /public/heads/HASH        → the heads of the page of the pack HASH, by `HeadsReader`
 *   GET /.well-known/yanshu-channel → ids of the channels that are this home's own, one a line
 */
import { type Bytes, MalformedError, toHex, unlessMalformed, utf8 } from "../bytes.ts";
import { call, hash, nothing } from "../call.ts";
import { idBytes } from "../ids.ts";
import { authorsBody, bodyOf, type ChannelEntrySaid, deleteBody, type FilmRef, moveBody } from "../public/entries.ts";
import { filmListBytes } from "../public/films.ts";
import { publicLimits } from "../public/limits.ts";
import { channelMark } from "../public/marks.ts";
import {
  blob,
  bool,
  extensions,
  fixed,
  type Infer,
  line,
  list,
  oneOf,
  type Schema,
  struct,
  text,
  uint,
} from "../schema.ts";
import { isServerName, serverNameBytesMax } from "../server-name.ts";
import { uploadToken, uploadTokenBytes } from "../upload-tokens.ts";

/** The path under which everything public is read. */
export const publicPath = "/public/";

/**
 * Where a domain names channels that are its own (CH95): text, in each line the id of one in hex. What stands behind
 * `#`, and a line that is no id, says nothing.
 */
export const ownChannelsPath = "/.well-known/yanshu-channel";
/** A thousand channels. */
export const ownChannelsBytesMax = 64 << 10;

export const encodeOwnChannels = (ids: readonly Bytes[]): Bytes => utf8(ids.map((id) => `${toHex(id)}\n`).join(""));

/** Whether that text names the channel. */
export function namesChannel(text: Bytes, id: Bytes): boolean {
  const lines = new TextDecoder().decode(text).split("\n");
  return lines.some((line) => line.replace(/#.*/, "").trim().toLowerCase() === toHex(id));
}

/** A host of the internet by its name, without a port: none of this network, and no address. */
export function isDomain(name: string): boolean {
  return (
    isServerName(name) && /\.(?!(?:local|internal|intranet|lan|home|corp|arpa|localhost)$)[a-z][a-z0-9-]+$/.test(name)
  );
}

export const channelLimits = {
  textMax: 4_000,
  tagsMax: 30,
  tagMax: 40,
  commentMax: 500,
  nameMax: 64,
  aboutMax: 500,
  mirrorsMax: 8,
  pinsMax: 3,
  picturesMax: 35,
  /** Of a picture, also a channel's own and a film's poster, and of captions: readers hold one as a whole. */
  pictureBytesMax: 8 << 20,
  captionsBytesMax: 1 << 20,
  /** Of a film, in milliseconds. */
  filmMsMin: 1_000,
  filmMsMax: 10 * 60_000,
  /** Upload tokens of a `channelAppend` with new entries, and of opening a channel. */
  appendTokens: 1,
  openTokens: 4,
  /** Bytes of a film that one upload token pays for. */
  bytesPerToken: 16 << 20,
} as const;

/** A hashtag without its sign: a word in any script, as it was written. */
const tag: Schema<string> = {
  check: (value, path) => {
    const checked = line(channelLimits.tagMax).check(value, path);
    // @checks CH20
    if (!/^[\p{L}\p{N}\p{M}_·・ー-]+$/u.test(checked)) throw new MalformedError(`${path}: not a hashtag`);
    return checked;
  },
};

/**
 * `film` and `pictures`: the words beside them. The films stand in the entry. `sound`: the film whose sound it uses.
 */
const shown = struct(
  { text: text(channelLimits.textMax), tags: list(tag, channelLimits.tagsMax) },
  { language: text(20), place: line(120), sound: hash, more: extensions },
);
export type ShownBody = Infer<typeof shown>;
/** `to`: the comment that is answered. */
const comment = struct({ entry: hash, text: text(channelLimits.commentMax) }, { to: hash, more: extensions });
export type CommentBody = Infer<typeof comment>;
/** The picture of the channel is the entry's first film. `domain`: one that names the channel as its own (CH95). */
const profile = struct(
  { name: line(channelLimits.nameMax) },
  {
    about: text(channelLimits.aboutMax),
    mirrors: list(text(serverNameBytesMax), channelLimits.mirrorsMax),
    domain: text(serverNameBytesMax),
    more: extensions,
  },
);
export type ProfileBody = Infer<typeof profile>;
/** All pinned entries, in their order. */
const pin = struct({ entries: list(hash, channelLimits.pinsMax) }, { more: extensions });
export type PinBody = Infer<typeof pin>;
/** A comment that the channel's authors do not show below their entry. `isHidden`: false shows it again. */
const hide = struct({ entry: hash, isHidden: bool }, { more: extensions });
export type HideBody = Infer<typeof hide>;

/** How the body of each kind is read. A kind that is not here keeps its bytes, and is shown as a place. */
export const channelBodies = {
  film: bodyOf(shown),
  pictures: bodyOf(shown),
  comment: bodyOf(comment),
  profile: bodyOf(profile),
  pin: bodyOf(pin),
  hide: bodyOf(hide),
  authors: authorsBody,
  delete: deleteBody,
  move: moveBody,
} as const;
export type ChannelKind = keyof typeof channelBodies;

export function isChannelKind(kind: string): kind is ChannelKind {
  return Object.hasOwn(channelBodies, kind);
}

/** @checks CH31 */
function isOfSize({ mime, bytes, poster, captions = [], renditions = [] }: FilmRef): boolean {
  const { pictureBytesMax, captionsBytesMax } = channelLimits;
  const isHeld = [{ mime, bytes }, ...renditions].every(
    (one) => !one.mime.startsWith("image/") || one.bytes <= pictureBytesMax,
  );
  return (
    isHeld &&
    (poster === undefined || poster.bytes <= pictureBytesMax) &&
    captions.every((one) => one.bytes <= captionsBytesMax)
  );
}

/**
 * Whether home takes an entry of this kind: its body and its films are what its kind has. Kinds of later versions are
 * taken as they are.
 * @checks CH20
 */
export function isChannelEntry({ kind, body, films = [] }: Pick<ChannelEntrySaid, "kind" | "body" | "films">): boolean {
  if (!isChannelKind(kind)) return true;
  if (unlessMalformed(() => channelBodies[kind].decode(body)) === undefined || !films.every(isOfSize)) return false;
  const of = (media: string) => films.every(({ mime }) => mime.startsWith(`${media}/`));
  if (kind === "film") {
    const ms = films[0]?.durationMs ?? 0;
    return films.length === 1 && of("video") && ms >= channelLimits.filmMsMin && ms <= channelLimits.filmMsMax;
  }
  if (kind === "pictures") {
    const pictures = films.filter(({ mime }) => mime.startsWith("image/"));
    const others = films.length - pictures.length;
    const isWithSound = others === 0 || (others === 1 && films.at(-1)?.mime.startsWith("audio/") === true);
    return pictures.length > 0 && pictures.length <= channelLimits.picturesMax && isWithSound;
  }
  return kind === "profile" ? films.length <= 1 && of("image") : films.length === 0;
}

/** Upload tokens for a film of `bytes` bytes. */
export function filmTokens(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / channelLimits.bytesPerToken));
}

/** How many whole chunks home has, from the first on. */
const filmState = struct({ chunks: uint(), isWhole: bool });
export type FilmState = Infer<typeof filmState>;

const tokens = (max: number) => list(uploadToken, max);
const { appendMax, entryBytesMax, filmBytesMax, chunkBytes, chunksPerCallMax, buckets } = publicLimits;

export const channels = {
  /**
   * What home takes, and its keys. Anonymous, so that home cannot give one account keys of its own. `packKey`: signs
   * hour packs. `markKeys`: of this month's marks, one a bucket. `publishers`: whether every member may open a channel,
   * or the operator allows each by its id. `packSeconds`: the least time between two packs.
   */
  channelTerms: call(
    "anonymous",
    nothing,
    struct({
      packKey: fixed(idBytes.publicKey),
      month: uint(),
      markKeys: list(fixed(uploadTokenBytes.publicKey), buckets),
      filmBytesMax: uint(),
      filmMsMax: uint(),
      entriesPerDay: uint(),
      packSeconds: uint(),
      publishers: oneOf("members", "listed"),
    }),
  ),
  /**
   * Opens a channel with its first entry. Repeating it is safe. Refused as `suspended` if the operator does not allow
   * this channel.
   */
  channelOpen: call(
    "anonymous",
    struct({ tokens: tokens(channelLimits.openTokens), entry: blob(entryBytesMax) }),
    nothing,
  ),
  /**
   * Appends entries to one channel, all or none. Entries that home has already cost nothing, and are passed over; so a
   * call whose result was lost is repeated as it was. `list-conflict`: they do not follow what home has. `bad-entry`:
   * an author did not sign one, or its kind has another body. `unavailable`: home lacks a film that one names.
   */
  channelAppend: call(
    "anonymous",
    struct({ tokens: tokens(channelLimits.appendTokens), entries: list(blob(entryBytesMax), appendMax) }),
    nothing,
  ),
  /** How far home has the channel: the number of its last entry and its hash. `unknown-list`: it has none of it. */
  channelAt: call("anonymous", struct({ channel: hash }), struct({ seq: uint(), hash })),
  /**
   * Begins a film, or returns how much of it home has. `list`: its length and SHA-256 of each chunk. A film that no
   * entry names within two days is deleted.
   */
  filmBegin: call(
    "anonymous",
    struct({
      film: hash,
      bytes: uint(filmBytesMax),
      list: blob(filmListBytes(filmBytesMax)),
      tokens: tokens(Math.ceil(filmBytesMax / channelLimits.bytesPerToken)),
    }),
    filmState,
  ),
  /**
   * Adds up to eight whole chunks from the one with index `at` on. Refused as `stale-offset` if home does not have
   * exactly the chunks before it, and as `malformed` if one is not the film's.
   */
  filmChunks: call(
    "anonymous",
    struct({ film: hash, at: uint(), bytes: blob(chunksPerCallMax * chunkBytes) }),
    filmState,
  ),
  /**
   * Counts a like or a view, once a mark and entry. `isOn`: false takes a like back. Refused as `bad-token` if the mark
   * is none of this bucket, of this month or the one before.
   */
  channelMark: call(
    "anonymous",
    struct({ entry: hash, what: oneOf("like", "view"), isOn: bool, month: uint(), mark: channelMark }),
    nothing,
  ),
  /** Draws this month's marks, one of each bucket, once. Refused as `stale-epoch` if it is another month. */
  channelMarks: call(
    "signed-in",
    struct({ month: uint(), blinded: list(fixed(uploadTokenBytes.blinded), buckets) }),
    struct({
      marks: list(
        struct({ evaluated: fixed(uploadTokenBytes.blinded), proof: fixed(uploadTokenBytes.proof) }),
        buckets,
      ),
    }),
  ),
} as const;
