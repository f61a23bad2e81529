/**
 * Create and re-create (GR16, GR17): a new MLS group and a new gate for a conversation. The conversation outlives both,
 * so re-creation also repairs a broken group, a fork, and a dead or lying gate.
 */

import { encodeGroupState, type Group, type GroupState } from "@yanshu/mls";
import {
  type ConversationRow,
  noteLeftOut,
  type RulesRow,
  readConversation,
  readMembers,
  readRules,
  writePending,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  compareBytes,
  encodePostHeader,
  equalBytes,
  gateIdOf,
  MalformedError,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { pack } from "../cbor.ts";
import { type Engine, kindOf, ownOf, sameBytes } from "../core/engine.ts";
import { type Claimed, claimByAnyRight } from "../group-state/claim.ts";
import { type Job, jobsOf, plan, type StoredJob } from "../group-state/jobs.ts";
import { leftOutLines, namedMax, nameLeftOut, strikeLeftOut } from "../group-state/left-out.ts";
import { encodeLines } from "../group-state/lines.ts";
import { isStranded } from "../group-state/places.ts";
import { buildCreate } from "../group-state/posting.ts";
import {
  accountsOf,
  isAmong,
  isSameDevice,
  liveGroup,
  mayRecreate,
  roleOf,
  saidLeave,
} from "../group-state/store-group.ts";
import { freshAddress } from "../identity/delivery-addresses.ts";
import { identityOf } from "../identity/own.ts";
import { noteStrays, type Stray } from "../identity/slips.ts";
import type { ConversationDef } from "../kinds/kind.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { comeBackParts } from "./come-back-note.ts";
import { notAMemberParts } from "./not-a-member-note.ts";

type CreateJob = Extract<Job, { kind: "create" | "recreate" }>;
/** How many accounts one creating post or commit adds; further commits add the rest, so that each fits into a frame. */
export const addedAtOnceMax = 100;
/** After this many tries a founding goes on without the accounts that cannot be reached. */
const triesForAll = 3;
/** How long claimed key packages may be used for a founding (GR16.6). */
const drawnMsMax = 60_000;
export type Outcome = "pending" | "impossible";

/**
 * Whether packages claimed at `drawnMs` may still be used; a moment in the future was written by a clock that has been
 * set back since.
 */
export function isDrawnLately(engine: Engine, drawnMs: number): boolean {
  const passedMs = engine.ports.nowMs() - drawnMs;
  return passedMs >= 0 && passedMs < drawnMsMax;
}

/** Claims the key packages for a founding; not in the turn, since it waits for the network. */
export async function gatherPackages(
  engine: Engine,
  kind: ConversationDef,
  job: CreateJob,
  accounts: readonly AccountId[],
  tries: number,
): Promise<readonly Bytes[] | Extract<Claimed, { kind: "failed" }>> {
  const own = ownOf(engine);
  const packages: Bytes[] = [];
  const handed = job.kind === "create" && job.isLate !== true ? await handedOver(engine, job) : [];
  for (const account of accounts.slice(0, addedAtOnceMax)) {
    const given = handed.filter((one) => equalBytes(one.account, account)).map(({ bytes }) => bytes);
    if (given.length > 0 && isStillGood(engine, job)) {
      packages.push(...given);
      continue;
    }
    const isOwn = equalBytes(account, own.account);
    const others = engine.lists.devices(account).filter(({ id }) => !equalBytes(id, own.device));
    if (isOwn && others.length === 0) continue;
    const first = job.kind === "create" && equalBytes(account, job.accounts[0] ?? own.account) ? job : undefined;
    const right = { capability: first?.capability, server: first?.server };
    const only = isOwn ? others.map(({ id }) => id) : undefined;
    const drawn = await claimByAnyRight(engine, account, only === undefined ? right : { ...right, only });
    if (drawn.kind === "failed") {
      // An account of which home gives nothing does not keep the others from their group (GR57).
      if (drawn.why === "bad-capability" && kind.membersChange && tries >= triesForAll) continue;
      if (isOwn) continue; // Own devices are added later by one that has a package of theirs.
      if (drawn.why === "lost" || given.length === 0 || tries < triesForAll) return drawn;
      // The link was reset since; packages that were handed over before that still count.
      packages.push(...given);
      continue;
    }
    // No package means that home withholds them: a founding must not go on as if nobody were missing.
    if (drawn.packages.length === 0 && !isOwn) return { kind: "failed", why: "no-packages" };
    packages.push(...drawn.packages.map((one) => one.bytes));
  }
  return packages;
}

/** The key packages that came with the job, without those of devices that were revoked since. */
async function handedOver(engine: Engine, job: Extract<Job, { kind: "create" }>) {
  const read = await Promise.all((job.packages ?? []).map((bytes) => engine.mls.readKeyPackage(bytes)));
  return read.flatMap((one, i) => {
    const bytes = job.packages?.[i];
    return one === undefined || bytes === undefined || engine.lists.judge(one) !== "listed"
      ? []
      : [{ account: one.account, bytes }];
  });
}

function isStillGood(engine: Engine, job: CreateJob): boolean {
  return job.kind !== "create" || job.drawnMs === undefined || isDrawnLately(engine, job.drawnMs);
}

/** Whether the chat of two that was founded late holds a device that its founding would have to reach now (GR16.7). */
export async function isReached(engine: Engine, conversation: ConversationId, packages: readonly Bytes[]) {
  const row = readConversation(engine.db, conversation);
  const group = row?.group_id == null ? undefined : await liveGroup(engine, row.group_id);
  const theirs = group?.members.filter(({ account }) => sameBytes(account, row?.peer)) ?? [];
  const drawn = await Promise.all(packages.map((bytes) => engine.mls.readKeyPackage(bytes)));
  return theirs.some((member) => drawn.some((one) => one !== undefined && isSameDevice(member, one)));
}

/**
 * The server of a new gate: home; or the previous home if all other members are there and it still answers, since that
 * works whether the two homes exchange messages or not (HM68).
 */
async function serverFor(engine: Engine, old: Group | undefined, packages: readonly Bytes[]): Promise<string> {
  const own = ownOf(engine).server;
  const { server } = engine.before;
  if (server === undefined || !engine.link.isBefore(server)) return own;
  const drawn = await Promise.all(packages.map((bytes) => engine.mls.readKeyPackage(bytes)));
  const isThere = drawn.length > 0 && drawn.every((one) => one?.server === server);
  return isThere || (drawn.length === 0 && old?.state.gateServer === server) ? server : own;
}

/** The accounts of the new group; for a re-creation those of the old group except `without`. */
export async function accountsToFound(
  engine: Engine,
  conversation: ConversationId,
  job: CreateJob,
): Promise<readonly AccountId[]> {
  const own = ownOf(engine).account;
  if (job.kind === "create") return [own, ...job.accounts.filter((account) => !equalBytes(account, own))];
  const row = readConversation(engine.db, conversation);
  const group = row?.group_id == null ? undefined : await liveGroup(engine, row.group_id);
  const accounts =
    group === undefined
      ? readMembers(engine.db, conversation).map((member) => member.account)
      : accountsOf(group.members);
  // A chat of two keeps both accounts, even if the held group has lost all devices of the peer.
  const all = row?.peer == null ? accounts : [own, row.peer];
  const frozen = kindOf(engine, row).membersChange ? all.filter((account) => engine.lists.isFrozen(account)) : [];
  const out = [own, ...sentAway(engine, conversation, job), ...frozen];
  return [own, ...all.filter((account) => !out.some((one) => equalBytes(one, account)))];
}

/** Accounts that a job removes, or that the re-creation leaves out: they do not come back by it. */
function sentAway(engine: Engine, conversation: ConversationId, job: CreateJob): readonly AccountId[] {
  const removed = jobsOf(engine, conversation).flatMap((one) => (one.job.kind === "remove" ? [one.job.account] : []));
  return job.kind === "recreate" ? [...job.without, ...removed] : removed;
}

/** Whether this founding is still wanted as it was begun, now that the key packages were claimed. In the turn. */
export async function isStillToFound(
  engine: Engine,
  conversation: ConversationId,
  begun: StoredJob,
  accounts: readonly AccountId[],
): Promise<boolean> {
  const isPlanned = jobsOf(engine, conversation).some(({ id }) => id === begun.id);
  if (!isPlanned || (begun.job.kind !== "create" && begun.job.kind !== "recreate")) return false;
  const now = await accountsToFound(engine, conversation, begun.job);
  return now.length === accounts.length && now.every((one) => accounts.some((other) => equalBytes(one, other)));
}

/**
 * Makes the group and stores its creating post; in the turn. The send loop posts it. @param accounts all future
 * members; those that do not fit into a frame are added afterwards.
 */
export async function prepareFounding(
  engine: Engine,
  conversation: ConversationId,
  jobId: number,
  job: CreateJob,
  packages: readonly Bytes[],
  accounts: readonly AccountId[],
  tries: number,
): Promise<Outcome> {
  const { db, mls, ports } = engine;
  const own = ownOf(engine);
  const row = readConversation(db, conversation);
  if (row === undefined) return "impossible";
  const old = row.group_id === null ? undefined : await liveGroup(engine, row.group_id);
  if (old !== undefined && !mayRecreate(old, own.account)) return "impossible";
  const rules = old === undefined ? readRules(db, conversation) : undefined;
  const avatar = old === undefined ? rules?.avatar : old.state.avatar;
  const later = accounts.slice(addedAtOnceMax);
  const gateServer = await serverFor(engine, old, packages);
  const delivery = await freshAddress(engine, { server: gateServer });
  const foundingKey = await ports.crypto.signatureKeyPair(ports.crypto.random(32));
  const unreached = await unreachedIn(engine, old, packages, accounts.slice(0, addedAtOnceMax));
  const unnamed: GroupState = {
    policyVersion: 1,
    conversation,
    kind: row.kind,
    founding: row.founding + 1,
    gate: gateIdOf(ports.crypto.sha256, foundingKey.publicKey),
    gateServer,
    ...(old === undefined ? {} : { previous: { groupId: old.groupId, epoch: old.epoch } }),
    name: job.kind === "create" ? job.title : (old?.state.name ?? row.title),
    ...(avatar == null ? {} : { avatar }),
    roles: rolesFor(engine, conversation, kindOf(engine, row), old, job),
    announcement: old?.state.announcement ?? rules?.announcement ?? "",
    settings: old?.state.settings ?? settingsFor(job, rules),
    ...(old?.state.link === undefined || sendsAway(engine, old, accounts) ? {} : { link: old.state.link }),
  };
  const state = withLeftOut(engine, unnamed, keptNames(engine, conversation, old, job, accounts), unreached);
  const lone = await mls.create(identityOf(engine), delivery, state);
  const prepared = await mls.prepare(lone, { adds: packages }, engine.lists.judge);
  if ("refused" in prepared) {
    const fits = kindOf(engine, row).membersChange && tries >= triesForAll ? await fitting(engine, lone, packages) : [];
    const isLess = fits.length > 0 && fits.length < packages.length;
    return isLess ? prepareFounding(engine, conversation, jobId, job, fits, accounts, tries) : "impossible";
  }
  const others = job.kind === "recreate" ? (job.tells ?? []) : [];
  const stranded = accounts.filter((one) => isStranded(engine, old, one) && !isAmong(one, prepared.next.members));
  const strayed = [...stranded, ...unreached.filter((one) => !stranded.some((other) => equalBytes(one, other)))];
  const told = await notAMemberParts(engine, old, prepared.next, [...later, ...strayed], others);
  const called = await comeBackParts(engine, old, prepared.next.state, unreached);
  const post = await buildCreate(engine, prepared, foundingKey, [...told, ...called]);
  const missing = accounts.slice(0, addedAtOnceMax).filter((one) => !isAmong(one, prepared.next.members));
  const lines: readonly StoredLine[] = [
    ...foundingLines(kindOf(engine, row), row, own.account),
    ...leftOutLines(own.account, unreached),
    ...notDoneLines(job, missing),
  ];
  const stored = mls.store(prepared.next);
  db.transaction(() => {
    for (const account of later) plan(engine, conversation, { kind: "add", account });
    const leftOut = { groupId: prepared.next.groupId, founding: state.founding, ms: ports.nowMs() };
    for (const account of strayed) noteLeftOut(db, conversation, account, leftOut);
    noteStrays(db, straysOf(old, stranded, ports.nowMs()));
    writePending(db, {
      group_id: prepared.next.groupId,
      conversation,
      creates: 1,
      header: encodePostHeader(post.header),
      parts: post.partsBytes,
      post_hash: post.postHash,
      envelope_hash: post.envelopeHash,
      next_base: stored.base,
      next_ratchets: pack(stored.patches.map(({ leaf, bytes }) => [leaf, bytes])),
      address: delivery.address,
      jobs: pack([jobId]),
      lines: encodeLines(lines),
    });
  });
  engine.next.set(toHex(post.postHash), prepared.next);
  return "pending";
}

/**
 * Those of the packages that can be added beside each other, whole accounts at a time, who come first before who comes
 * later: one member whose packages nobody can add keeps the others from no group (SY72).
 */
async function fitting(engine: Engine, lone: Group, packages: readonly Bytes[]): Promise<readonly Bytes[]> {
  const byAccount = new Map<string, Bytes[]>();
  for (const bytes of packages) {
    const read = await engine.mls.readKeyPackage(bytes);
    if (read === undefined) continue;
    const theirs = byAccount.get(toHex(read.account)) ?? [];
    byAccount.set(toHex(read.account), [...theirs, bytes]);
  }
  const after = async (kept: readonly Bytes[], more: readonly (readonly Bytes[])[]): Promise<readonly Bytes[]> => {
    const all = [...kept, ...more.flat()];
    const prepared = await engine.mls.prepare(lone, { adds: all }, engine.lists.judge);
    if (more.length === 0 || !("refused" in prepared)) return all;
    const half = Math.ceil(more.length / 2);
    return more.length === 1 ? kept : after(await after(kept, more.slice(0, half)), more.slice(half));
  };
  return after([], [...byAccount.values()]);
}

/** Whom the person wanted in a group that did not exist yet, and who is not in it. */
function notDoneLines({ kind }: CreateJob, missing: readonly AccountId[]): readonly StoredLine[] {
  return kind === "create" && missing.length > 0 ? [{ kind: "not-done", people: missing.map(toHex) }] : [];
}

/**
 * Members who have a listed leaf in the group before, and none of whose packages could be drawn. That home knows no
 * right of theirs is home's word alone: nobody sent them away (GR57).
 */
async function unreachedIn(
  engine: Engine,
  old: Group | undefined,
  packages: readonly Bytes[],
  accounts: readonly AccountId[],
): Promise<readonly AccountId[]> {
  if (old === undefined || !kindOf(engine, old.state).membersChange) return [];
  const read = await Promise.all(packages.map((bytes) => engine.mls.readKeyPackage(bytes)));
  const drawn = [ownOf(engine).account, ...read.flatMap((one) => (one === undefined ? [] : [one.account]))];
  const isUnreached = (account: AccountId) =>
    !drawn.some((one) => equalBytes(one, account)) &&
    !isStranded(engine, old, account) && // Their home is gone: HM85 has them wait.
    old.members.some((member) => equalBytes(member.account, account) && engine.lists.judge(member) === "listed");
  // In the order of their leaves, so that who was here first is named first.
  return accountsOf(old.members).filter(
    (account) => accounts.some((one) => equalBytes(one, account)) && isUnreached(account),
  );
}

/** The additions to the new state: who was left out before, and is not sent away by this founding, stays named. */
function keptNames(
  engine: Engine,
  conversation: ConversationId,
  old: Group | undefined,
  job: CreateJob,
  accounts: readonly AccountId[],
): Pick<GroupState, "more"> {
  let kept: Pick<GroupState, "more"> = old === undefined ? {} : old.state;
  for (const account of [...accounts, ...sentAway(engine, conversation, job)])
    kept = { more: strikeLeftOut(kept, account) };
  return kept;
}

/**
 * The state with the names of who is left out. A founding is never held up by them: where a state is nearly full, fewer
 * are named.
 */
export function withLeftOut(
  engine: Engine,
  state: GroupState,
  kept: Pick<GroupState, "more">,
  unreached: readonly AccountId[],
): GroupState {
  for (let max = namedMax; ; max >>= 1) {
    const more = nameLeftOut(kept, unreached, max);
    const named = more.length === 0 ? state : { ...state, more };
    if (max === 0 || isEncodable(engine, named)) return named;
  }
}

function isEncodable({ mls }: Engine, state: GroupState): boolean {
  try {
    encodeGroupState(state, mls.kinds);
    return true;
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return false;
  }
}

function straysOf(old: Group | undefined, strayed: readonly AccountId[], sinceMs: UnixMs): readonly Stray[] {
  if (old === undefined) return [];
  const theirs = old.members.filter(({ account }) => strayed.some((one) => equalBytes(one, account)));
  return theirs.map(({ account, device, address, sealKey, claimCap, server }) => ({
    conversation: old.state.conversation,
    group: old.groupId,
    account,
    device,
    address,
    sealKey,
    claimCap,
    server,
    sinceMs,
  }));
}

/** @param rules the known settings of a group whose state this device lacks (GR31.6). */
function settingsFor(job: CreateJob, rules: RulesRow | undefined): GroupState["settings"] {
  const known = rules?.history === "none" ? undefined : rules?.history;
  const history = (job.kind === "create" ? job.history : undefined) ?? known;
  return {
    adminsOnlyAdd: rules?.admins_add === 1,
    adminsOnlyEdit: rules?.admins_edit === 1,
    ...(rules?.approval === 1 ? { approval: true } : {}),
    ...(history === undefined ? {} : { history }),
  };
}

/** Whether an account that did not leave is left out: then the group's link ends (GR26). */
function sendsAway(engine: Engine, old: Group, accounts: readonly AccountId[]): boolean {
  return accountsOf(old.members).some(
    (one) => !accounts.some((other) => equalBytes(one, other)) && !saidLeave(engine, old.state.conversation, one),
  );
}

function rolesFor(
  engine: Engine,
  conversation: ConversationId,
  kind: ConversationDef,
  old: Group | undefined,
  job: CreateJob,
): GroupState["roles"] {
  if (!kind.rules.isLed) return [];
  const own = ownOf(engine).account;
  const away = sentAway(engine, conversation, job);
  const stays = ({ account }: { readonly account: AccountId }) => !away.some((one) => equalBytes(one, account));
  if (old === undefined) {
    const known = readMembers(engine.db, conversation).filter((member) => member.role !== "member" && stays(member));
    if (known.length === 0) return [{ account: own, role: "owner" }];
    return sorted(known.map(({ account, role }) => ({ account, role: role === "owner" ? "owner" : "admin" })));
  }
  const kept = old.state.roles.filter(stays);
  // A group always has an owner: if the owner was excluded, the founder becomes owner.
  const owned = kept.some((role) => role.role === "owner");
  if (owned || roleOf(old, own) === undefined) return kept;
  return sorted([...kept.filter((role) => !equalBytes(role.account, own)), { account: own, role: "owner" as const }]);
}

function sorted(roles: GroupState["roles"]): GroupState["roles"] {
  return roles.toSorted((a, b) => compareBytes(a.account, b.account));
}

function foundingLines(
  { membersChange }: ConversationDef,
  { founding }: ConversationRow,
  own: AccountId,
): readonly StoredLine[] {
  if (!membersChange) return [];
  return [{ kind: founding === 0 ? "group-created" : "recreated", by: toHex(own) }];
}
