/**
 * The archive of Moments (docs/spec/vault.md VA40–VA42): posts and what was said on them, in one sealed file at home,
 * made anew once a week. Where it lies stands in the recovery record, so that a device that comes back by the card has
 * what friends do not tell again and home keeps no more.
 */
import {
  type BlobRef,
  decodeAudience,
  decodeMomentArchive,
  encodeAudience,
  encodeMomentArchive,
  type MomentArchive,
  momentLimits,
  type SyncItem,
} from "@yanshu/content";
import {
  addMoment,
  addMomentWord,
  countDiagnostic,
  deleteMeta,
  type MomentRow,
  type MomentWordRow,
  readMeta,
  readMoment,
  setMoment,
  toBeSigned,
  writeMeta,
} from "@yanshu/store";
import { type Bytes, concat, equalBytes, type UnixMs } from "@yanshu/wire";
import { ClientError, type FeatureContext, pack, unpack } from "../../feature.ts";
import { refsOf } from "./jobs.ts";
import { isFirstDevice } from "./pull.ts";
import { isSigned } from "./reading.ts";
import { bodyToSign, postIdOf } from "./sealed.ts";
import { lookHoles } from "./server.ts";
import { accountsIn, dayMs, dayOf, joined } from "./values.ts";
import { bodyOf } from "./views.ts";

type Item = Extract<SyncItem, { readonly kind: "momentArchive" }>;
/** One that is on its way to home. `hash`: SHA-256 of what is in it. */
type Next = { readonly blob: BlobRef; readonly stampMs: number; readonly hash?: Bytes };
/** `isWanted`: it is to be read here. */
type Held = Next & { readonly isWanted: boolean };

const readAtOnce = 4 << 20;
/**
 * Home keeps a body for 400 days, and a word for 180: one that is younger than this and is not there was taken back
 * (MO10, MO11).
 */
const endedDays = { post: 330, word: 150 } as const;
/** Where the first device is away for so long, another one makes it. */
const lateWeeks = 2;
const weekOf = (ms: number) => Math.floor(dayOf(ms) / 7);

function heldIn({ db }: Pick<FeatureContext, "db">): Held | undefined {
  const bytes = readMeta(db, "moment-archive");
  return bytes && unpack<Held>(bytes);
}

function nextIn({ db }: Pick<FeatureContext, "db">): Next | undefined {
  const bytes = readMeta(db, "moment-archive-next");
  return bytes && unpack<Next>(bytes);
}

export function archiveItems(context: Pick<FeatureContext, "db">): readonly Item[] {
  const held = heldIn(context);
  if (held === undefined) return [];
  const { isWanted: _, ...item } = held;
  return [{ kind: "momentArchive", ...item }];
}

/** Inside a transaction. */
export function takeArchive(context: FeatureContext, { kind: _, ...item }: Item): void {
  const { blob } = item;
  // Of a clock that is ahead it is of now, or none that comes after it would count. @checks VA42
  const stampMs = Math.min(item.stampMs, context.nowMs());
  const before = heldIn(context);
  if (before !== undefined && (before.stampMs >= stampMs || equalBytes(before.blob.id, blob.id))) return;
  // Who has heard of one before has heard of all that came since.
  hold(context, { ...item, stampMs, isWanted: before === undefined || before.isWanted });
  context.files.learnRefs([blob]);
}

function hold(context: FeatureContext, next: Held): void {
  const before = heldIn(context);
  writeMeta(context.db, "moment-archive", pack(next));
  if (before !== undefined) context.files.forgetRefs([before.blob], "everywhere");
}

/** Files of the archive that this device may have stored: they are kept as long as it counts. */
export function archiveRefs(context: Pick<FeatureContext, "db">): readonly BlobRef[] {
  return [heldIn(context), nextIn(context)].flatMap((one) => (one === undefined ? [] : [one.blob]));
}

/** Resolves when what is due was tried. Rejects where home cannot be reached. */
export async function archiveDue(context: FeatureContext): Promise<void> {
  if (heldIn(context)?.isWanted === true) await fetchArchive(context);
  if (!context.keepsHistory()) return letGo(context);
  const next = nextIn(context);
  if (next === undefined) return makeArchive(context);
  const stored = context.files.areStored([next.blob]);
  if (stored === false) return;
  context.db.transaction(() => {
    deleteMeta(context.db, "moment-archive-next");
    if (stored === "failed") return context.files.forgetRefs([next.blob], "everywhere");
    hold(context, { ...next, isWanted: false });
    context.tellOwnDevices(archiveItems(context));
  });
}

/** The person wants nothing kept (VA12). */
function letGo(context: FeatureContext): void {
  const { db, files } = context;
  const refs = archiveRefs(context);
  if (refs.length === 0) return;
  db.transaction(() => {
    deleteMeta(db, "moment-archive");
    deleteMeta(db, "moment-archive-next");
    files.forgetRefs(refs, "everywhere");
  });
}

async function makeArchive(context: FeatureContext): Promise<void> {
  const { nowMs, db } = context;
  const now = weekOf(nowMs());
  const last = heldIn(context);
  // The clock was ahead when it was made: from now on it is of now.
  if (last !== undefined && last.stampMs > nowMs())
    db.transaction(() => writeMeta(db, "moment-archive", pack({ ...last, stampMs: nowMs() })));
  if (last !== undefined && weekOf(last.stampMs) >= now) return;
  const archive = archiveOf(context, now * 7);
  const oldest = archive.posts.at(-1);
  if (oldest === undefined) return;
  const isLate = now - weekOf(last?.stampMs ?? oldest.atMs) >= lateWeeks;
  if (!isFirstDevice(context) && !isLate) return;
  const bytes = encodeMomentArchive(archive);
  if (!context.files.mayUpload()) return;
  const { source, ref } = context.files.outgoing({
    size: bytes.length,
    slice: (start, end) => ({ arrayBuffer: async () => bytes.slice(start, end).buffer as ArrayBuffer }),
  });
  const blob = { ...ref, expiresDay: 0 };
  await context.files.upload([{ source, ref: blob }]);
  const stampMs = Math.max(nowMs(), (last?.stampMs ?? 0) + 1);
  const next: Next = { blob, stampMs, hash: context.sha256(bytes) };
  context.db.transaction(() => writeMeta(context.db, "moment-archive-next", pack(next)));
}

/** The newest, as far as there is room; none of this week: what changed with each post would tell home who posts. */
function archiveOf({ db, own }: FeatureContext, beforeDay: number): MomentArchive {
  let left = momentLimits.archiveBytesMax - (1 << 20);
  const fits = (bytes: number) => {
    left -= bytes;
    return left > 0;
  };
  const rows = db.all<MomentRow>(
    "SELECT * FROM moments WHERE state = 'here' AND kind IN ('post', 'cover') AND day < ? ORDER BY at_ms DESC LIMIT ?",
    beforeDay,
    momentLimits.archivePostsMax,
  );
  const posts = rows
    .filter(({ signed, told }) => fits(signed.length + (told?.length ?? 0) + 256))
    .map(({ author, secret, name, kind, at_ms, mention, signed, audience, told }) => {
      const known = equalBytes(author, own()) && audience !== null ? decodeAudience(audience) : undefined;
      return {
        author,
        secret,
        name,
        kind: kind as MomentArchive["posts"][number]["kind"],
        atMs: at_ms,
        isCalled: mention === 1,
        signed,
        ...(known && { audience: known, told: accountsIn(told ?? new Uint8Array()) }),
      };
    });
  const words = db
    .all<MomentWordRow>(
      "SELECT * FROM moment_words WHERE state = 'here' AND at_ms < ? ORDER BY at_ms DESC LIMIT ?",
      beforeDay * dayMs,
      momentLimits.archiveWordsMax,
    )
    .filter(({ text }) => fits(3 * text.length + 320))
    .map(({ at_ms, state: _, got_ms: __, ...word }) => ({ ...word, atMs: at_ms }));
  return { posts, words };
}

async function fetchArchive(context: FeatureContext): Promise<void> {
  const { db } = context;
  const held = heldIn(context) as Held;
  const archive = await contentsOf(context, held).catch((error: unknown) => {
    if (error instanceof ClientError && error.code === "file-gone") return undefined;
    throw error;
  });
  const posts = await standing(context, await signedOnes(context, archive?.posts ?? []), endedDays.post);
  const words = await standing(context, archive?.words ?? [], endedDays.word);
  db.transaction(() => {
    for (const post of posts) takePost(context, post);
    for (const { atMs, ...word } of words) {
      const at_ms = Math.min(atMs, context.nowMs()) as UnixMs;
      addMomentWord(db, { ...word, at_ms, state: "here", got_ms: at_ms });
    }
    writeMeta(db, "moment-archive", pack({ ...held, isWanted: false }));
  });
  context.changed("moments");
}

/** Undefined where it is broken, another than what was told, or of a later version. Rejects: `file-gone`, `offline`. */
async function contentsOf(context: FeatureContext, { blob, hash }: Held): Promise<MomentArchive | undefined> {
  const { files, read, sha256, db } = context;
  if (blob.bytes > momentLimits.archiveBytesMax) return undefined; // not a check: no device of ours makes one.
  const { handle } = read().fileOf(blob);
  const parts: Bytes[] = [];
  for (let at = 0; at < blob.bytes; ) {
    const part = await files.read(handle, at, readAtOnce);
    if (part.length === 0) break;
    parts.push(part);
    at += part.length;
  }
  const bytes = concat(...parts);
  // Home, with a device that was removed and knows the key, may lay another there. @checks VA41
  if (hash === undefined || !equalBytes(sha256(bytes), hash)) {
    db.transaction(() => countDiagnostic(db, "moments-false-archive"));
    return undefined;
  }
  return decodeMomentArchive(bytes);
}

/**
 * Own ones only as far as a device signed them that this account ever listed. Those of friends, and words, the device
 * looked at that took them in, by the keys of then: a friend who has another phone now lists those no more.
 */
async function signedOnes(
  context: FeatureContext,
  posts: readonly MomentArchive["posts"][number][],
): Promise<readonly MomentArchive["posts"][number][]> {
  const { rooms, own } = context;
  const out: MomentArchive["posts"][number][] = [];
  for (const post of posts) {
    const { author, signed } = post;
    const bytes = bodyToSign(rooms.crypto, post, signed.subarray(64));
    // @checks MO9
    if (equalBytes(author, own()) && !(await isSigned(context, author, bytes, signed.subarray(0, 64)))) continue;
    out.push(post);
  }
  return out;
}

/** Those that home has still, and those that may have ended there by themselves. */
async function standing<T extends { readonly name: Bytes; readonly atMs: number }>(
  context: FeatureContext,
  all: readonly T[],
  days: number,
): Promise<readonly T[]> {
  const found = await lookHoles(
    context,
    all.map(({ name }) => name),
  );
  return all.filter(({ atMs }, at) => found[at] === true || atMs < context.nowMs() - days * dayMs);
}

/** Inside a transaction. */
function takePost(context: FeatureContext, post: MomentArchive["posts"][number]): void {
  const { db, rooms, nowMs, own, files } = context;
  const { author, secret, name, atMs, isCalled, signed, audience, told } = post;
  const id = postIdOf(rooms.crypto, { author, secret });
  const held = readMoment(db, id);
  const body = bodyOf({ signed });
  if (body === undefined || !equalBytes(body.author, author) || (held !== undefined && held.state !== "wanted")) return;
  const isOwn = equalBytes(author, own());
  const at_ms = Math.min(atMs, nowMs()) as UnixMs;
  const row: MomentRow = {
    id,
    author,
    secret,
    name,
    kind: body.kind,
    at_ms,
    day: dayOf(body.atMs),
    until_day: body.untilDay ?? 0,
    signed,
    mention: isCalled ? 1 : 0,
    state: "here",
    audience: isOwn && audience !== undefined ? encodeAudience(audience) : null,
    told: isOwn && told !== undefined ? joined(told) : null,
    got_ms: at_ms,
    stamp_ms: nowMs(),
  };
  if (held === undefined) addMoment(db, row);
  else {
    const { id: _, audience: __, told: ___, ...rest } = row;
    setMoment(db, id, { ...rest, ...(held.audience === null && { audience: row.audience, told: row.told }) });
  }
  // A device that is listed no more may have signed it: then one that is signs it anew (MO9).
  if (isOwn) setMoment(db, id, { kept_day: toBeSigned });
  files.learnRefs(refsOf(body));
}
