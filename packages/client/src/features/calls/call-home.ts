/** The home at which the room of a call is, and whether it is asked before a tap (docs/spec/peers.md PE70). */
import type { AccountId, Bytes, ConversationId } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";

export type CallHome = {
  /** Name of another home; undefined: home. */
  readonly at: string | undefined;
  /** Not by its message alone. */
  readonly isMet: boolean;
};

/** @param by who made the call. @param named the home that its message names, if any. */
export function callHome(
  { rooms }: Pick<FeatureContext, "rooms">,
  conversation: ConversationId,
  by: Bytes,
  device: Bytes,
  named: string | undefined,
): CallHome {
  const at = rooms.homeOf(conversation, by, device, named);
  return { at, isMet: at === undefined || rooms.isMetAt(conversation, by as AccountId, at) };
}
