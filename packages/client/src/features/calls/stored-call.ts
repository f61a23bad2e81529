/** The message of a call, as it stands in the chat: what stays of a call. */
import type { BodyOf } from "@yanshu/content";
import { type Mark, type MessageName, readMarks, readNewestOf } from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, unpack } from "../../feature.ts";

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

/** Messages of a chat that are looked through for rings of one call. */
const ringsLookedAt = 64;

/** What stands in this chat for rings of the call of that message (CA212). */
export function ringsOf(
  { db, own }: Pick<FeatureContext, "db" | "own">,
  conversation: ConversationId,
  named: CallMessage,
): readonly MessageName[] {
  return readNewestOf(db, conversation, "call", ringsLookedAt).filter(({ author, id }) =>
    isItsMessage(callRungFor(readMarks(db, conversation, author, id, "callOf"), own()), named),
  );
}

/** @param marks `callOf` of one message. Undefined: it is the call's own. */
export function callRungFor(marks: readonly Mark[], own: Bytes | undefined): MessageName | undefined {
  const mine = marks.find(({ by }) => own !== undefined && equalBytes(by, own));
  return mine && unpack<MessageName>(mine.value);
}

/** The message of the call that this one rings for, or this one itself. */
export function rungFor(
  { marks, own }: Pick<FeatureContext, "marks" | "own">,
  conversation: ConversationId,
  message: CallMessage,
): CallMessage {
  return callRungFor(marks(conversation, message as MessageName, "callOf"), own()) ?? message;
}
