/**
 * Own channels (docs/spec/channels.md CH41–CH44): their keys, and what this person says in them. It stands in the store
 * first, with its films; put.ts brings it home.
 */
import type { BlobRef } from "@yanshu/content";
import {
  addChannelOwn,
  addChannelPut,
  articleOf,
  type ChannelOwnRow,
  type ChannelPutRow,
  type Database,
  dropChannelPut,
  readChannel,
  readChannelEntriesOf,
  readChannelEntry,
  readChannelOwn,
  readChannelPuts,
  setChannelEntryState,
  setChannelPut,
} from "@yanshu/store";
import {
  type Bytes,
  channelBodies,
  channelIdOf,
  channelLimits,
  encodeChannelInception,
  equalBytes,
  type FilmRef,
  filmHashOf,
  filmListOf,
  isDomain,
  publicLimits,
  toHex,
  utf8,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, filled, pack, type Source, sourceOf, unpack } from "../../feature.ts";
import { keysIn, ownAsAuthor, profileWaiting, waitingOf } from "../../values/public-log.ts";
import type { ChannelFilmDraft, ChannelPicture, ChannelPicturesDraft, ChannelProfile } from "./types.ts";
import { captionsBytesMax, filmsShown, hashtagsIn, isMirrorName, none, readValue } from "./values.ts";

/** A file of an entry that waits: where it lies here, and by which name home gets it. */
export type PutFile = { readonly ref: BlobRef; readonly hash: Bytes; readonly list: Bytes; readonly bytes: number };
export type PutFilms = { readonly files: readonly PutFile[]; readonly films: readonly FilmRef[] };

const { pictureBytesMax } = channelLimits;
/** Read at once of a file that is hashed. */
const sliceBytes = 32 * publicLimits.chunkBytes;

/** @throws ClientError `unknown-message` where this account is none of its authors. */
export function ownChannel({ db }: Pick<FeatureContext, "db">, id: Bytes): ChannelOwnRow {
  const row = ownAsAuthor(db, id);
  if (row === undefined) throw new ClientError("unknown-message");
  return row;
}

export function ownItem({ id, seed, inception, stamp_ms, author }: Omit<ChannelOwnRow, "seq" | "head">) {
  const item = { kind: "channelOwn", channel: id, seed, inception, stampMs: stamp_ms } as const;
  return { ...item, ...(author.length > 0 && { author }) };
}

/** A key of its own, never the account's (CH1); its first entry is its profile. */
export async function createChannel(context: FeatureContext, profile: ChannelProfile): Promise<Bytes> {
  const { db, random, sha256, nowMs, tellOwnDevices } = context;
  const body = profileBody(profile);
  const seed = random(32);
  const { publicKey } = await context.crypto.signatureKeyPair(seed);
  const inception = encodeChannelInception({ authors: [publicKey], salt: random(publicLimits.saltBytes) });
  const id = channelIdOf(sha256, inception);
  const row = { id, seed, inception, stamp_ms: nowMs(), author: none };
  await put(context, id, "profile", body, {
    title: profile.name,
    sources: picturesOf(profile),
    films: profileFilms(profile),
    also: () => {
      addChannelOwn(db, row);
      tellOwnDevices([ownItem(row)]);
    },
  });
  context.changed("channels-mine", "channels");
  context.sendSoon();
  return id;
}

const picturesOf = ({ picture }: Partial<ChannelProfile>): readonly Source[] => (picture ? [picture.source] : []);
const profileFilms =
  ({ picture }: Partial<ChannelProfile>) =>
  ([file]: readonly PutFile[]): readonly FilmRef[] =>
    picture && file ? [pictureRef(picture, file)] : [];

function profileBody({ name, about = "", mirrors = [], domain = "" }: ChannelProfile): Bytes {
  const words = about.trim().toWellFormed();
  if (words.length > channelLimits.aboutMax) throw new ClientError("too-long");
  const named = filled(name, channelLimits.nameMax);
  // not a check: what this person says of their own channel.
  if (mirrors.length > channelLimits.mirrorsMax) throw new ClientError("too-long");
  if (!mirrors.every(isMirrorName)) throw new ClientError("not-allowed");
  if (domain !== "" && !isDomain(domain)) throw new ClientError("not-allowed");
  return channelBodies.profile.encode({
    name: named,
    ...(words !== "" && { about: words }),
    ...(mirrors.length > 0 && { mirrors: [...mirrors] }),
    ...(domain !== "" && { domain }),
  });
}

/** What the channel says of itself now: by what waits here, else by the packs. What is left out stays. */
export async function setProfile(context: FeatureContext, id: Bytes, change: Partial<ChannelProfile>): Promise<void> {
  const { db } = context;
  ownChannel(context, id);
  const held = readChannel(db, id);
  const before = profileWaiting(db, id) ?? {
    name: held?.name ?? "",
    about: held?.about,
    mirrors: mirrorsIn(held?.mirrors),
    domain: held?.domain,
  };
  const { name, about = "", mirrors = [], domain = "" } = before;
  const body = profileBody({ name, about, mirrors, domain, ...change });
  const [entry] = readChannelEntriesOf(db, id, ["profile"], 1);
  // Home has the picture of before: the entry names it again.
  const kept = filmsShown(entry);
  await put(context, id, "profile", body, {
    title: change.name ?? name,
    sources: picturesOf(change),
    films: (files) => (change.picture === undefined ? kept : profileFilms(change)(files)),
  });
  context.changed("channels-mine");
}

/** As the store has them, one a line. */
export const mirrorsIn = (lines = "") => lines.split("\n").filter((name) => name !== "");

/** @throws ClientError `empty`, `too-long`, `too-large` */
export async function publishFilm(context: FeatureContext, id: Bytes, draft: ChannelFilmDraft): Promise<number> {
  const { film, poster, thumbhash, captions } = draft;
  const terms = readValue(context, "terms");
  const ms = Math.round(film.durationMs);
  if (film.source.size > Math.min(publicLimits.filmBytesMax, terms?.filmBytesMax ?? publicLimits.filmBytesMax))
    throw new ClientError("too-large");
  if (
    ms < channelLimits.filmMsMin ||
    ms > Math.min(channelLimits.filmMsMax, terms?.filmMsMax ?? channelLimits.filmMsMax)
  )
    throw new ClientError("too-long");
  if (poster !== undefined && poster.source.size > pictureBytesMax) throw new ClientError("too-large");
  const vtt = captions === undefined || captions.trim() === "" ? undefined : utf8(captions.toWellFormed());
  if (vtt !== undefined && vtt.length > captionsBytesMax) throw new ClientError("too-long");
  return shown(context, id, "film", draft, {
    sources: [film.source, ...(poster ? [poster.source] : []), ...(vtt ? [sourceOf(vtt)] : [])],
    films: (files) => {
      const [main, ...others] = files;
      const cover = poster && others[0];
      const words = vtt && others.at(-1);
      return [
        {
          ...stored(main, film.mime),
          width: film.width,
          height: film.height,
          durationMs: ms,
          ...(film.loudness !== undefined && {
            loudness: Math.min(1_000, Math.max(0, Math.round(-10 * film.loudness))),
          }),
          ...(poster && cover && { poster: stored(cover, poster.mime) }),
          ...(thumbhash.length > 0 && { thumbhash: thumbhash.slice(0, 40) }),
          ...(words && { captions: [{ ...stored(words, "text/vtt"), language: "" }] }),
        },
      ];
    },
  });
}

/** @throws ClientError `empty`, `too-long`, `too-large` */
export async function publishPictures(
  context: FeatureContext,
  id: Bytes,
  draft: ChannelPicturesDraft,
): Promise<number> {
  const { pictures, thumbhash } = draft;
  if (pictures.length === 0) throw new ClientError("empty");
  if (pictures.length > channelLimits.picturesMax) throw new ClientError("too-long");
  if (pictures.some(({ source }) => source.size > pictureBytesMax)) throw new ClientError("too-large");
  return shown(context, id, "pictures", draft, {
    sources: pictures.map(({ source }) => source),
    films: (files) =>
      pictures.map((one, at) => ({
        ...pictureRef(one, files[at] as PutFile),
        ...(at === 0 && thumbhash.length > 0 && { thumbhash: thumbhash.slice(0, 40) }),
      })),
  });
}

function stored(file: PutFile | undefined, mime: string) {
  if (file === undefined) throw new ClientError("empty");
  return { hash: file.hash, bytes: file.bytes, mime };
}

function pictureRef({ mime, width, height }: ChannelPicture, file: PutFile): FilmRef {
  return { ...stored(file, mime), width, height };
}

function shown(
  context: FeatureContext,
  id: Bytes,
  kind: "film" | "pictures",
  { title, tags = [] }: { readonly title: string; readonly tags?: readonly string[] },
  files: Pick<Putting, "sources" | "films">,
): Promise<number> {
  ownChannel(context, id);
  const text = title.trim().toWellFormed();
  if (text.length > channelLimits.textMax) throw new ClientError("too-long");
  const all = hashtagsIn(`${text} ${tags.map((tag) => `#${tag} `).join("")}`).slice(0, channelLimits.tagsMax);
  return put(context, id, kind, channelBodies[kind].encode({ text, tags: all }), { ...files, title: text });
}

type Putting = {
  readonly title: string;
  readonly about?: Bytes;
  readonly sources?: readonly Source[];
  /** What the entry says of its files, once they have names. */
  readonly films?: (files: readonly PutFile[]) => readonly FilmRef[];
  /** Done in the same transaction. */
  readonly also?: () => void;
};

/** Keeps what is to be said, and all bytes of it, on this device. Resolves with the number of its row. */
export async function put(
  context: FeatureContext,
  channel: Bytes,
  kind: string,
  body: Bytes,
  { title, about = none, sources = [], films = () => [], also }: Putting,
): Promise<number> {
  const { db, files: store, nowMs } = context;
  if (sources.length > 0 && !store.mayUpload()) throw new ClientError("storage");
  const outgoing = sources.map((source) => store.outgoing(source));
  const files: PutFile[] = [];
  for (const { ref, source } of outgoing) files.push({ ref, ...(await nameOf(context, source)), bytes: source.size });
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const row = db.transaction(() => {
    also?.();
    store.learnRefs(files.map(({ ref }) => ref));
    const films_ = pack({ files, films: films(files) } satisfies PutFilms);
    const made = addChannelPut(db, { channel, kind, body, films: films_, about, title, total, made_ms: nowMs() });
    if (files.length > 0) setChannelPut(db, made, { state: "paused" });
    return made;
  });
  // All of it is taken in first: what was chosen may be gone in a moment. What has no room here fails once it is put.
  for (const file of outgoing)
    await store.keep(file).catch((error: unknown) => {
      if (!(error instanceof ClientError) || error.code !== "storage") throw error;
    });
  if (files.length > 0) setChannelPut(db, row, { state: "waiting" });
  context.changed("channels-mine");
  return row;
}

/** The name of a file, and the list of its chunks (CH4). */
async function nameOf({ sha256 }: FeatureContext, source: Source): Promise<{ hash: Bytes; list: Bytes }> {
  const hashes: Bytes[] = [];
  for (let from = 0; from < source.size; from += sliceBytes) {
    const part = new Uint8Array(await source.slice(from, Math.min(source.size, from + sliceBytes)).arrayBuffer());
    for (let at = 0; at < part.length; at += publicLimits.chunkBytes)
      hashes.push(sha256(part.subarray(at, at + publicLimits.chunkBytes)));
  }
  const list = filmListOf(source.size, hashes);
  return { hash: filmHashOf(sha256, list), list };
}

/** An own entry goes: at home its bytes, here what it showed. @throws ClientError `unknown-message` */
export async function withdraw(context: FeatureContext, entry: Bytes): Promise<void> {
  const { db } = context;
  const row = readChannelEntry(db, entry);
  const said = readChannelPuts(db).find((one) => equalBytes(one.entry, entry));
  const channel = row?.channel ?? said?.channel;
  if (channel === undefined) throw new ClientError("unknown-message");
  ownChannel(context, channel);
  await put(context, channel, "delete", channelBodies.delete.encode({ entry }), {
    title: "",
    about: entry,
    also: () => {
      setChannelEntryState(db, entry, "deleted");
      if (said !== undefined) dropPut(context, said);
    },
  });
  context.changed("channels", "channels-mine");
}

/** What waits is done with; its files go from this device. Inside a transaction. */
export function dropPut({ db, files }: FeatureContext, { put, films }: ChannelPutRow): void {
  files.forgetRefs(
    filesOf(films).files.map(({ ref }) => ref),
    "here",
  );
  dropChannelPut(db, put);
}

/** What an own channel has pinned, in its order: by what waits here, else by the packs (CH63). */
export function pinsOf(db: Database, channel: Bytes): readonly Bytes[] {
  const waiting = waitingOf(db, "pin", channel);
  return waiting === undefined
    ? keysIn(readChannel(db, channel)?.pins ?? none)
    : channelBodies.pin.decode(waiting.body).entries;
}

export function filesOf(films: Bytes): PutFilms {
  return films.length === 0 ? { files: [], films: [] } : unpack<PutFilms>(films);
}

/** @throws ClientError `unknown-message`, `too-many-pins` */
export async function pin(context: FeatureContext, entry: Bytes, isOn: boolean): Promise<void> {
  const { db } = context;
  const channel = readChannelEntry(db, entry)?.channel;
  if (channel === undefined) throw new ClientError("unknown-message");
  ownChannel(context, channel);
  const others = pinsOf(db, channel).filter((one) => !equalBytes(one, entry));
  if (isOn && others.length >= channelLimits.pinsMax) throw new ClientError("too-many-pins");
  await put(context, channel, "pin", channelBodies.pin.encode({ entries: isOn ? [entry, ...others] : others }), {
    title: "",
  });
}

/** What is shown to be talked of. */
const commented: ReadonlySet<string> = new Set(["film", "pictures", "article"]);

/** @throws ClientError `empty`, `too-long`, `unknown-message` */
export async function comment(
  context: FeatureContext,
  entry: Bytes,
  text: string,
  { answers, penName }: { readonly answers?: Bytes; readonly penName?: string },
): Promise<void> {
  const { db } = context;
  const on = readChannelEntry(db, entry);
  if (on === undefined || !commented.has(on.kind)) throw new ClientError("unknown-message");
  const film = articleOf(on);
  const said = filled(text, channelLimits.commentMax);
  if (answers !== undefined && toHex(readChannelEntry(db, answers)?.about ?? none) !== toHex(film))
    throw new ClientError("unknown-message");
  const body = channelBodies.comment.encode({ entry: film, text: said, ...(answers && { to: answers }) });
  const own = penChannel(db)?.id ?? (await createChannel(context, { name: penName ?? "" }));
  await put(context, own, "comment", body, { title: said, about: film });
  context.changed("channels");
}

/** The channel by whose name this person comments: one that they made themselves, and no shared one's voice (CH41). */
export function penChannel(db: Database): ChannelOwnRow | undefined {
  return readChannelOwn(db).find(({ id, author }) => author.length === 0 && ownAsAuthor(db, id) !== undefined);
}

/** The film's author hides a comment, or shows it again. @throws ClientError `unknown-message` */
export async function hide(context: FeatureContext, entry: Bytes, isHidden: boolean): Promise<void> {
  const { db } = context;
  const about = readChannelEntry(db, entry)?.about;
  const channel = about && readChannelEntry(db, about)?.channel;
  if (channel === undefined) throw new ClientError("unknown-message");
  ownChannel(context, channel);
  await put(context, channel, "hide", channelBodies.hide.encode({ entry, isHidden }), { title: "", about: entry });
  context.changed("channels");
}
