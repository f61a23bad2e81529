/** What the one who shows and those who watch hold of a Live, in memory (docs/spec/live.md). */
import { type AccountId, type Bytes, type ConversationId, type DeviceId, fromHex, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex } from "../../feature.ts";
import type { LiveKey } from "./seal.ts";

export type LivePlace = {
  /** Its room and who shows there, in hex ({@link liveName}). */
  readonly live: Hex;
  readonly conversation: ConversationId;
  readonly room: Bytes;
  /** The first that this device had. */
  readonly key: LiveKey;
  /** Who shows, and by which device. */
  readonly author: Hex;
  readonly device: DeviceId;
  readonly title: string;
  /** Name of the server at which its room is, as its message names it; undefined: where the leaf of its device says. */
  readonly home: string | undefined;
  readonly sinceMs: number;
  /** Its message; undefined until it is said. */
  readonly id: Hex | undefined;
};

/** A room alone names no Live: a member who says another's room would take over what is known of it (CA160). */
export const liveName = (room: Bytes, author: AccountId): Hex => toHex(room) + toHex(author);

/** Name of the other home at which its room is; undefined: home (docs/spec/peers.md PE69). */
export function farOf(
  { rooms }: FeatureContext,
  { conversation, author, device, home }: LivePlace,
): string | undefined {
  return rooms.homeOf(conversation, fromHex(author), device, home);
}

export type LiveComment = { readonly n: number; readonly author: Hex; readonly text: string };

/** What was said and is shown: the newest. */
const commentsMax = 50;

export class Comments {
  hearts = 0;
  list: readonly LiveComment[] = [];
  private n = 0;

  add(author: Hex, text: string): void {
    this.list = [...this.list, { n: ++this.n, author, text }].slice(-commentsMax);
  }
}

export function mayBeIn(context: FeatureContext, conversation: Hex): boolean {
  try {
    context.writable(conversation);
    return true;
  } catch (error) {
    if (error instanceof ClientError) return false;
    throw error;
  }
}
