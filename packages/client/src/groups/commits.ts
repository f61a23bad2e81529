/**
 * Commits (GR14, GR15): at most one in flight per group. It is built from all due jobs, stored before it is posted, and
 * posted as the same bytes until it is accepted or refused.
 */

import {
  type CommitChange,
  type Group,
  type GroupState,
  type LeafDelivery,
  outranks,
  type Prepared,
} from "@yanshu/mls";
import { deleteJob, isStrayed, readPendingOf, writePending } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  compareBytes,
  encodePostHeader,
  equalBytes,
  toHex,
} from "@yanshu/wire";
import { pack } from "../cbor.ts";
import { type Engine, kindOf, ownOf, sameBytes } from "../core/engine.ts";
import { giveUpJobs } from "../group-state/given-up.ts";
import { isDue, type Job, jobsOf, planRecreate, putOff, type StoredJob } from "../group-state/jobs.ts";
import { isNamedLeftOut, strikeLeftOut } from "../group-state/left-out.ts";
import { encodeLines } from "../group-state/lines.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { homeBy } from "../group-state/places.ts";
import { buildCommit } from "../group-state/posting.ts";
import { isAmong, isSameDevice, mayRecreate, saidLeave } from "../group-state/store-group.ts";
import { freshAddress } from "../identity/delivery-addresses.ts";
import { identityOf } from "../identity/own.ts";
import { withLeftOut } from "./create-group.ts";
import { isInside, strikeVoid, whyVoid } from "./join-answer.ts";
import { hasStrayed } from "./strayed.ts";

/** Leaves for which nothing may be encrypted any more (ID8): the next sender removes them first (GR23). */
export function staleLeaves(engine: Engine, group: Group): readonly number[] {
  return group.members
    .filter((member) => member.leaf !== group.ownLeaf && engine.lists.judge(member) !== "listed")
    .map((member) => member.leaf);
}

/**
 * Conversations in which a revoked own device still has a leaf. Any own device removes it, not only the one that
 * revoked it (ID16).
 */
export function withRevokedOwn(engine: Engine): readonly ConversationId[] {
  const own = ownOf(engine).account;
  const isRevoked = (group: Group, member: Group["members"][number]) =>
    member.leaf !== group.ownLeaf && equalBytes(member.account, own) && engine.lists.judge(member) !== "listed";
  return [...engine.groups.values()]
    .filter((group) => group.members.some((member) => isRevoked(group, member)))
    .map((group) => group.state.conversation);
}

/** Whether the state already shows what the job wants. */
export function isDone(engine: Engine, group: Group, job: Job): boolean {
  const own = ownOf(engine);
  const isIn = (account: AccountId) => isAmong(account, group.members);
  switch (job.kind) {
    case "create":
      // Such a group is created once; a device that lost it and meant to create it anew was let in meanwhile (GR31.6).
      return kindOf(engine, group.state).isFoundedOnce || (job.above !== undefined && group.state.founding > job.above);
    case "recreate":
      return job.above !== undefined && group.state.founding > job.above && !job.without.some(isIn);
    case "add":
      return isIn(job.account);
    case "add-device":
      return (
        group.members.some((member) => isSameDevice(member, { ...own, device: job.device })) ||
        !engine.lists.devices(own.account).some(({ id }) => equalBytes(id, job.device))
      );
    case "replace":
      // Another leaf has replaced the one that the job wanted to replace.
      return group.members.some((member) => isSameDevice(member, job) && !sameBytes(member.address, job.leaf));
    case "remove":
      // Who is named as left out would be let in again (GR57), and who strayed too (GR60).
      return (
        !isIn(job.account) &&
        !isNamedLeftOut(group.state, job.account) &&
        !isStrayHere(engine, group.state, job.account)
      );
    case "left-out":
      return isIn(job.account) || isNamedLeftOut(group.state, job.account);
    case "name":
      return group.state.name === job.name;
    case "announce":
      return group.state.announcement === job.text;
    case "picture":
      return sameBytes(group.state.avatar, job.picture) || (group.state.avatar === undefined && job.picture === null);
    case "role":
      return (
        roleWanted(group.state, job.account) === job.role ||
        !isIn(job.account) ||
        saidLeave(engine, group.state.conversation, job.account)
      );
    case "join":
      return isInside(engine, group, job.account);
    case "link":
      return job.link === null ? group.state.link === undefined : sameBytes(group.state.link?.secret, job.link.secret);
    case "approval":
      return (group.state.settings.approval === true) === job.isOn;
    case "history":
      return (group.state.settings.history ?? "none") === job.choice;
    case "dissolve":
      return group.state.dissolved === true;
    case "refresh":
      return false;
  }
}

/** Whether the account strayed from a group where this account may send it away. */
function isStrayHere(engine: Engine, state: GroupState, account: AccountId): boolean {
  return isStrayed(engine.db, state.conversation, account) && outranks(state, ownOf(engine).account, account);
}

/**
 * Deletes the jobs that this state fulfills, even if a later state may not show them (GR14.2). Inside a transaction,
 * with every state that becomes the current one.
 */
export function strikeDone(engine: Engine, group: Group): void {
  const { conversation } = group.state;
  // While a founding is in flight, jobs are for its group, not for the one before it.
  if (readPendingOf(engine.db, conversation).some(({ creates }) => creates === 1)) return;
  for (const { id, job } of jobsOf(engine, conversation)) if (isDone(engine, group, job)) deleteJob(engine.db, id);
}

/** Jobs that are due, after dropping those already fulfilled; inside the turn. */
export function dueJobs(engine: Engine, group: Group): readonly StoredJob[] {
  const nowMs = engine.ports.nowMs();
  const { conversation } = group.state;
  const planned = jobsOf(engine, conversation);
  if (planned.length === 0) return [];
  if (planned.some(({ job }) => isDone(engine, group, job))) engine.db.transaction(() => strikeDone(engine, group));
  const over = jobsOf(engine, conversation).filter(({ job }) => whyVoid(engine, group, job) !== undefined);
  if (over.length > 0)
    engine.db.transaction(() => {
      for (const job of over) strikeVoid(engine, group, job);
    });
  const left = jobsOf(engine, conversation);
  const gone = left.filter(({ job }) => isForNobody(engine, group, job));
  if (gone.length > 0)
    engine.db.transaction(() => {
      for (const { id } of gone) deleteJob(engine.db, id);
    });
  return left.filter((one) => isDue(one, nowMs) && !gone.includes(one) && !waitsForRemoval(left, one.job));
}

/** Whether a `replace` job is for an account that was removed since (GR40): the device asks again, and is told so. */
function isForNobody(engine: Engine, group: Group, job: Job): boolean {
  const { state, members } = group;
  if (job.kind !== "replace" || !kindOf(engine, state).membersChange) return false;
  return !isAmong(job.account, members) && !hasStrayed(engine, group, job.account);
}

/**
 * Whether a `replace` job must wait until its account is removed: one commit that did both would leave the account in
 * the group, and count as having done both (GR40).
 */
function waitsForRemoval(planned: readonly StoredJob[], job: Job): boolean {
  return (
    job.kind === "replace" &&
    planned.some((one) => one.job.kind === "remove" && equalBytes(one.job.account, job.account))
  );
}

export type Draw = ReadonlyMap<number, readonly Bytes[]>;

/**
 * Builds and stores the next commit. Returns false if there is nothing to commit.
 *
 * @param renews whether the commit only gives this leaf fresh keys.
 */
export async function prepareCommit(
  engine: Engine,
  group: Group,
  jobs: readonly StoredJob[],
  drawn: Draw,
  renews = false,
): Promise<boolean> {
  const stale = staleLeaves(engine, group);
  const { change, used, ownDelivery } = await changeFor(engine, group, jobs, drawn, stale, renews);
  if (used.length === 0 && stale.length === 0 && !renews) return false;
  const prepared = await engine.mls.prepare(group, change, engine.lists.judge);
  if ("refused" in prepared) {
    // A commit that others would refuse is not posted. One job may be the reason: the rest is tried without the last
    // one. Only a job that is refused alone is postponed, and dropped in the end.
    const last = used.at(-1);
    if (last === undefined) return false;
    if (used.length > 1) {
      const others = jobs.filter((job) => job !== last);
      return prepareCommit(engine, group, others, drawn);
    }
    engine.db.transaction(() => {
      if (recreatesWithout(engine, group, last.job)) deleteJob(engine.db, last.id);
      else if (last.tries >= 3) giveUpJobs(engine, group.state.conversation, [last]);
      else putOff(engine, last.id, 1_000);
    });
    return false;
  }
  const post = await buildCommit(engine, group, prepared, sentAwayBy(prepared, used));
  const stored = engine.mls.store(prepared.next);
  engine.db.transaction(() =>
    writePending(engine.db, {
      group_id: group.groupId,
      conversation: group.state.conversation,
      creates: 0,
      header: encodePostHeader(post.header),
      parts: post.partsBytes,
      post_hash: post.postHash,
      envelope_hash: post.envelopeHash,
      next_base: stored.base,
      next_ratchets: pack(stored.patches.map(({ leaf, bytes }) => [leaf, bytes])),
      address: ownDelivery?.address ?? ownAddress(group),
      jobs: pack(used.map(({ id }) => id)),
      lines: encodeLines([]),
    }),
  );
  engine.next.set(toHex(post.postHash), prepared.next);
  return true;
}

/** Accounts that the jobs send away by their committer's own right, which needs no list of theirs (GR5.8). */
function sentAwayBy({ effect, next }: Prepared, jobs: readonly StoredJob[]): readonly AccountId[] {
  const { before, committer } = effect;
  const named = jobs.flatMap(({ job }) => (job.kind === "remove" ? [job.account] : []));
  return named.filter((account) => !isAmong(account, next.members) && outranks(before, committer.account, account));
}

/**
 * An account that became owner while its `leave` was in flight cannot be removed: an admin re-creates the group without
 * it (GR24). Inside a transaction; returns whether it does.
 */
function recreatesWithout(engine: Engine, group: Group, job: Job): boolean {
  const { conversation } = group.state;
  if (job.kind !== "remove" || !saidLeave(engine, conversation, job.account)) return false;
  if (!mayRecreate(group, ownOf(engine).account)) return false;
  planRecreate(engine, conversation, [job.account]);
  return true;
}

async function changeFor(
  engine: Engine,
  group: Group,
  jobs: readonly StoredJob[],
  drawn: Draw,
  stale: readonly number[],
  renews: boolean,
) {
  const adds: Bytes[] = [];
  const removes = new Set<number>(stale);
  let state: GroupState | undefined;
  let ownDelivery: LeafDelivery | undefined = renews ? await freshOwn(engine, group) : undefined;
  const used: StoredJob[] = [];
  const leavesOf = (matches: (member: Group["members"][number]) => boolean) =>
    group.members.filter((member) => member.leaf !== group.ownLeaf && matches(member)).map((member) => member.leaf);
  for (const stored of jobs) {
    const { job, id } = stored;
    const next = state ?? group.state;
    switch (job.kind) {
      case "create":
      case "recreate":
        continue;
      case "add":
      case "add-device": {
        const packages = job.kind === "add-device" && job.package !== undefined ? [job.package] : drawn.get(id);
        if (packages === undefined || packages.length === 0) continue;
        adds.push(...packages);
        break;
      }
      case "replace":
        for (const leaf of leavesOf((member) => isSameDevice(member, job))) removes.add(leaf);
        adds.push(job.package);
        break;
      case "remove":
        for (const leaf of leavesOf((member) => equalBytes(member.account, job.account))) removes.add(leaf);
        // A first commit names who strayed, and a second strikes the name: so all know that they were sent away (GR60).
        if (
          isStrayHere(engine, next, job.account) &&
          !isAmong(job.account, group.members) &&
          !isNamedLeftOut(next, job.account)
        )
          state = withLeftOut(engine, next, next, [job.account]);
        else if (
          roleWanted(next, job.account) !== "member" ||
          endsLink(engine, next, job.account) ||
          isNamedLeftOut(next, job.account)
        )
          state = withoutMember(engine, next, job.account);
        break;
      case "left-out":
        state = withLeftOut(engine, next, next, [job.account]);
        break;
      case "name":
        state = { ...next, name: job.name };
        break;
      case "announce":
        state = { ...next, announcement: job.text };
        break;
      case "picture": {
        const { avatar: _, ...rest } = next;
        state = job.picture === null ? rest : { ...rest, avatar: job.picture };
        break;
      }
      case "role":
        state = withRole(next, ownOf(engine).account, job.account, job.role);
        break;
      case "join":
        await engine.lists.load(job.account); // It may not have been loaded since the start.
        // Earlier jobs in this commit used the last free uses of the link.
        if (next.link?.left === 0 && !job.isApproved) continue;
        adds.push(...job.packages);
        if (next.link?.left !== undefined && next.link.left > 0)
          state = { ...next, link: { ...next.link, left: next.link.left - 1 } };
        break;
      case "link": {
        const { link: _, ...rest } = next;
        state = job.link === null ? rest : { ...rest, link: job.link };
        break;
      }
      case "approval": {
        const { approval: _, ...settings } = next.settings;
        state = { ...next, settings: job.isOn ? { ...settings, approval: true } : settings };
        break;
      }
      case "history": {
        const { history: _, ...settings } = next.settings;
        state = { ...next, settings: job.choice === "none" ? settings : { ...settings, history: job.choice } };
        break;
      }
      case "dissolve": {
        const own = ownOf(engine).account;
        for (const leaf of leavesOf((member) => !equalBytes(member.account, own))) removes.add(leaf);
        const { link: _, ...rest } = next;
        state = { ...rest, dissolved: true, roles: [{ account: own, role: "owner" }] };
        break;
      }
      case "refresh":
        ownDelivery ??= await freshOwn(engine, group);
        break;
    }
    used.push(stored);
  }
  const change: CommitChange = {
    adds,
    removes: [...removes],
    ...(state === undefined ? {} : { state }),
    ...(ownDelivery === undefined ? {} : { ownDelivery }),
    ...(credentialMoved(engine, group) && (ownDelivery !== undefined || removes.size > 0)
      ? { ownCredential: identityOf(engine).credential }
      : {}),
  };
  return { change, used, ownDelivery };
}

function credentialMoved(engine: Engine, group: Group): boolean {
  const mine = group.members.find((member) => member.leaf === group.ownLeaf);
  const { n, entryHash } = identityOf(engine).credential;
  return mine !== undefined && (mine.n < n || (mine.n === n && !equalBytes(mine.entryHash, entryHash)));
}

function roleWanted(state: GroupState, account: AccountId): "owner" | "admin" | "member" {
  return state.roles.find((role) => equalBytes(role.account, account))?.role ?? "member";
}

/** Whether removing the account ends the group's link: it knows the link, and would come back by it (GR26). */
function endsLink(engine: Engine, state: GroupState, account: AccountId): boolean {
  return state.link !== undefined && !saidLeave(engine, state.conversation, account);
}

function withoutMember(engine: Engine, state: GroupState, account: AccountId): GroupState {
  const { link, more: _, ...rest } = state;
  const roles = state.roles.filter((role) => !equalBytes(role.account, account));
  // Who is sent away has not strayed any more (GR57).
  const more = strikeLeftOut(state, account);
  const keepsLink = link !== undefined && !endsLink(engine, state, account);
  return { ...rest, ...(keepsLink ? { link } : {}), ...(more.length === 0 ? {} : { more }), roles };
}

/** Appointing an owner makes the former owner an admin. */
function withRole(
  state: GroupState,
  own: AccountId,
  account: AccountId,
  role: "owner" | "admin" | "member",
): GroupState {
  const others = state.roles
    .filter((held) => !equalBytes(held.account, account))
    .map((held) =>
      role === "owner" && equalBytes(held.account, own) ? { account: own, role: "admin" as const } : held,
    );
  const roles = role === "member" ? others : [...others, { account, role }];
  return { ...state, roles: roles.toSorted((a, b) => compareBytes(a.account, b.account)) };
}

/** A fresh address for this device's leaf, at the home that the group's gate reaches. */
function freshOwn(engine: Engine, { state }: Group): Promise<LeafDelivery> {
  return freshAddress(engine, { server: homeBy(engine, state.gateServer) });
}
