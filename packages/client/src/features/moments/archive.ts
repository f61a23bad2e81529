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
  countDiagnostic,
  deleteMeta,
  isMomentTakenBack,
  type MomentRow,
  type MomentWordRow,
  readMeta,
  readMoment,
  setMoment,
  toBeMended,
  toBeSigned,
  writeMeta,
} from "@yanshu/store";
import { type AccountId, type Bytes, concat, equalBytes, type UnixMs } from "@yanshu/wire";
import { ClientError, type FeatureContext, pack, sourceOf, unpack } from "../../feature.ts";
import { heldPost, saidWord, takeWord } from "./hand.ts";
import { refsOf } from "./jobs.ts";
import { isFirstDevice } from "./pull.ts";
import { eachOf, isSigned } from "./reading.ts";
import { bodyToSign, postIdOf } from "./sealed.ts";
import { homeOf, lookHolesAt } from "./server.ts";
import { accountsIn, dayMs, dayOf, joined, weekOf } from "./values.ts";
import { bodyOf } from "./views.ts";

type Item = Extract<SyncItem, { readonly kind: "momentArchive" }>;
/** One that is on its way to home. `hash`: SHA-256 of what is in it. `made`: see `momentArchive`. */
type Next = Pick<Item, "blob" | "stampMs" | "hash" | "made">;
/** One that is to be read here: since when it could not be read whole, and from when it is tried again. */
type Wanted = Next & { readonly sinceMs?: number; readonly againMs?: number };
/** `isWanted`: it is to be read here. */
type Held = Wanted & { readonly isWanted: boolean };

const onlyMe = { who: "me", tags: [], people: [] } as const;
const readAtOnce = 4 << 20;
/**
 * Home keeps a body for 400 days, and a word for 180: one that is younger than this and is not there was taken back
 * (MO10, MO11).
 */
const endedDays = { post: 330, word: 150 } as const;
/** One of which most is missing, or that lies at a home that is not reached, is tried again so often, and so long. */
const missing = { againMs: dayMs, keptMs: 90 * dayMs, keptMax: 4 } as const;
/** Where the first device is away for so long, another one makes it. */
const lateWeeks = 2;

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
  const { blob, stampMs, hash, made } = held;
  return [{ kind: "momentArchive", blob, stampMs, ...(hash && { hash }), ...(made && { made }) }];
}

/** Those of before that could not be read whole yet. */
function keptIn({ db }: Pick<FeatureContext, "db">): readonly Wanted[] {
  const bytes = readMeta(db, "moment-archive-kept");
  return bytes === undefined ? [] : unpack<readonly Wanted[]>(bytes);
}

/** Before this time bodies and words may lie at another home, or were lost by this one. */
function homeSinceMs({ db, nowMs }: Pick<FeatureContext, "db" | "nowMs">): number {
  const bytes = readMeta(db, "moments-home-since");
  return bytes === undefined ? 0 : Math.min(unpack<number>(bytes), nowMs());
}

/**
 * Home is another, or was put back from a copy: what own posts say is put there again, as far as it does not stand.
 * Inside a transaction.
 */
export function homeForgot({ db, nowMs, own }: FeatureContext): void {
  writeMeta(db, "moments-home-since", pack(nowMs()));
  db.run(
    `UPDATE moments SET kept_day = ?1 - kept_day
       WHERE author = ?2 AND state = 'here' AND state <> 'gone' AND kept_day >= 0`,
    toBeMended,
    own(),
  );
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
  if (before === undefined) return;
  // What was made here lacks what is in one that was not read.
  if (before.isWanted && !next.isWanted) keep(context, [before, ...keptIn(context)]);
  else context.files.forgetRefs([before.blob], "everywhere");
}

function keep(context: FeatureContext, all: readonly Wanted[]): void {
  const kept = all.slice(0, missing.keptMax);
  if (kept.length === 0) deleteMeta(context.db, "moment-archive-kept");
  else writeMeta(context.db, "moment-archive-kept", pack(kept));
  const gone = all.slice(missing.keptMax).map(({ blob }) => blob);
  if (gone.length > 0) context.files.forgetRefs(gone, "everywhere");
}

/** Files of the archive that this device may have stored: they are kept as long as it counts. */
export function archiveRefs(context: Pick<FeatureContext, "db">): readonly BlobRef[] {
  const all = [heldIn(context), nextIn(context), ...keptIn(context)];
  return all.flatMap((one) => (one === undefined ? [] : [one.blob]));
}

/** Resolves when what is due was tried. Rejects where home cannot be reached. */
export async function archiveDue(context: FeatureContext): Promise<void> {
  const held = heldIn(context);
  for (const one of [...(held?.isWanted === true ? [held] : []), ...keptIn(context)]) {
    if (one.againMs !== undefined && one.againMs > context.nowMs()) continue;
    // One that cannot be had keeps none from being made.
    await fetchArchive(context, one).catch((error: unknown) => {
      if (!(error instanceof ClientError)) context.failed(error);
    });
  }
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
    deleteMeta(db, "moment-archive-kept");
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
  if (!context.files.mayUpload()) return;
  const isFirst = isFirstDevice(context);
  const mayMake = (sinceMs: number) => isFirst || now - weekOf(sinceMs) >= lateWeeks;
  // So a device that is not to make one reads no posts and words each hour.
  if (last !== undefined && !mayMake(last.stampMs)) return;
  const archive = archiveOf(context, now * 7);
  const oldest = archive.posts.at(-1);
  if (oldest === undefined || (last === undefined && !mayMake(oldest.atMs))) return;
  const bytes = encodeMomentArchive(archive);
  const { source, ref } = context.files.outgoing(sourceOf(bytes));
  const blob = { ...ref, expiresDay: 0 };
  await context.files.upload([{ source, ref: blob }]);
  const stampMs = Math.max(nowMs(), (last?.stampMs ?? 0) + 1);
  const incarnation = readMeta(db, "incarnation");
  const made = incarnation && { incarnation, sinceMs: homeSinceMs(context) };
  const next: Next = { blob, stampMs, hash: context.sha256(bytes), ...(made && { made }) };
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
    .map((row) => {
      const { author, signed, audience, told } = row;
      const known = equalBytes(author, own()) && audience !== null ? decodeAudience(audience) : undefined;
      return {
        ...heldPost(row),
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
    .map(saidWord);
  return { posts, words };
}

async function fetchArchive(context: FeatureContext, wanted: Wanted): Promise<void> {
  const { db, nowMs, serverName } = context;
  const isElsewhere = wanted.blob.server !== serverName();
  let isGone = false;
  const archive = await contentsOf(context, wanted).catch((error: unknown) => {
    isGone = error instanceof ClientError && (error.code === "file-gone" || (error.code === "offline" && isElsewhere));
    if (!isGone) throw error;
    return undefined;
  });
  // Of what was said at another home, or before this one was put back, home does not know whether it was taken back.
  const { made } = wanted;
  const home = readMeta(db, "incarnation");
  const isHere = made !== undefined && home !== undefined && equalBytes(made.incarnation, home);
  const sinceMs = isHere ? Math.max(made.sinceMs, homeSinceMs(context)) : nowMs();
  const posts = await standing(context, await signedOnes(context, archive?.posts ?? []), endedDays.post, sinceMs);
  const words = await standing(context, archive?.words ?? [], endedDays.word, sinceMs);
  const lacks = posts.lacks + words.lacks;
  const isMissing = (isGone && isElsewhere) || 2 * lacks > posts.asked + words.asked;
  db.transaction(() => {
    for (const post of posts.found) takePost(context, post, sinceMs);
    for (const word of words.found) {
      // The hole of one that was hidden may stand still.
      const by = [word.author, readMoment(db, word.post)?.author ?? word.author];
      // @checks VA41
      if (by.some((one) => isMomentTakenBack(db, word.post, word.id, one))) continue;
      takeWord(context, word);
    }
    // What comes after it here is at home as it is there.
    const isFirst = wanted.sinceMs === undefined;
    if (isFirst && sinceMs > homeSinceMs(context)) writeMeta(db, "moments-home-since", pack(sinceMs));
    if (isFirst && (isMissing || isGone)) countDiagnostic(db, "moments-archive-missing");
    const triedMs = wanted.sinceMs ?? nowMs();
    const isLeft = isMissing && nowMs() - triedMs < missing.keptMs;
    const next: Wanted | undefined = isLeft
      ? { ...wanted, sinceMs: triedMs, againMs: nowMs() + missing.againMs }
      : undefined;
    wasRead(context, wanted, next);
  });
  context.changed("moments");
}

/** @param next it could not be read whole, and is kept. Inside a transaction. */
function wasRead(context: FeatureContext, { blob }: Wanted, next: Wanted | undefined): void {
  const { db, files } = context;
  const isIt = (one: Wanted) => equalBytes(one.blob.id, blob.id);
  // Another one may have come meanwhile.
  const held = heldIn(context);
  if (held !== undefined && isIt(held)) {
    writeMeta(db, "moment-archive", pack({ ...held, ...next, isWanted: next !== undefined }));
    return;
  }
  const kept = keptIn(context);
  if (!kept.some(isIt)) return;
  keep(
    context,
    kept.flatMap((one) => (isIt(one) ? (next ?? []) : [one])),
  );
  if (next === undefined) files.forgetRefs([blob], "everywhere");
}

/** Undefined where it is broken, another than what was told, or of a later version. Rejects: `file-gone`, `offline`. */
async function contentsOf(context: FeatureContext, { blob, hash }: Wanted): Promise<MomentArchive | undefined> {
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
    if (equalBytes(author, own())) {
      const bytes = bodyToSign(rooms.crypto, post, signed.subarray(64));
      // @checks MO9
      if (!(await isSigned(context, author, bytes, signed.subarray(0, 64)))) continue;
    }
    out.push(post);
  }
  return out;
}

/** Those that home has still, those that may have ended there by themselves, and those that it cannot know of. */
async function standing<T extends { readonly author: AccountId; readonly name: Bytes; readonly atMs: number }>(
  context: FeatureContext,
  all: readonly T[],
  days: number,
  sinceMs: number,
): Promise<{ readonly found: readonly T[]; readonly asked: number; readonly lacks: number }> {
  const isAsked = ({ atMs }: T) => atMs >= Math.max(sinceMs, context.nowMs() - days * dayMs);
  // Of what lies at another home that does not answer now it is not known: it is taken as there.
  const asked = await eachOf(
    all.filter(isAsked).map((row) => ({ row, at: homeOf(context, row.author), names: [row.name] })),
    (at, names) => lookHolesAt(context, at, names),
  );
  const gone = new Set(asked.filter(({ values }) => values[0] !== true).map(({ row }) => row));
  return { found: all.filter((one) => !gone.has(one)), asked: asked.length, lacks: gone.size };
}

/** Inside a transaction. */
function takePost(context: FeatureContext, post: MomentArchive["posts"][number], sinceMs: number): void {
  const { db, rooms, nowMs, own, files } = context;
  const { author, secret, name, atMs, isCalled, signed, audience, told } = post;
  const id = postIdOf(rooms.crypto, { author, secret });
  const held = readMoment(db, id);
  const body = bodyOf({ signed });
  if (body === undefined || !equalBytes(body.author, author) || (held !== undefined && held.state !== "wanted")) return;
  const isOwn = equalBytes(author, own());
  const at_ms = Math.min(atMs, nowMs()) as UnixMs;
  // An own one that home cannot vouch for, and the record does not name, may have been deleted: nobody else is told.
  const isUnsure = held === undefined && atMs < sinceMs && atMs >= nowMs() - endedDays.post * dayMs;
  const meant = isUnsure ? onlyMe : audience;
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
    audience: isOwn && meant !== undefined ? encodeAudience(meant) : null,
    told: isOwn && told !== undefined ? joined(isUnsure ? [] : told) : null,
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
