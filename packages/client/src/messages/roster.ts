/**
 * Roster: who was in a conversation when something was written (docs/spec/sync.md SY2). As prefixes of account ids,
 * which is enough to see that somebody was added since.
 */
import type { Group } from "@yanshu/mls";
import { readConversation, readMembers } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, concat, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { accountsOf } from "../group-state/store-group.ts";

/** Ids can be sought that begin like somebody else's: not by so much. */
const rosterPrefixBytes = 16;

/**
 * Who is there now, as screens show it: those who were chosen while a group is founded, those last known where this
 * device waits to be let in again (GR31). Undefined in what is no group, where nobody comes (GR1.4).
 */
export function rosterOf(engine: Engine, conversation: ConversationId): Bytes | undefined {
  if (!kindOf(engine, readConversation(engine.db, conversation)).membersChange) return undefined;
  const members = readMembers(engine.db, conversation).map(({ account }) => account);
  return prefixesOf([...members, ownOf(engine).account]);
}

export function rosterBytes(group: Group): Bytes {
  return prefixesOf(accountsOf(group.members));
}

function prefixesOf(accounts: readonly AccountId[]): Bytes {
  return concat(...accounts.map((account) => account.subarray(0, rosterPrefixBytes)));
}

/** Whether an account is here that `roster` does not know. */
export function somebodyJoined(roster: Bytes, accounts: readonly AccountId[]): boolean {
  const known = new Set<string>();
  for (let at = 0; at < roster.length; at += rosterPrefixBytes)
    known.add(toHex(roster.subarray(at, at + rosterPrefixBytes)));
  return accounts.some((account) => !known.has(toHex(account.subarray(0, rosterPrefixBytes))));
}
