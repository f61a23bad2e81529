/**
 * Rules of a group: its id is random and tells nothing of its members; owners and admins decide who may join (GR1.3,
 * GR5.7).
 */
import { type ConversationId, idBytes } from "@yanshu/wire";
import { type Admission, conversationRules, idOfKind } from "./kind.ts";

const idByte = 0;

export function randomConversationId({ random }: { readonly random: (bytes: number) => Uint8Array }): ConversationId {
  return idOfKind(idByte, random(idBytes.conversation));
}

/** @checks GR1 */
function fits(_: unknown, conversation: ConversationId): boolean {
  return conversation[0] === idByte;
}

/** @checks GR5 */
function admits({ leads, adminsOnlyAdd, approval, isDissolved }: Admission): boolean {
  if (isDissolved) return false;
  if (leads) return true;
  return !adminsOnlyAdd && !approval;
}

export const group = conversationRules({
  name: "group",
  idByte,
  newId: (random) => randomConversationId({ random }),
  isLed: true,
  isJoined: true,
  fits,
  admits,
});
