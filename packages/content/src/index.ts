/**
 * @yanshu/content: what lies inside the envelope. The server never imports it, so it cannot read it.
 */
export { type Body, type BodyOf, isMark, type MarkKind, type MediaBody, markKinds } from "./body.ts";
export * from "./card-words.ts";
export type { Disposition } from "./feature.ts";
/** With what each feature lets others use: its limits, and types. */
export * from "./features/index.ts";
export { fieldLimits } from "./fields/ids.ts";
export { type BlobRef, mediaFieldLimits } from "./fields/media.ts";
export { noteLimits, type Via } from "./fields/people.ts";
export { type LinkCard, linkLimits, type Mention, type Quote, textLimits } from "./fields/text.ts";
export * from "./fields/vault.ts";
export * from "./file-name.ts";
export * from "./handed-history.ts";
export * from "./kinds.ts";
export * from "./link-card.ts";
export * from "./long-text.ts";
export {
  contentLimits,
  contentRevision,
  decodeBody,
  decodeMessage,
  encodeBody,
  encodeMessage,
  type Message,
  type SeenMark,
  type UnknownBody,
} from "./message.ts";
export * from "./note.ts";
export * from "./recovery-record.ts";
export * from "./synced.ts";
export * from "./vault-segment.ts";
