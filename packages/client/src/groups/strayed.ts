/**
 * Who strayed is let in again when they come (docs/spec/groups.md GR31.2, docs/spec/homes.md HM85): no member sent
 * them away.
 */
import type { Group } from "@yanshu/mls";
import { isStrayed, readConversation } from "@yanshu/store";
import { type AccountId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { jobsOf, plan } from "../group-state/jobs.ts";
import { isNamedLeftOut } from "../group-state/left-out.ts";
import { isAmong, roleOf } from "../group-state/store-group.ts";
import { readSlips } from "../identity/slips.ts";

/** Whether the account is out of the group, and no member sent it away (GR31.2, GR57). */
export function hasStrayed(engine: Engine, { state, members }: Group, account: AccountId): boolean {
  const { db } = engine;
  // not a check: a member is not out.
  if (isAmong(account, members)) return false;
  // This device is to add them.
  const isToCome = jobsOf(engine, state.conversation).some(
    ({ job }) => (job.kind === "add" || job.kind === "left-out") && equalBytes(job.account, account),
  );
  return isToCome || isNamedLeftOut(state, account) || isStrayed(db, state.conversation, account);
}

/** Groups of the conversation that are held beside this one: those before it, until they are drained. */
export function groupsBeside({ groups }: Engine, { state, groupId }: Group): readonly Group[] {
  return [...groups.values()].filter(
    (other) => equalBytes(other.state.conversation, state.conversation) && !equalBytes(other.groupId, groupId),
  );
}

/** The group before in which the account had a listed leaf to its end. */
export function groupWithout(engine: Engine, group: Group, account: AccountId): Group | undefined {
  const isListed = (member: Group["members"][number]) =>
    equalBytes(member.account, account) && engine.lists.judge(member) === "listed";
  return groupsBeside(engine, group).find(({ members }) => members.some(isListed));
}

/** @checks GR31 */
export function mayAddTo(engine: Engine, group: Group): boolean {
  const { adminsOnlyAdd, approval } = group.state.settings;
  return roleOf(group, ownOf(engine).account) !== undefined || !(adminsOnlyAdd || approval === true);
}

/** Plans to add those of the accounts that strayed, where this device may (HM85). Inside a transaction. */
export function letStrayedIn(engine: Engine, group: Group, accounts: readonly AccountId[]): void {
  const { conversation } = group.state;
  if (!kindOf(engine, group.state).membersChange || !mayAddTo(engine, group)) return;
  const planned = jobsOf(engine, conversation).flatMap(({ job }) => (job.kind === "add" ? [job] : []));
  const there = [...group.members, ...planned];
  for (const account of accounts)
    if (!isAmong(account, there) && hasStrayed(engine, group, account))
      plan(engine, conversation, { kind: "add", account });
}

/**
 * A home that was thought to be gone answers: who lives there was told nothing, and is let in (HM85). Of whom no leaf
 * is kept it is not known where they live; they come in when they ask (HM91).
 */
export function letInFrom(engine: Engine, server: string): void {
  const { db } = engine;
  const strays = readSlips(db).strays.filter((stray) => stray.server === server);
  if (strays.length === 0) return;
  db.transaction(() => {
    for (const { conversation, account } of strays) {
      const row = readConversation(db, conversation);
      const group = row?.state === "open" && row.group_id !== null ? engine.groups.get(toHex(row.group_id)) : undefined;
      if (group !== undefined) letStrayedIn(engine, group, [account]);
    }
  });
}
