/**
 * Roster: the accounts in a conversation when a message was written (docs/spec/sync.md SY2), as prefixes of account
 * ids, which suffice to see that somebody was added since.
 */
import type { Group } from "@yanshu/mls";
import { readAwaited, readConversation, readMembers } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, concat, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { accountsOf } from "../group-state/store-group.ts";

/** Long enough that nobody can find an id with the same prefix as another's. */
const rosterPrefixBytes = 16;

/**
 * The present members as the screen shows them: the chosen ones while a group is being created, the last known ones
 * while this device waits to be let in again (GR31). Besides them those who are members still, and wait to be let in
 * since their home was gone (HM86). Undefined in kinds whose members never change (GR1.4).
 */
export function rosterOf(engine: Engine, conversation: ConversationId): Bytes | undefined {
  if (!kindOf(engine, readConversation(engine.db, conversation)).membersChange) return undefined;
  const members = readMembers(engine.db, conversation).map(({ account }) => account);
  return prefixesOf([...members, ...readAwaited(engine.db, conversation), ownOf(engine).account]);
}

export function rosterBytes({ members }: Group): Bytes {
  return prefixesOf(accountsOf(members));
}

/** Who may have what is said in the group now: its members, and those who wait to be let in (HM87). */
export function heardBy({ db }: Engine, { members, state }: Group): Bytes {
  return prefixesOf([...accountsOf(members), ...readAwaited(db, state.conversation)]);
}

function prefixesOf(accounts: readonly AccountId[]): Bytes {
  return concat(...accounts.map((account) => account.subarray(0, rosterPrefixBytes)));
}

/** Whether `accounts` has one that is not in `roster`. */
export function somebodyJoined(roster: Bytes, accounts: readonly AccountId[]): boolean {
  const known = new Set<string>();
  for (let at = 0; at < roster.length; at += rosterPrefixBytes)
    known.add(toHex(roster.subarray(at, at + rosterPrefixBytes)));
  return accounts.some((account) => !known.has(toHex(account.subarray(0, rosterPrefixBytes))));
}
