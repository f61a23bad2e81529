/**
 * Disposition: how a device treats a message whose kind it does not know (docs/spec/sync.md SY7). It travels in the outer
 * part, beside the body. The word, and the first of its values, are those of MIMI's content format.
 */
import type { Body } from "./body.ts";

/**
 * - `message`: somebody said something. It stands in the chat, and is unread until it was seen.
 * - `notice`: something happened. It is a line in the chat, and makes nothing unread.
 * - `signal`: it changes what stands there already, or is for programs alone. It shows nothing.
 */
export type Disposition = "message" | "notice" | "signal";

const dispositions = {
  text: "message",
  greeting: "message",
  photos: "message",
  voice: "message",
  video: "message",
  file: "message",
  location: "message",
  card: "message",
  groupCard: "message",
  sticker: "message",
  poll: "message",
  chain: "message",
  record: "message",
  pat: "notice",
  accept: "signal",
  profile: "signal",
  introduce: "signal",
  leave: "signal",
  ask: "signal",
  again: "signal",
  againTo: "signal",
  gone: "signal",
  sync: "signal",
  recall: "signal",
  edit: "signal",
  react: "signal",
  vote: "signal",
  line: "signal",
  pins: "signal",
  nicknames: "signal",
  turnedAway: "signal",
  handed: "signal",
  familyPiece: "signal",
  familyPieceKept: "signal",
} as const satisfies { readonly [K in Body["kind"]]: Disposition };

export const bodyKinds: readonly string[] = Object.keys(dispositions);

export function dispositionOf(kind: Body["kind"]): Disposition {
  return dispositions[kind];
}
