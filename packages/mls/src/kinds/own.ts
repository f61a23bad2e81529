/**
 * Rules of the conversation of an account's own devices: its id is a hash of the account, and no other account gets in
 * (GR1.2, GR1.4, GR5.6).
 */
import { type AccountId, type ConversationId, concat, equalBytes, type Primitives, utf8 } from "@yanshu/wire";
import { type Accounts, conversationRules, idOfKind } from "./kind.ts";

const idByte = 2;

export function ownConversationId(sha256: Primitives["sha256"], account: AccountId): ConversationId {
  return idOfKind(idByte, sha256(concat(utf8("yanshu own conversation v1\0"), account)));
}

/** @checks GR1 */
function fits(sha256: Primitives["sha256"], conversation: ConversationId, [account, ...others]: Accounts): boolean {
  return others.length === 0 && equalBytes(conversation, ownConversationId(sha256, account));
}

export const own = conversationRules({
  name: "own",
  idByte,
  isLed: false,
  isJoined: false,
  fits,
  admits: () => false,
});
