/**
 * Makes the parts of a post, a status or a cover (place, pictures, film, link) from what a screen gives, and checks
 * them.
 */
import { type MomentBody, type MomentPreviews, type MomentVideo, momentLimits, placeLimits } from "@yanshu/content";
import { atMost, ClientError, type FeatureContext, filled, type Outgoing, type PictureToSend } from "../../feature.ts";
import type { MomentDraft, MomentLink, MomentPlace } from "./types.ts";

const millionths = 1_000_000;

/** @throws ClientError `refused` for a point that is none */
export function placeFrom({ name, lat, lon }: MomentPlace): NonNullable<MomentBody["place"]> {
  const isPoint = lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  if (!isPoint && (lat !== undefined || lon !== undefined)) throw new ClientError("refused");
  return {
    name: atMost(name.trim().toWellFormed(), placeLimits.nameMax),
    ...(isPoint && {
      fromSouth: Math.round((lat + 90) * millionths),
      fromWest: Math.round((lon + 180) * millionths),
    }),
  };
}

function fileOf({ files }: FeatureContext, source: PictureToSend["source"], sent: Outgoing[]): Outgoing["ref"] {
  const { ref } = files.outgoing(source);
  // A file of Moments is renewed as long as the post that names it exists, so its reference names no last day.
  const file: Outgoing = { source, ref: { ...ref, expiresDay: 0 } };
  sent.push(file);
  return file.ref;
}

/** @param sent its file comes to these */
export function pictureFrom(
  context: FeatureContext,
  { source, type, width, height, placeholder }: PictureToSend,
  sent: Outgoing[],
): MomentBody["pictures"][number] {
  return { type, width, height, placeholder, blob: fileOf(context, source, sent) };
}

/** @param sent its file comes to these */
export function videoFrom(
  context: FeatureContext,
  { type, ms, width, height, placeholder, poster, source }: NonNullable<MomentDraft["video"]>,
  sent: Outgoing[],
): MomentVideo {
  return { type, ms, width, height, placeholder, poster, blob: fileOf(context, source, sent) };
}

/**
 * Undefined where there are none. @throws ClientError `refused` for bytes that are not those of its file, or too many
 */
export function previewsFrom(
  context: FeatureContext,
  { pictures, previews }: Pick<MomentDraft, "pictures" | "previews">,
  sent: Outgoing[],
): MomentPreviews | undefined {
  if (previews === undefined || pictures.length === 0 || previews.source.size === 0) return undefined;
  const { type, bytes, source } = previews;
  const isWhole = bytes.reduce((sum, one) => sum + one, 0) === source.size && bytes.length === pictures.length;
  if (!isWhole || bytes.some((one) => one > momentLimits.previewBytesMax)) throw new ClientError("refused");
  return { type, bytes: [...bytes], blob: fileOf(context, source, sent) };
}

/** @throws ClientError `empty`, `too-long` */
export function linkFrom({ url, title }: MomentLink): MomentLink {
  return { url: filled(url, momentLimits.urlMax), title: atMost(title.trim().toWellFormed(), momentLimits.titleMax) };
}
