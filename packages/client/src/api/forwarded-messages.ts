/** Forwarded messages and favourites, as screens see them. */
import type { BodyOf } from "@yanshu/content";
import type { UnixMs } from "@yanshu/wire";
import type { MessageRef } from "./actions.ts";
import type { Hex } from "./hex.ts";

export type RecordLine = { readonly name: string; readonly atMs: UnixMs; readonly body: RecordBody };
/**
 * What lies in a record: a text, a sticker, a record again (`place` leads to it), or what the screen says by its kind.
 */
export type RecordBody =
  | BodyOf<"sticker">
  | { readonly kind: "text"; readonly text: string }
  | ({ readonly kind: "record" } & RecordHead)
  | { readonly kind: "other"; readonly of: string; readonly words?: string };
export type RecordHead = {
  /** Between whom; empty: in a group. */
  readonly names: readonly string[];
  readonly count: number;
  /** The first few, each on one line. */
  readonly begins: readonly { readonly name: string; readonly words: string; readonly of: string }[];
};

/** Bodies of timeline items that this feature brings. */
export type FavouriteView = { readonly id: Hex } & RecordLine;

export type ForwardArgs = {
  readonly from: Hex;
  readonly messages: readonly MessageRef[];
  readonly to: readonly Hex[];
  readonly mode: "each" | "merged";
  /** Said after it; may be empty. */
  readonly note: string;
};
