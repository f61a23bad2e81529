/** Rules of a 1:1: its id is a hash of the two accounts, and no third one ever gets in (GR1.1, GR1.4, GR5.6). */
import {
  type AccountId,
  type ConversationId,
  compareBytes,
  concat,
  equalBytes,
  type Primitives,
  utf8,
} from "@yanshu/wire";
import { type Accounts, type Admission, conversationRules, idOfKind } from "./kind.ts";

const idByte = 1;

/** The order of the accounts does not matter: both sides compute the same id. */
export function directConversationId(sha256: Primitives["sha256"], one: AccountId, other: AccountId): ConversationId {
  const sorted = [one, other].sort(compareBytes);
  return idOfKind(idByte, sha256(concat(utf8("yanshu direct conversation v1\0"), ...sorted)));
}

/** @checks GR1 */
function fits(sha256: Primitives["sha256"], conversation: ConversationId, [one, other, ...more]: Accounts): boolean {
  if (other === undefined) return true; // The peer has not joined yet, or has left.
  return more.length === 0 && equalBytes(conversation, directConversationId(sha256, one, other));
}

/** Admits the second account, and no third. @checks GR5 */
function admits({ accounts }: Admission): boolean {
  return accounts() <= 2;
}

export const direct = conversationRules({ name: "direct", idByte, isLed: false, isJoined: false, fits, admits });
