/**
 * The post that is begun (WE119): kept on this device alone, its pictures and film sealed as files of messages are,
 * until it is posted or thrown away.
 */
import { type MomentBody, type MomentPicture, type MomentVideo, momentLimits } from "@yanshu/content";
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { ClientError, type FeatureContext, type Hex, type Outgoing, pack, unpack } from "../../feature.ts";
import { pictureFrom, videoFrom } from "./made.ts";
import type { MomentDraftKept, MomentDraftView } from "./types.ts";

/** As it lies in the store. */
type Kept = Pick<MomentDraftView, "text" | "link" | "place" | "audience" | "mentions"> &
  Pick<MomentBody, "pictures" | "video"> & { readonly v: 1 };

function keptOf({ db }: Pick<FeatureContext, "db">): Kept | undefined {
  const bytes = readMeta(db, "moment-draft");
  const kept = bytes && unpack<Kept>(bytes);
  return kept?.v === 1 ? kept : undefined;
}

function filesOf(kept: Kept | undefined): readonly (MomentPicture | MomentVideo)[] {
  return [...(kept?.pictures ?? []), ...(kept?.video ? [kept.video] : [])];
}

/** Resolves when words stand in the store and files lie on this device. @throws ClientError `too-long`, `file-gone` */
export async function keepDraft(
  context: FeatureContext,
  draft: MomentDraftKept | undefined,
): Promise<{ readonly pictures: readonly Hex[]; readonly video?: Hex }> {
  const { db, files } = context;
  const handleOf = ({ blob }: MomentPicture | MomentVideo) => context.read().fileOf(blob).handle;
  const before = keptOf(context);
  const held = new Map(filesOf(before).map((one) => [handleOf(one), one]));
  const heldFile = <T extends MomentPicture | MomentVideo>(handle: Hex): T => {
    const file = held.get(handle);
    if (file === undefined) throw new ClientError("file-gone");
    return file as T;
  };
  const fresh: Outgoing[] = [];
  const next = draft && toKeep(context, draft, fresh, heldFile);
  const named = new Set(filesOf(next));
  db.transaction(() => {
    files.learnRefs(fresh.map(({ ref }) => ref));
    const gone = filesOf(before).filter((one) => !named.has(one));
    files.forgetRefs(
      gone.map(({ blob }) => blob),
      "here",
    );
    if (next === undefined) deleteMeta(db, "moment-draft");
    else writeMeta(db, "moment-draft", pack(next));
  });
  for (const file of fresh) await files.keep(file);
  return {
    pictures: (next?.pictures ?? []).map(handleOf),
    ...(next?.video && { video: handleOf(next.video) }),
  };
}

function toKeep(
  context: FeatureContext,
  { text, pictures, video, link, place, audience, mentions = [] }: MomentDraftKept,
  fresh: Outgoing[],
  heldFile: <T extends MomentPicture | MomentVideo>(handle: Hex) => T,
): Kept {
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
  const { v: _, pictures, video, ...rest } = kept;
  const read = context.read();
  const fileOf = ({ type, width, height, placeholder, blob }: MomentPicture | MomentVideo) => ({
    type,
    width,
    height,
    placeholder,
    file: read.fileOf(blob),
  });
  return {
    ...rest,
    pictures: pictures.map(fileOf),
    ...(video && { video: { ...fileOf(video), ms: video.ms, poster: video.poster } }),
  };
}
