/** The message of a call, as it stands in the chat: what stays of a call. */
import type { BodyOf } from "@yanshu/content";
import type { MessageName } from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext } from "../../feature.ts";

export type CallMessage = { readonly author: Bytes; readonly id: Bytes };

/** Undefined where it is not here, or was deleted or recalled. */
export function storedCall(
  { find }: Pick<FeatureContext, "find">,
  conversation: ConversationId,
  { author, id }: CallMessage,
): { readonly name: MessageName; readonly body: BodyOf<"call"> } | undefined {
  try {
    return find(conversation, { author: toHex(author), id: toHex(id) }, "call");
  } catch (error) {
    if (error instanceof ClientError) return undefined;
    throw error;
  }
}

/** @param held of a room, whose message may not be said yet. */
export function isItsMessage(held: CallMessage | undefined, { author, id }: CallMessage): boolean {
  return held !== undefined && equalBytes(held.id, id) && equalBytes(held.author, author);
}
