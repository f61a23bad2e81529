/**
 * Hour packs (docs/spec/channels.md CH7–CH10): what a home publishes, the same for everybody. A pack names entries by
 * hash and place, and is linked to the pack before, so that nothing can be put in, left out or shown to one person
 * alone unseen. Entries stand beside its head: one that was taken away leaves its place, and packs still follow.
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
  line,
  list,
  literal,
  oneOf,
  struct,
  text,
  uint,
} from "../schema.ts";
import type { Primitives } from "../signing.ts";
import {
  authorsAfter,
  type ChannelEntry,
  type ChannelHead,
  channelIdOf,
  decodeChannelEntry,
  decodeChannelInception,
  deleteBody,
  type EntryFault,
  followEntry,
  noHash,
  signatureFault,
} from "./entries.ts";
import { labelled } from "./label.ts";
import { publicLimits } from "./limits.ts";

const hash = fixed(idBytes.hash);
/** A home's clock may be that far ahead of a reader's. */
const hoursAhead = 24;
const { placesMax, decisionsMax, countsMax, packHeadBytesMax, packBytesMax } = publicLimits;

/** Where an entry stands in its channel. */
const place = struct({ hash, channel: hash, seq: uint(0xffff_ffff) });
export type EntryPlace = Infer<typeof place>;

/**
 * What an operator did with an entry (CH10). `reason`: shown to everybody; of a `label` its words. `appeal`: where to
 * object.
 */
export const decision = struct({
  target: hash,
  action: oneOf("remove", "label", "restore"),
  reason: line(publicLimits.reasonMax),
  appeal: line(publicLimits.appealMax),
});
export type Decision = Infer<typeof decision>;

/** Likes and views of an entry, all in all; what changed since the pack before. */
const count = struct({ entry: hash, likes: uint(), views: uint() });
export type EntryCount = Infer<typeof count>;

/** There is no field for reach that is paid for, and a reader refuses what has an unknown one (CH12). */
const packSaid = struct(
  {
    v: literal(1),
    /** The home's name. */
    home: text(255),
    n: uint(0xffff_ffff),
    /** The hash of the pack before; zeros for the first. */
    prev: hash,
    /** Hours since 1970. */
    hour: uint(0xffff_ffff),
    places: list(place, placesMax),
    decisions: list(decision, decisionsMax),
    counts: list(count, countsMax),
  },
  {
    /** `markKeysHash` of the month in which the pack was made, so that all who draw marks draw under the same keys. */
    marks: hash,
    more: extensions,
  },
);
export type PackSaid = Infer<typeof packSaid>;

/**
 * Who may sign in a channel whose first entry does not stand in the pack: its inception, and its `authors` entries in
 * their order.
 */
const root = struct({
  inception: blob(publicLimits.inceptionBytesMax),
  authors: list(blob(publicLimits.authorsEntryBytesMax), publicLimits.authorsChangesMax),
});
export type ChannelRoot = Infer<typeof root>;

const packFile = struct({
  said: blob(packHeadBytesMax),
  signature: fixed(idBytes.signature),
  /** In the order of the places; empty where an entry was taken away. */
  entries: list(blob(publicLimits.entryBytesMax), placesMax),
  roots: list(root, placesMax),
});
/** A pack as it is served. */
export type PackFile = Infer<typeof packFile>;

export function encodePackSaid(said: Omit<PackSaid, "v">): Bytes {
  return encodeAs(packSaid, { v: 1, ...said });
}

/** @throws MalformedError */
export function decodePackSaid(bytes: Bytes): PackSaid {
  return decodeAs(packSaid, bytes, packHeadBytesMax);
}

/** The input that home signs. */
export function packBytes(said: Bytes): Bytes {
  return labelled("pack", said);
}

export function packHashOf(sha256: Primitives["sha256"], said: Bytes): Bytes {
  return sha256(labelled("pack hash", said));
}

export function encodePackFile(file: PackFile): Bytes {
  return encodeAs(packFile, file);
}

/** @throws MalformedError */
export function decodePackFile(bytes: Bytes): PackFile {
  return decodeAs(packFile, bytes, packBytesMax);
}

const rootsList = list(root, placesMax);

/** The roots of a pack by themselves, for who keeps packs of others. */
export function encodeRoots(roots: readonly ChannelRoot[]): Bytes {
  return encodeAs(rootsList, roots);
}

/** @throws MalformedError */
export function decodeRoots(bytes: Bytes): readonly ChannelRoot[] {
  return decodeAs(rootsList, bytes, packBytesMax);
}

/** The body of `GET /public/home`: whose packs these are, and the key that signs them (CH70). */
export type PublicHome = { readonly home: string; readonly key: Bytes };
const publicHome = struct({ v: literal(1), home: text(255), key: fixed(idBytes.publicKey) });
/** Of its longest body. */
export const publicHomeBytesMax = 512;

export function encodePublicHome(of: PublicHome): Bytes {
  return encodeAs(publicHome, { v: 1, ...of });
}

/** @throws MalformedError */
export function decodePublicHome(bytes: Bytes): PublicHome {
  return decodeAs(publicHome, bytes, publicHomeBytesMax);
}

const packFiles = list(blob(packBytesMax), publicLimits.packsPerRequestMax);

/** Several packs, in their order. */
export function encodePackFiles(files: readonly Bytes[]): Bytes {
  return encodeAs(packFiles, files);
}

/** @throws MalformedError */
export function decodePackFiles(bytes: Bytes): readonly Bytes[] {
  return decodeAs(packFiles, bytes, packBytesMax + publicLimits.packsBytesMax);
}

/** The newest pack of a home: what friends tell each other (CH9). */
export type PackHead = { readonly n: number; readonly hash: Bytes };
const packHead = struct({ n: uint(0xffff_ffff), hash });

/** The body of `GET /public/head`. A home without packs has none: the path is 404 there. */
export function encodePackHead(head: PackHead): Bytes {
  return encodeAs(packHead, head);
}

/** @throws MalformedError */
export function decodePackHead(bytes: Bytes): PackHead {
  return decodeAs(packHead, bytes, 256);
}

export type PackFault =
  | "malformed"
  | "bad-signature"
  /** It is not the pack after `before`: home shows two people different ones, or left one out. */
  | "does-not-follow"
  /** An entry beside it is not the one of its place. */
  | "bad-entry"
  /** Its hour is before that of the pack before, or more than a day ahead of the reader's clock. */
  | "bad-hour";

/** A place of a pack, with its entry unless that was taken away. */
export type PlacedEntry = EntryPlace & { readonly entry: ChannelEntry | undefined };

export type OpenedPack = Omit<PackSaid, "v" | "places"> &
  PackHead & {
    readonly places: readonly PlacedEntry[];
    /** Authors by the channel's hex id, of channels whose first entry the pack does not have. */
    readonly authors: ReadonlyMap<string, readonly Bytes[]>;
  };
export type PackOpening =
  | { readonly kind: "opened"; readonly pack: OpenedPack }
  | { readonly kind: "refused"; readonly why: PackFault };

/**
 * Checks a pack as the one after `before`: signature, link, hour, that each decision has a reason, and that each entry
 * beside it is that of its place. Whether authors signed their entries is for `readPlaces`.
 *
 * @param key the home's key for packs. @param before the pack read last; undefined: this is the first that is read.
 * @param nowHour hours since 1970 by the reader's clock.
 * @checks CH7, CH8, CH10, CH27
 */
export async function openPack(
  primitives: Primitives,
  key: Bytes,
  bytes: Bytes,
  before: (PackHead & Pick<PackSaid, "hour">) | undefined,
  nowHour: number,
): Promise<PackOpening> {
  const file = unlessMalformed(() => decodePackFile(bytes));
  const said = file && unlessMalformed(() => decodePackSaid(file.said));
  if (file === undefined || said === undefined) return { kind: "refused", why: "malformed" };
  if (!(await primitives.verify(key, packBytes(file.said), file.signature)))
    return { kind: "refused", why: "bad-signature" };
  const isFirst = said.n === 0;
  if (before !== undefined && (said.n !== before.n + 1 || !equalBytes(said.prev, before.hash)))
    return { kind: "refused", why: "does-not-follow" };
  if (isFirst && !equalBytes(said.prev, noHash)) return { kind: "refused", why: "does-not-follow" };
  if (said.hour < (before?.hour ?? 0) || said.hour > nowHour + hoursAhead) return { kind: "refused", why: "bad-hour" };
  const areReasoned = unlessMalformed(() => said.decisions.map(checkDecision)) !== undefined;
  if (!areReasoned || file.entries.length !== said.places.length) return { kind: "refused", why: "malformed" };
  const places: PlacedEntry[] = [];
  for (const [i, one] of said.places.entries()) {
    const entry = entryAt(primitives.sha256, one, file.entries[i] as Bytes);
    if (entry === "another") return { kind: "refused", why: "bad-entry" };
    places.push({ ...one, entry });
  }
  const authors = await authorsOf(primitives, file.roots);
  if (authors === undefined) return { kind: "refused", why: "malformed" };
  const { v: _, places: __, ...rest } = said;
  return { kind: "opened", pack: { ...rest, hash: packHashOf(primitives.sha256, file.said), places, authors } };
}

/** @checks CH8 */
function entryAt(sha256: Primitives["sha256"], { hash: named, channel, seq }: EntryPlace, bytes: Bytes) {
  if (bytes.length === 0) return undefined;
  const entry = unlessMalformed(() => decodeChannelEntry(sha256, bytes));
  if (entry === undefined || !equalBytes(entry.hash, named)) return "another";
  return equalBytes(entry.channel, channel) && entry.seq === seq ? entry : "another";
}

/** Authors of channels by their roots; undefined if a root is none. @checks CH8 */
async function authorsOf(primitives: Primitives, roots: readonly ChannelRoot[]) {
  const found = new Map<string, readonly Bytes[]>();
  for (const { inception, authors: changes } of roots) {
    const channel = channelIdOf(primitives.sha256, inception);
    let authors = unlessMalformed(() => decodeChannelInception(inception))?.authors;
    for (const bytes of changes) {
      const entry = unlessMalformed(() => decodeChannelEntry(primitives.sha256, bytes));
      if (authors === undefined || entry?.kind !== "authors" || !equalBytes(entry.channel, channel)) return undefined;
      if ((await signatureFault(primitives, authors, entry)) !== undefined) return undefined;
      authors = authorsAfter(authors, entry);
    }
    if (authors === undefined) return undefined;
    found.set(toHex(channel), authors);
  }
  return found;
}

/** What is wrong with a place of a pack. */
export type PlaceFault = { readonly place: EntryPlace; readonly why: EntryFault };

/** What one pack adds to what a reader holds. */
export type ReadPlaces = {
  /** Entries that their authors signed, in the pack's order. Nothing else may be shown. */
  readonly entries: readonly ChannelEntry[];
  /** Places whose entries were taken away. They need a reason: a decision, or a `delete` of their author. */
  readonly blanks: readonly EntryPlace[];
  readonly faults: readonly PlaceFault[];
  /** How far each channel was read, by its hex id; only those that went on. */
  readonly heads: ReadonlyMap<string, ChannelHead>;
};

/**
 * Reads a pack's places into the logs of their channels. An entry that its author did not sign, or whose place is held,
 * is not among the `entries`. One that follows a gap is, beside the fault `gap`: its author signed it, and what is
 * missing is told.
 *
 * @param headOf how far the reader has the channel; undefined: nothing of it.
 * @checks CH1, CH8
 */
export async function readPlaces(
  primitives: Primitives,
  { places, authors }: Pick<OpenedPack, "places" | "authors">,
  headOf: (channel: Bytes) => ChannelHead | undefined,
): Promise<ReadPlaces> {
  const heads = new Map<string, ChannelHead>();
  const [entries, blanks, faults]: [ChannelEntry[], EntryPlace[], PlaceFault[]] = [[], [], []];
  for (const { entry, ...one } of places) {
    const id = toHex(one.channel);
    const held = heads.get(id) ?? headOf(one.channel);
    const signers = held?.authors ?? authors.get(id);
    const refuse = (why: EntryFault) => void faults.push({ place: one, why });
    if (held !== undefined && one.seq <= held.seq) {
      refuse("taken");
      continue;
    }
    const isNext = held === undefined ? one.seq === 0 || signers !== undefined : one.seq === held.seq + 1;
    if (!isNext) refuse("gap");
    if (entry === undefined) {
      blanks.push(one);
      if (signers !== undefined) heads.set(id, { seq: one.seq, hash: one.hash, authors: signers });
      continue;
    }
    if (one.seq === 0) {
      const followed = await followEntry(primitives, undefined, entry);
      if (followed.kind === "refused") refuse(followed.why);
      else {
        heads.set(id, followed.after);
        entries.push(entry);
      }
      continue;
    }
    const why = signers === undefined ? "not-an-author" : await signatureFault(primitives, signers, entry);
    const after = signers && authorsAfter(signers, entry);
    if (why !== undefined || after === undefined) {
      refuse(why ?? "malformed");
      continue;
    }
    if (held !== undefined && isNext && !equalBytes(entry.prev, held.hash)) refuse("bad-link");
    heads.set(id, { seq: one.seq, hash: one.hash, authors: after });
    entries.push(entry);
  }
  return { entries, blanks, faults, heads };
}

/** The hash of the entry that a `delete` withdraws; undefined for other entries. */
export function deletedBy({ kind, body }: Pick<ChannelEntry, "kind" | "body">): Bytes | undefined {
  return kind === "delete" ? unlessMalformed(() => deleteBody.decode(body).entry) : undefined;
}

/**
 * Places that were taken away without a word (CH10): neither a decision names them nor a `delete` of their own channel.
 *
 * @param explained hex hashes of the entries that decisions or `delete` entries of their channels name.
 * @checks CH10
 */
export function unexplained(blanks: readonly EntryPlace[], explained: ReadonlySet<string>): readonly EntryPlace[] {
  return blanks.filter((one) => !explained.has(toHex(one.hash)));
}

/** Whether two heads of one home's packs contradict each other. `hashAt`: of the own pack `n`, if it is held. */
export function isFork(told: PackHead, hashAt: (n: number) => Bytes | undefined): boolean {
  const own = hashAt(told.n);
  return own !== undefined && !equalBytes(own, told.hash);
}

/** @throws MalformedError when it is no decision. @checks CH10 */
export function checkDecision(value: unknown): Decision {
  const checked = decision.check(value, "decision");
  if (checked.reason.trim() === "" || checked.appeal.trim() === "")
    throw new MalformedError("decision: without a reason, or without a place to object");
  return checked;
}
