/**
 * Commits (GR14, GR15): one in flight a group, built from all jobs that are due, stored before it is
 * posted, and posted as the same bytes until its fate is known.
 */
import type { CommitChange, Group, GroupState, LeafDelivery } from "@yanshu/mls";
import { deleteJob, postponeJob, readJobs, writePending } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  compareBytes,
  encodePostHeader,
  equalBytes,
  toHex,
} from "@yanshu/wire";
import { pack } from "../core/cbor.ts";
import { type Engine, ownOf, sameBytes } from "../core/engine.ts";
import { identityOf } from "../identity/own.ts";
import { freshPoint } from "../identity/points.ts";
import { type Job, readJob, type StoredJob } from "./jobs.ts";
import { encodeLines } from "./lines.ts";
import { buildCommit } from "./posting.ts";

/** Leaves to which nothing may be encrypted any more (ID8): whoever sends next removes them first (GR23). */
export function staleLeaves(engine: Engine, group: Group): readonly number[] {
  return group.members
    .filter((member) => member.leaf !== group.ownLeaf && engine.lists.judge(member) !== "listed")
    .map((member) => member.leaf);
}

/** Whether the state already shows what the job wants. */
function isDone(engine: Engine, group: Group, job: Job): boolean {
  const own = ownOf(engine);
  switch (job.kind) {
    case "found":
      return true;
    case "refound":
      return false;
    case "add":
      return group.members.some((member) => equalBytes(member.account, job.account));
    case "add-device":
      return (
        group.members.some((member) => equalBytes(member.device, job.device)) ||
        !engine.lists.devices(own.account).some(({ id }) => equalBytes(id, job.device))
      );
    case "replace":
      // Its new leaf carries the address of the package that it asked with.
      return group.members.some(
        (member) => equalBytes(member.device, job.device) && includesBytes(job.package, member.address),
      );
    case "remove":
      return !group.members.some((member) => equalBytes(member.account, job.account));
    case "name":
      return group.state.name === job.name;
    case "picture":
      return sameBytes(group.state.avatar, job.picture) || (group.state.avatar === undefined && job.picture === null);
    case "role":
      return (
        roleWanted(group.state, job.account) === job.role ||
        !group.members.some((m) => equalBytes(m.account, job.account))
      );
    case "refresh":
      return false;
  }
}

/** Jobs that are due, after dropping those already fulfilled; inside the turn. */
export function dueJobs(engine: Engine, group: Group): readonly StoredJob[] {
  const nowMs = engine.ports.nowMs();
  const jobs = readJobs(engine.db, group.state.conversation).map(readJob);
  const done = jobs.filter(({ job }) => isDone(engine, group, job));
  if (done.length > 0)
    engine.db.transaction(() => {
      for (const { id } of done) deleteJob(engine.db, id);
    });
  return jobs.filter((job) => !done.includes(job) && job.dueMs <= nowMs);
}

export type Draw = ReadonlyMap<number, readonly Bytes[]>;

/** Builds and stores the next commit. Answers false when there is nothing to commit. */
export async function prepareCommit(
  engine: Engine,
  group: Group,
  jobs: readonly StoredJob[],
  drawn: Draw,
): Promise<boolean> {
  const stale = staleLeaves(engine, group);
  const { change, used, ownDelivery } = await changeFor(engine, group, jobs, drawn, stale);
  if (used.length === 0 && stale.length === 0) return false;
  const prepared = await engine.mls.prepare(group, change, engine.lists.judge);
  if ("refused" in prepared) {
    // What others would refuse is not posted. Together they may be refused for one of them: the rest is tried
    // without the last, and only what is refused alone is put off, and dropped in the end.
    const last = used.at(-1);
    if (last === undefined) return false;
    if (used.length > 1) {
      const others = jobs.filter((job) => job !== last);
      return prepareCommit(engine, group, others, drawn);
    }
    engine.db.transaction(() => {
      if (last.tries >= 3) deleteJob(engine.db, last.id);
      else postponeJob(engine.db, last.id, engine.ports.nowMs() + 1_000);
    });
    return false;
  }
  const post = await buildCommit(engine, group, prepared);
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

export function ownAddress(group: Group): Bytes {
  const mine = group.members.find((member) => member.leaf === group.ownLeaf);
  if (mine === undefined) throw new Error("invariant: own leaf is in its group");
  return mine.address;
}

async function changeFor(
  engine: Engine,
  group: Group,
  jobs: readonly StoredJob[],
  drawn: Draw,
  stale: readonly number[],
) {
  const adds: Bytes[] = [];
  const removes = new Set<number>(stale);
  let state: GroupState | undefined;
  let ownDelivery: LeafDelivery | undefined;
  const used: StoredJob[] = [];
  const leavesOf = (matches: (member: Group["members"][number]) => boolean) =>
    group.members.filter((member) => member.leaf !== group.ownLeaf && matches(member)).map((member) => member.leaf);
  for (const stored of jobs) {
    const { job, id } = stored;
    const next = state ?? group.state;
    switch (job.kind) {
      case "found":
      case "refound":
        continue;
      case "add":
      case "add-device": {
        const packages = job.kind === "add-device" && job.package !== undefined ? [job.package] : drawn.get(id);
        if (packages === undefined || packages.length === 0) continue;
        adds.push(...packages);
        break;
      }
      case "replace":
        for (const leaf of leavesOf((member) => equalBytes(member.device, job.device))) removes.add(leaf);
        adds.push(job.package);
        break;
      case "remove":
        for (const leaf of leavesOf((member) => equalBytes(member.account, job.account))) removes.add(leaf);
        if (roleWanted(next, job.account) !== "member")
          state = { ...next, roles: next.roles.filter((role) => !equalBytes(role.account, job.account)) };
        break;
      case "name":
        state = { ...next, name: job.name };
        break;
      case "picture": {
        const { avatar: _, ...rest } = next;
        state = job.picture === null ? rest : { ...rest, avatar: job.picture };
        break;
      }
      case "role":
        state = withRole(next, ownOf(engine).account, job.account, job.role);
        break;
      case "refresh":
        ownDelivery ??= await freshPoint(engine);
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
  return mine !== undefined && mine.n < identityOf(engine).credential.n;
}

function roleWanted(state: GroupState, account: AccountId): "owner" | "admin" | "member" {
  return state.roles.find((role) => equalBytes(role.account, account))?.role ?? "member";
}

/** Appointing an owner hands the group over: the former one becomes an admin. */
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

/** Whether a key package carries this address: 16 random bytes stand there by no accident. */
function includesBytes(haystack: Bytes, needle: Bytes): boolean {
  return toHex(haystack).includes(toHex(needle));
}

export function jobsOf(engine: Engine, conversation: ConversationId): readonly StoredJob[] {
  return readJobs(engine.db, conversation).map(readJob);
}
