/** Rules of a 1:1: its id is a hash of the two accounts, and no third one ever gets in (GR1.1, GR1.4, GR5.6). */
import {
  type AccountId,
  type ConversationId,
  compareBytes,
  concat,
  equalBytes,
  type Primitives,
  toHex,
  utf8,
} from "@yanshu/wire";
import { type Accounts, type Admission, conversationRules, idOfKind } from "./kind.ts";

const idByte = 1;

const label = utf8("yanshu direct conversation v1\0");
/** Ids that were made: of each contact it is asked over and over, and each is a hash of two blocks. */
const made = new Map<string, ConversationId>();
const madeMax = 8_192;

/** The order of the accounts does not matter: both sides compute the same id. */
export function directConversationId(sha256: Primitives["sha256"], one: AccountId, other: AccountId): ConversationId {
  const [first, second] = [one, other].sort(compareBytes) as [AccountId, AccountId];
  const key = toHex(first) + toHex(second);
  const held = made.get(key);
  if (held !== undefined) return held;
  const id = idOfKind(idByte, sha256(concat(label, first, second)));
  if (made.size >= madeMax) made.clear();
  made.set(key, id);
  return id;
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
