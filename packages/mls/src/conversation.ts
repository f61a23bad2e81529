/**
 * Conversation ids (docs/spec/groups.md GR1). An id outlives the groups that carry its conversation, so both sides
 * of a 1:1 must reach the same one without talking, and nobody may choose it.
 */
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  compareBytes,
  concat,
  equalBytes,
  idBytes,
  type Primitives,
  utf8,
} from "@yanshu/wire";
import type { Crypto, GroupState } from "./types.ts";

type Sha256 = Primitives["sha256"];

/** The first byte of an id says its kind, so that no group can pose as a 1:1 or as somebody's own devices. */
const kindBytes = { group: 0, direct: 1, own: 2 } as const;

function ofKind(kind: keyof typeof kindBytes, id: Bytes): ConversationId {
  const marked = Uint8Array.from(id);
  marked[0] = kindBytes[kind];
  return marked;
}

/** The same for both, no matter who asks. */
export function directConversationId(sha256: Sha256, one: AccountId, other: AccountId): ConversationId {
  const sorted = [one, other].sort(compareBytes);
  return ofKind("direct", sha256(concat(utf8("yanshu direct conversation v1\0"), ...sorted)));
}

/** The conversation of an account's own devices. */
export function ownConversationId(sha256: Sha256, account: AccountId): ConversationId {
  return ofKind("own", sha256(concat(utf8("yanshu own conversation v1\0"), account)));
}

export function randomConversationId(crypto: Pick<Crypto, "random">): ConversationId {
  return ofKind("group", crypto.random(idBytes.conversation));
}

/** Whether these accounts may be the members of this conversation: its id names those of a 1:1 and of own devices. @checks GR1 */
export function rosterFits(sha256: Sha256, state: GroupState, accounts: readonly AccountId[]): boolean {
  const distinct = distinctAccounts(accounts);
  const [one, other] = distinct;
  if (one === undefined) return false;
  switch (state.kind) {
    case "group":
      return state.conversation[0] === kindBytes.group;
    case "own":
      return distinct.length === 1 && equalBytes(state.conversation, ownConversationId(sha256, one));
    case "direct":
      if (other === undefined) return true; // The peer is not here yet, or is gone.
      return distinct.length === 2 && equalBytes(state.conversation, directConversationId(sha256, one, other));
  }
}

export function distinctAccounts(accounts: readonly AccountId[]): readonly Bytes[] {
  const distinct: Bytes[] = [];
  for (const account of [...accounts].sort(compareBytes)) {
    const last = distinct.at(-1);
    if (last === undefined || !equalBytes(last, account)) distinct.push(account);
  }
  return distinct;
}
