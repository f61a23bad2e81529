/**
 * The post that is begun (WE119): kept on its device, its pictures and film sealed as files of messages are, until it
 * is posted or thrown away. Once its writer leaves it to go on later, own devices are told (MO100): not before, for its
 * files cost upload tokens, and most posts are written at once.
 */
import { type MomentBody, type MomentPicture, type MomentVideo, momentLimits } from "@yanshu/content";
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, type Bytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  type FeatureContext,
  type Hex,
  idFrom,
  type Outgoing,
  pack,
  type SyncedOf,
  unpack,
} from "../../feature.ts";
import { linkFrom, pictureFrom, placeFrom, videoFrom } from "./made.ts";
import type { MomentAudience, MomentDraftKept, MomentDraftView } from "./types.ts";
import { placeOf } from "./views.ts";

type Item = SyncedOf<"momentDraft">;
type Begun = NonNullable<Item["begun"]>;

/** As it lies in the store. */
type Kept = Pick<MomentDraftView, "text" | "link" | "place" | "audience" | "mentions"> &
  Pick<MomentBody, "pictures" | "video"> & {
    readonly v: 1;
    /** Absent: it was kept by a client that told no other device. */
    readonly stampMs?: number;
    /** Ids of files that home has, as far as own devices were told. */
    readonly stored?: readonly Bytes[];
    /** Own devices know of it, as it is now or was before. */
    readonly isTold?: boolean;
    /** It was left, and own devices are to be told. */
    readonly isOwed?: boolean;
  };
/** What own devices knew of was posted or thrown away: what was said of it before does not bring it back. */
type Gone = { readonly v: 2; readonly goneMs: number };

function heldIn({ db }: Pick<FeatureContext, "db">): Kept | Gone | undefined {
  const bytes = readMeta(db, "moment-draft");
  return bytes && unpack<Kept | Gone>(bytes);
}

function keptOf(context: Pick<FeatureContext, "db">): Kept | undefined {
  const held = heldIn(context);
  return held?.v === 1 ? held : undefined;
}

function stampOf(held: Kept | Gone | undefined): number {
  return (held?.v === 2 ? held.goneMs : held?.stampMs) ?? 0;
}

/** Of a change to it now: later than what is held, whatever the clock says. */
function stampAfter({ nowMs }: Pick<FeatureContext, "nowMs">, held: Kept | Gone | undefined): number {
  return Math.max(nowMs(), stampOf(held) + 1);
}

/** Whether it was left, so that own devices know of it, or are to. */
const wasLeft = ({ isTold, isOwed }: Kept): boolean => isTold === true || isOwed === true;

function put({ db }: Pick<FeatureContext, "db">, held: Kept | Gone): void {
  writeMeta(db, "moment-draft", pack(held));
}

type Files = Pick<Kept, "pictures" | "video">;

function filesOf(kept: Files | undefined): readonly (MomentPicture | MomentVideo)[] {
  return [...(kept?.pictures ?? []), ...(kept?.video ? [kept.video] : [])];
}

function refsOf(kept: Files | undefined) {
  return filesOf(kept).map(({ blob }) => blob);
}

/** Files of `one` that `other` does not name. */
function without(one: Files | undefined, other: Files | undefined) {
  const named = new Set(refsOf(other).map(({ id }) => toHex(id)));
  return refsOf(one).filter(({ id }) => !named.has(toHex(id)));
}

/**
 * Resolves when words stand in the store and files lie on this device. @throws ClientError `too-long`, `file-gone`,
 * `storage`
 */
export async function keepDraft(
  context: FeatureContext,
  draft: MomentDraftKept | undefined,
): Promise<{ readonly pictures: readonly Hex[]; readonly video?: Hex; readonly stampMs: number }> {
  const { db, files } = context;
  if (draft === undefined) {
    db.transaction(() => dropDraft(context));
    context.sendSoon();
    return { pictures: [], stampMs: 0 };
  }
  const handleOf = ({ blob }: MomentPicture | MomentVideo) => context.read().fileOf(blob).handle;
  const held = heldIn(context);
  const before = held?.v === 1 ? held : undefined;
  const byHandle = new Map(filesOf(before).map((one) => [handleOf(one), one]));
  const heldFile = <T extends MomentPicture | MomentVideo>(handle: Hex): T => {
    const file = byHandle.get(handle);
    if (file === undefined) throw new ClientError("file-gone");
    return file as T;
  };
  const fresh: Outgoing[] = [];
  const made = toKeep(context, draft, fresh, heldFile);
  const stampMs = stampAfter(context, held);
  const { stored = [], isTold, isOwed } = before ?? {};
  const next = { ...made, stampMs, stored, ...(isTold && { isTold }), ...(isOwed && { isOwed }) };
  db.transaction(() => {
    files.learnRefs(fresh.map(({ ref }) => ref));
    // Of those that home has, this device takes from home what it stored itself.
    files.forgetRefs(without(before, next), "everywhere");
    put(context, next);
  });
  for (const file of fresh) await files.keep(file);
  return {
    pictures: next.pictures.map(handleOf),
    ...(next.video && { video: handleOf(next.video) }),
    stampMs,
  };
}

/** It was posted, or thrown away. Inside a transaction. */
export function dropDraft(context: FeatureContext): void {
  const { db, files } = context;
  const before = keptOf(context);
  if (before === undefined) return;
  files.forgetRefs(refsOf(before), "everywhere");
  if (!wasLeft(before)) {
    deleteMeta(db, "moment-draft");
    return;
  }
  const stampMs = stampAfter(context, before);
  put(context, { v: 2, goneMs: stampMs });
  context.tellOwnDevices([{ kind: "momentDraft", stampMs }]);
}

function toKeep(
  context: FeatureContext,
  { text, pictures, video, link, place, audience, mentions = [] }: MomentDraftKept,
  fresh: Outgoing[],
  heldFile: <T extends MomentPicture | MomentVideo>(handle: Hex) => T,
): Kept {
  // not a check: it is this device’s own screen that says it.
  if (text.length > momentLimits.textMax || pictures.length > momentLimits.picturesMax)
    throw new ClientError("too-long");
  return {
    v: 1,
    text: text.toWellFormed(),
    pictures: pictures.map((one) => ("kept" in one ? heldFile(one.kept) : pictureFrom(context, one, fresh))),
    ...(video && { video: "kept" in video ? heldFile(video.kept) : videoFrom(context, video, fresh) }),
    ...(link && { link }),
    ...(place && { place }),
    audience,
    mentions,
  };
}

export function readDraft(context: FeatureContext): MomentDraftView | undefined {
  const kept = keptOf(context);
  if (kept === undefined) return undefined;
  const { text, link, place, audience, mentions = [], pictures, video } = kept;
  const read = context.read();
  const fileOf = ({ type, width, height, placeholder, blob }: MomentPicture | MomentVideo) => ({
    type,
    width,
    height,
    placeholder,
    file: read.fileOf(blob),
  });
  return {
    text,
    ...(link && { link }),
    ...(place && { place }),
    audience,
    mentions,
    stampMs: stampOf(kept),
    pictures: pictures.map(fileOf),
    ...(video && { video: { ...fileOf(video), ms: video.ms, poster: video.poster } }),
  };
}

/** Its writer goes on with it later, perhaps on another own device (MO100). */
export function leaveDraft(context: FeatureContext): void {
  const kept = keptOf(context);
  if (kept === undefined) return;
  context.db.transaction(() => put(context, { ...kept, isOwed: true }));
  tellDraft(context, true);
}

/**
 * Own devices are told what is owed to them once home has its files; until there are own devices, it stays owed.
 *
 * @param isAgain what home refused is tried once more
 */
export function tellDraft(context: FeatureContext, isAgain = false): void {
  const { files } = context;
  const kept = keptOf(context);
  if (kept?.isOwed !== true || context.devices().length < 2) return;
  const here = refsOf(kept).filter(({ id }) => !isStored(kept, id));
  if (here.length > 0) {
    if (!files.mayUpload() || !files.sendKept(here)) return;
    const stored = files.areStored(here);
    if (stored === "failed" && isAgain) files.sendAgain(here);
    if (stored !== true) return;
  }
  const next = { ...kept, stored: refsOf(kept).map(({ id }) => id), isOwed: false, isTold: true };
  context.db.transaction(() => {
    put(context, next);
    context.tellOwnDevices(itemsOf(context, next));
  });
  context.sendSoon();
}

function isStored({ stored = [] }: Kept, id: Bytes): boolean {
  const hex = toHex(id);
  return stored.some((one) => toHex(one) === hex);
}

/** For a device that is linked: a draft that was left, where home has all of its files (MO101). */
export function draftItems(context: FeatureContext): readonly Item[] {
  const kept = keptOf(context);
  if (kept === undefined || !wasLeft(kept)) return [];
  return refsOf(kept).every(({ id }) => isStored(kept, id)) ? itemsOf(context, kept) : [];
}

function itemsOf(context: FeatureContext, kept: Kept): readonly Item[] {
  const read = context.read();
  const { text, pictures, video, link, place, audience, mentions = [] } = kept;
  const accounts = (of: readonly Hex[]) =>
    of.flatMap((one) => {
      const account = idFrom(one);
      return account === undefined ? [] : [account as AccountId];
    });
  const calls = accounts(mentions);
  const { who, tags = [], people = [] } = audience;
  const lasting = <T extends MomentPicture | MomentVideo>(one: T): T => ({
    ...one,
    blob: { ...one.blob, expiresDay: read.fileOf(one.blob).expiresDay },
  });
  const shown = linkOf(link);
  const begun: Begun = {
    text,
    pictures: pictures.map(lasting),
    audience: { who, tags: [...tags], people: accounts(people), ...(calls.length > 0 && { mentions: calls }) },
    ...(video && { video: lasting(video) }),
    ...(shown && { link: shown }),
    ...(place && { place: placeFrom(place) }),
  };
  return [{ kind: "momentDraft", stampMs: stampOf(kept), begun }];
}

/** A link that no post may have is not told: it is found in the words again. */
function linkOf(link: Kept["link"]) {
  try {
    return link && linkFrom(link);
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

/** By another own device. Inside a transaction. */
export function takeDraft(context: FeatureContext, { stampMs, begun }: Item): void {
  const { files } = context;
  const held = heldIn(context);
  const before = held?.v === 1 ? held : undefined;
  // @checks MO100
  if (stampOf(held) >= stampMs) return;
  // One that was never left is another post, whose pictures lie here alone: nothing that was told takes it away.
  // @checks MO100
  if (before !== undefined && !wasLeft(before)) return;
  files.learnRefs(without(begun, before));
  files.forgetRefs(without(before, begun), "everywhere");
  put(context, begun === undefined ? { v: 2, goneMs: stampMs } : keptFrom(begun, stampMs));
}

function keptFrom({ text, pictures, video, link, place, audience }: Begun, stampMs: number): Kept {
  const { who, tags, people, mentions = [] } = audience;
  const meant: MomentAudience = {
    who,
    ...(tags.length > 0 && { tags }),
    ...(people.length > 0 && { people: people.map(toHex) }),
  };
  return {
    v: 1,
    stampMs,
    isTold: true,
    stored: refsOf({ pictures, ...(video && { video }) }).map(({ id }) => id),
    text,
    pictures,
    ...(video && { video }),
    ...(link && { link }),
    ...(place && { place: placeOf(place) }),
    audience: meant,
    mentions: mentions.map(toHex),
  };
}
