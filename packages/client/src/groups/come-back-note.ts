/**
 * "Come back" (docs/spec/groups.md GR58): who founds a group anew, and could draw no package of a member, asks that
 * member's devices to ask to be let in. They bring their packages themselves, whatever home says of them.
 */
import { foundingMax, type Group, type GroupState } from "@yanshu/mls";
import { type AccountId, equalBytes, type Part } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { notePart } from "../group-state/notes.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { homeBy } from "../group-state/places.ts";
import { resyncNote } from "../group-state/resync-bytes.ts";
import { isAmong } from "../group-state/store-group.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";

/** The reason in the note. It has the form of a request to be let in, which an older version passes over. */
export const comeBackReason = 8;
/** How many devices one creating post calls; the others find out when they say something. */
const calledMax = 50;

/** @param next the state of the group that is founded without `accounts`. */
export async function comeBackParts(
  engine: Engine,
  before: Group | undefined,
  next: GroupState,
  accounts: readonly AccountId[],
): Promise<readonly Part[]> {
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  if (before === undefined || list === undefined || accounts.length === 0) return [];
  const theirs = before.members.filter(
    (member) =>
      accounts.some((account) => equalBytes(account, member.account)) && engine.lists.judge(member) === "listed",
  );
  const { bytes: keyPackage } = await makeKeyPackage(engine, "hand", {
    replaces: ownAddress(before),
    server: homeBy(engine, next.gateServer),
  });
  const note = await resyncNote(engine, list, {
    conversation: next.conversation,
    reason: comeBackReason,
    founding: next.founding,
    epoch: 1,
    askedMs: engine.ports.nowMs(),
    keyPackage,
  });
  return Promise.all(theirs.slice(0, calledMax).map((member) => notePart(engine, member, note)));
}

/** Whether it may be true: anybody who is there may have adopted what somebody founded anew (GR71). @checks GR58 */
export function isCalledBy(engine: Engine, group: Group, account: AccountId, founding: number): boolean {
  return (
    isAmong(account, group.members) &&
    kindOf(engine, group.state).membersChange &&
    founding <= foundingMax(group.state.founding, engine.ports.nowMs())
  );
}
