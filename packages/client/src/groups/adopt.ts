/**
 * Adopt: a commit, ours or another's, was accepted, and its epoch begins (GR15). One transaction writes the new state,
 * its system lines, and which jobs it fulfilled.
 */

import { encodeBody } from "@yanshu/content";
import { type CommitEffect, comesAfter, type Group, type Member, outranks } from "@yanshu/mls";
import {
  addToOutbox,
  type ConversationRow,
  clearFlight,
  deleteJob,
  deletePending,
  forgetAwaited,
  forgetEndedLinks,
  forgetLeaving,
  forgetLeftOutBeside,
  forgetLeftOutBy,
  forgetStrayed,
  forgetUnseated,
  isStrayed,
  noteAwaited,
  noteStrayed,
  type PendingRow,
  readAwaited,
  readConversation,
  readGroup,
  readOutboxOf,
  readPending,
  readStrayed,
  retireAddress,
  rewriteJob,
  setConfirmed,
  setConversationState,
  setGroupStatus,
  setResynced,
  settleJoinRequests,
  voidPending,
  writeEndedLink,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, kindOf, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { jobsOf, plan, type StoredJob } from "../group-state/jobs.ts";
import { compareLeaves } from "../group-state/leaf-claims.ts";
import { isNamedLeftOut, leftOutLines, leftOutOf, namesMore } from "../group-state/left-out.ts";
import { decodeLines, insertLine, linesOf } from "../group-state/lines.ts";
import { nextStateOf, ratchetsOf } from "../group-state/next-state.ts";
import { openKnown } from "../group-state/open-stranger-groups.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { isStranded } from "../group-state/places.ts";
import { noteCommit, noteJoined } from "../group-state/renew.ts";
import {
  accountsOf,
  expectFromStart,
  isActiveGroup,
  isAmong,
  isSameDevice,
  type NewState,
  newDevices,
  roleOf,
  saidLeave,
  writeState,
} from "../group-state/store-group.ts";
import { planHandovers, tellLaterDevices } from "../history/hand-over.ts";
import { retireAfterMs } from "../identity/delivery-addresses.ts";
import { introduction } from "../identity/profile-bodies.ts";
import { soughtMsMax } from "../identity/slips.ts";
import { factsOf } from "../messages/apply-feature.ts";
import type { CarriedDeviceLists } from "../messages/carried-device-lists.ts";
import { floodedMs, tidyMs } from "../messages/flood.ts";
import { askAgain } from "../messages/gaps.ts";
import { onDissolved } from "../messages/leave.ts";
import { say } from "../messages/outbox.ts";
import { tellUntold } from "../messages/own-devices.ts";
import { strikeDone } from "./commits.ts";
import { keepCommittedChange, redoCommittedChanges } from "./committed-changes.ts";
import { tellFounded } from "./founded-changes.ts";
import { addMissingTo } from "./reconcile.ts";
import { groupsBeside } from "./strayed.ts";

/** The longest life of a group's link (GR26.1), plus a day for clocks that differ. */
const linkMsMax = 31 * 86_400_000;

/** Our own commit (or creating post) was accepted. In the turn. */
export async function adoptOwn(engine: Engine, pending: PendingRow): Promise<void> {
  const { db } = engine;
  const before = engine.groups.get(toHex(pending.group_id));
  const group = await nextStateOf(engine, pending);
  const row = readConversation(db, pending.conversation);
  if (row === undefined) return;
  const held = readGroup(db, pending.group_id);
  const current = pending.creates === 0 ? held?.status : statusOfNew(engine, row, group);
  const state: NewState = {
    group,
    base: pending.next_base,
    ratchets: ratchetsOf(pending),
    status: current ?? "active",
    address: pending.address,
    fresh: pending.creates === 1 || held?.fresh === 1 || !sameBytes(held?.address, pending.address),
  };
  db.transaction(() => {
    writeState(engine, state);
    setConfirmed(db, pending.group_id, true);
    deletePending(db, pending.group_id);
    const done = unpack<number[]>(pending.jobs);
    const jobs = jobsOf(engine, pending.conversation).filter(({ id }) => done.includes(id));
    for (const { job } of jobs) keepCommittedChange(engine, group, job);
    // Who was to be left out as well since it was posted is in still (GR22.11), and who strayed is only named (GR60).
    const isMore = ({ job }: StoredJob) =>
      (job.kind === "recreate" && job.without.some((one) => isAmong(one, group.members))) ||
      (job.kind === "remove" && isNamedLeftOut(group.state, job.account));
    for (const job of done) if (!jobs.some((one) => one.id === job && isMore(one))) deleteJob(db, job);
    for (const line of decodeLines(pending.lines))
      insertLine(engine, pending.conversation, ownOf(engine).account, line);
    compareLeaves(engine, group, before);
    if (pending.creates === 1) founded(engine, row, group, state);
    else if (before !== undefined) {
      const effect = effectOfOwn(engine, before, group);
      const isSentAway = ({ account }: Member) =>
        jobs.some(({ job }) => job.kind === "remove" && equalBytes(job.account, account));
      const dropped = new Set(effect.removed.filter((leaf) => !isSentAway(leaf) && isStale(engine, leaf)));
      moved(engine, before, group, effect, dropped);
    }
    if (state.status === "active") strikeDone(engine, group);
  });
  engine.groups.set(toHex(group.groupId), group);
  engine.next.delete(toHex(pending.post_hash));
  if (before !== undefined) tidyLink(engine, before, group);
  engine.changed(topicOf(pending.conversation), "chats", "contacts");
  const now = readConversation(db, pending.conversation);
  if (now !== undefined) addMissingTo(engine, now);
  engine.schedule(pending.conversation);
}

/** Removed leaves whose accounts nobody sent away by this commit (GR60). */
type Dropped = ReadonlySet<Member>;

/**
 * Somebody else's commit ended the epoch; a commit of ours for it is void. @param dropped those that `droppedBy` found
 */
export function adoptOther(engine: Engine, before: Group, group: Group, effect: CommitEffect, dropped: Dropped): void {
  const { db, mls } = engine;
  const { conversation } = group.state;
  const stored = mls.store(group);
  const held = readGroup(db, group.groupId);
  db.transaction(() => {
    writeState(engine, {
      group,
      base: stored.base,
      ratchets: stored.patches,
      status: held?.status ?? "active",
      address: ownAddress(group),
      fresh: held?.fresh === 1,
    });
    setConfirmed(db, group.groupId, true);
    giveUpPending(engine, group.groupId);
    compareLeaves(engine, group, before);
    moved(engine, before, group, effect, dropped);
    if (held?.status !== "superseded") strikeDone(engine, group);
    openKnown(engine);
  });
  engine.groups.set(toHex(group.groupId), group);
  tidyLink(engine, before, group);
  engine.changed(topicOf(conversation), "chats", "contacts");
  engine.schedule(conversation);
}

/** Deletes at home the token by which newcomers registered, if the link ended. */
function tidyLink(engine: Engine, { state: before }: Group, { state: after }: Group): void {
  if (before.link !== undefined && !sameBytes(before.link.token, after.link?.token)) engine.deleteRetired();
}

/**
 * GR17: which of two groups of a conversation is active: the one with the higher founding number; in a tie the one with
 * the lower gate id, so that all devices decide alike.
 */
export function statusOfNew(engine: Engine, row: ConversationRow, group: Group): "active" | "superseded" {
  if (row.group_id === null) return "active";
  const current = engine.groups.get(toHex(row.group_id));
  // not a check: there is no other group.
  if (current === undefined || equalBytes(current.groupId, group.groupId)) return "active";
  return comesAfter({ ...current.state, founding: row.founding }, group.state) ? "active" : "superseded";
}

/** The conversation goes on in group `next`; messages in flight are encrypted again, under their ids. */
export function supersede(engine: Engine, next: Group): void {
  const { groupId: except } = next;
  const { conversation } = next.state;
  for (const [, group] of engine.groups) {
    if (!equalBytes(group.state.conversation, conversation) || equalBytes(group.groupId, except)) continue;
    const isBefore = readGroup(engine.db, group.groupId)?.status === "active";
    setGroupStatus(engine.db, group.groupId, "superseded");
    forgetHandedOver(engine, group.groupId);
    giveUpPending(engine, group.groupId);
    noteEndedLink(engine, group, next);
    const gone = accountsOf(group.members).filter((one) => !isAmong(one, next.members));
    const strayed = gone.filter((one) => isThoughtStrayed(engine, group, next, one));
    // Who is missing in an older one may have been sent away since.
    for (const one of isBefore ? gone.filter((account) => isAwaited(engine, group, next, account)) : [])
      noteAwaited(engine.db, conversation, one, engine.ports.nowMs());
    // A member who was left out knows everybody's old address, so it is retired soon. So does a thief's device, which
    // nobody removes from a chat that was founded anew.
    const isThiefs = (member: Member) => !engine.lists.names(member);
    const isSoon =
      gone.length > strayed.length || (!kindOf(engine, group.state).membersChange && group.members.some(isThiefs));
    const nowMs = engine.ports.nowMs();
    // Who comes from a home that is gone asks at it to be let in (HM85).
    const laterMs = strayed.length > 0 ? nowMs + soughtMsMax : retireAtMs(engine, group);
    retireAddress(engine.db, ownAddress(group), isSoon ? nowMs + floodedMs : laterMs);
    if (isSoon) engine.ports.after(floodedMs + tidyMs, engine.deleteRetired);
  }
  for (const item of readOutboxOf(engine.db, conversation)) {
    if (item.group_id !== null && !equalBytes(item.group_id, except)) clearFlight(engine.db, item.id);
  }
  // A founding of one's own that lost left nobody out: its maker would let in again who was sent away meanwhile (HM85).
  forgetLeftOutBeside(engine.db, { conversation, groupId: except, founding: next.state.founding });
  // A member has not strayed: else an asking would let them in again after somebody sent them away (GR40.1).
  for (const account of readStrayed(engine.db, conversation))
    if (isAmong(account, next.members)) forgetStrayed(engine.db, conversation, account);
  for (const account of accountsOf(next.members)) forgetAwaited(engine.db, conversation, account);
}

/** Remembers a link that ended early, so that somebody who asks with it gets an answer (GR26); inside a transaction. */
function noteEndedLink({ db, ports }: Engine, { state: before }: Group, { state: after }: Group): void {
  forgetEndedLinks(db, ports.nowMs());
  if (before.link === undefined || sameBytes(before.link.secret, after.link?.secret)) return;
  writeEndedLink(db, before.conversation, before.link.secret, before.link.expiresMs);
}

/** The founder of `next` knows whom they sent away; others take them for strayed where their home is gone. */
function isThoughtStrayed(engine: Engine, before: Group, next: Group, account: AccountId): boolean {
  const isFounder = next.ownLeaf === 0;
  return isFounder ? isStrayed(engine.db, next.state.conversation, account) : isStranded(engine, before, account);
}

/**
 * Whether the account is missing in `next` since its home was gone, and for nothing else: the founder went on from the
 * very state that this device holds, so that nobody was sent away between (HM86).
 */
function isAwaited(engine: Engine, before: Group, next: Group, account: AccountId): boolean {
  const { previous, founding } = next.state;
  const isNext =
    previous !== undefined &&
    equalBytes(previous.groupId, before.groupId) &&
    previous.epoch === before.epoch &&
    founding === before.state.founding + 1;
  // not a check: a case of its own, told apart.
  if (!isNext || saidLeave(engine, next.state.conversation, account) || engine.lists.isFrozen(account)) return false;
  return isThoughtStrayed(engine, before, next, account);
}

/** Gives up a commit in flight. Nobody will learn the address that it was to publish, so that address is retired. */
export function giveUpPending(engine: Engine, groupId: Bytes): void {
  const pending = readPending(engine.db, groupId);
  if (pending === undefined) return;
  voidPending(engine.db, groupId);
  if (!sameBytes(readGroup(engine.db, groupId)?.address, pending.address))
    retireAddress(engine.db, pending.address, engine.ports.nowMs());
}

/**
 * A commit that is void may have left the device: the key package of an own device that it adds may be used up by its
 * Welcome, and another is claimed (GR17.11). Inside a transaction.
 */
function forgetHandedOver(engine: Engine, groupId: Bytes): void {
  const pending = readPending(engine.db, groupId);
  if (pending === undefined) return;
  const used = unpack<number[]>(pending.jobs);
  for (const { id, job } of jobsOf(engine, pending.conversation)) {
    if (job.kind === "add-device" && used.includes(id)) rewriteJob(engine.db, id, pack({ ...job, package: undefined }));
  }
}

/**
 * When an old own address is retired, in Unix milliseconds. A link that names it leads there as long as it lasts
 * (GR26).
 */
export function retireAtMs(engine: Engine, { state }: Group): number {
  const soon = engine.ports.nowMs() + retireAfterMs;
  const admits =
    state.link !== undefined && state.roles.some(({ account }) => equalBytes(account, ownOf(engine).account));
  if (!admits) return soon;
  // A state cannot make an address stay for longer than links may last.
  return Math.max(soon, Math.min(state.link.expiresMs, engine.ports.nowMs() + linkMsMax));
}

function has(accounts: readonly AccountId[], account: AccountId): boolean {
  return accounts.some((one) => equalBytes(one, account));
}

/** The devices of these accounts. */
function ofThose(devices: readonly Member[], accounts: readonly AccountId[]): readonly Member[] {
  return devices.filter(({ account }) => has(accounts, account));
}

function founded(engine: Engine, row: ConversationRow, group: Group, { status, address }: NewState): void {
  noteJoined(engine, group.groupId);
  if (status !== "active") {
    // It lost to the active group: readable until it is drained, and it left nobody out.
    forgetLeftOutBy(engine.db, group.groupId);
    retireAddress(engine.db, address, engine.ports.nowMs() + retireAfterMs);
    return;
  }
  const before = row.group_id === null ? undefined : engine.groups.get(toHex(row.group_id));
  if (before !== undefined) redoCommittedChanges(engine, before, group);
  const awaited = readAwaited(engine.db, row.conversation);
  supersede(engine, group);
  if (before !== undefined) tellFounded(engine, before, group, ownOf(engine).account);
  if (group.state.founding === 1) expectFromStart(engine, group, group.members);
  else if (before !== undefined) {
    const came = newDevices(before, group);
    expectFromStart(engine, group, came);
    askAgain(engine, row.conversation, ofThose(came, awaited));
  }
  if (row.frozen !== null) setResynced(engine.db, row.conversation);
  if (kindOf(engine, group.state).believesOwnDevices && group.members.length > 1) tellUntold(engine, row.conversation);
  if (row.state === "forming") setConversationState(engine.db, row.conversation, "open");
  introduce(engine, group, accountsOf(group.members));
}

function moved(engine: Engine, before: Group, group: Group, effect: CommitEffect, dropped: Dropped): void {
  const { db, ports } = engine;
  const { conversation } = group.state;
  if (kindOf(engine, group.state).believesOwnDevices && newDevices(before, group).length > 0)
    tellUntold(engine, conversation);
  // Changes of a former group end nothing and are not shown: a device that was put out may have made them (GR17.7).
  const isActive = isActiveGroup(engine, group);
  if (isActive && group.state.dissolved === true && before.state.dissolved !== true) {
    onDissolved(engine, conversation, effect.committer.account);
    return;
  }
  if (isActive) noteEndedLink(engine, before, group);
  const membersBefore = accountsOf(before.members);
  const membersAfter = accountsOf(group.members);
  if (isActive) noteStrays(engine, effect, membersAfter, dropped);
  const awaited = readAwaited(db, conversation);
  const isQuiet = (account: AccountId) =>
    isStrayed(db, conversation, account) ||
    has(awaited, account) ||
    (!has(membersAfter, account) && saidLeave(engine, conversation, account));
  const lines = linesOf(kindOf(engine, group.state), effect, membersBefore, membersAfter, isQuiet);
  // Who could not be added after a founding is named by a commit (GR57).
  const leftOut = (namesMore(before.state, group.state) ? groupsBeside(engine, group) : [])
    .flatMap((other) => leftOutOf(other, group))
    .filter((account) => !isNamedLeftOut(before.state, account));
  const { account: by } = effect.committer;
  for (const line of isActive ? [...lines, ...leftOutLines(by, leftOut)] : [])
    insertLine(engine, conversation, by, line);
  if (isActive) noteStruck(engine, before, group, by);
  if (isActive) bringBack(engine, group, effect);
  noteCommit(engine, group, effect);
  const oldAddress = ownAddress(before);
  if (!equalBytes(oldAddress, ownAddress(group))) {
    const isFlooded = engine.floodedLeaves.delete(toHex(oldAddress));
    retireAddress(db, oldAddress, isFlooded ? ports.nowMs() + floodedMs : retireAtMs(engine, before));
    if (isFlooded) ports.after(floodedMs + tidyMs, engine.deleteRetired);
  }
  // A member of the group before may let there in whom nobody sees any more: here they are as they were. @checks GR74
  if (!isActive) return;
  expectFromStart(engine, group, effect.added);
  askAgain(engine, conversation, ofThose(effect.added, awaited));
  const isOurs = equalBytes(effect.committer.device, ownOf(engine).device);
  const isNewDevice = (member: Member) => !before.members.some((other) => isSameDevice(other, member));
  const newcomers = newcomersIn(membersBefore, membersAfter);
  const isNewcomer = (account: AccountId) => has(newcomers, account);
  const later = effect.added.filter((member) => isNewDevice(member) && !isNewcomer(member.account));
  tellLaterDevices(engine, group, later);
  if (newcomers.length > 0) welcome(engine, group, newcomers, isOurs);
  // After the introduction, so that names are known.
  if (effect.added.some(isNewDevice)) retell(engine, group, effect.committer, isOurs, newcomers.length > 0);
}

/** Accounts joined a group. */
function welcome(engine: Engine, group: Group, newcomers: readonly AccountId[], isOurs: boolean): void {
  const { db } = engine;
  const { conversation } = group.state;
  // An account that is added again counts neither as leaving nor as strayed; who left owns nothing there (GR75).
  for (const account of newcomers) {
    if (saidLeave(engine, conversation, account)) forgetUnseated(db, conversation, account);
    forgetLeaving(db, conversation, account);
    forgetStrayed(db, conversation, account);
    forgetAwaited(db, conversation, account);
  }
  settleJoinRequests(db, conversation);
  if (isOurs) introduce(engine, group, newcomers);
  if (isOurs) planHandovers(engine, group, newcomers);
}

function newcomersIn(before: readonly AccountId[], after: readonly AccountId[]): readonly AccountId[] {
  return after.filter((account) => !has(before, account));
}

/**
 * Plans to add the peer of a chat of two who lost the last leaf. A founding that takes over may hold key packages that
 * were claimed before the peer's present devices were linked, and nobody else can add those (GR17.8).
 */
function bringBack(engine: Engine, { members, state: { conversation } }: Group, { removed }: CommitEffect): void {
  const { peer, state } = readConversation(engine.db, conversation) ?? {};
  if (state !== "open" || peer == null) return;
  const isPeers = ({ account }: Member) => equalBytes(account, peer);
  if (removed.some(isPeers) && !members.some(isPeers)) plan(engine, conversation, { kind: "add", account: peer });
}

/**
 * Which of the removed leaves went because their account names the device no more, by the word of the committer. Who
 * may send the account away may have meant that: a list that reached this device alone, before the removal, does not
 * tell. So the list counts that came along. Who may not send it away could only go by a list (GR60).
 */
export async function droppedBy(
  engine: Engine,
  { removed, before, committer }: CommitEffect,
  { wasDropped }: CarriedDeviceLists,
): Promise<Dropped> {
  const dropped = new Set<Member>();
  for (const leaf of removed) {
    if (!isStale(engine, leaf)) continue;
    if (!outranks(before, committer.account, leaf.account) || (await wasDropped(leaf))) dropped.add(leaf);
  }
  return dropped;
}

function isStale({ lists }: Engine, leaf: Member): boolean {
  return lists.judge(leaf) === "stale";
}

/**
 * Remembers accounts whose last leaves were removed because their devices are no longer listed: no member removed these
 * people (GR31.2).
 */
function noteStrays(
  engine: Engine,
  { removed, after }: CommitEffect,
  stay: readonly AccountId[],
  dropped: Dropped,
): void {
  if (!kindOf(engine, after).membersChange) return;
  const gone = accountsOf(removed).filter((account) => !has(stay, account));
  for (const account of gone) {
    const leaves = removed.filter((leaf) => equalBytes(leaf.account, account));
    const wereDropped = leaves.every((leaf) => dropped.has(leaf));
    if (wereDropped && !saidLeave(engine, after.conversation, account))
      noteStrayed(engine.db, after.conversation, account);
    else {
      forgetStrayed(engine.db, after.conversation, account);
      forgetAwaited(engine.db, after.conversation, account);
    }
  }
}

/**
 * Who was named as left out, and is named no more without being in, was sent away (GR57, GR60). Not where another name
 * may have taken the place. Inside a transaction.
 */
function noteStruck(engine: Engine, { state: before }: Group, group: Group, by: AccountId): void {
  const { db } = engine;
  const { conversation } = before;
  if (namesMore(before, group.state) || !namesMore(group.state, before)) return;
  const known = [
    ...readStrayed(db, conversation),
    ...groupsBeside(engine, group).flatMap((one) => accountsOf(one.members)),
  ];
  const struck = new Map(
    known
      .filter((one) => isNamedLeftOut(before, one) && !isNamedLeftOut(group.state, one) && !isAmong(one, group.members))
      .map((one) => [toHex(one), one]),
  );
  for (const account of struck.values()) {
    forgetStrayed(db, conversation, account);
    forgetAwaited(db, conversation, account);
  }
  if (struck.size > 0)
    insertLine(engine, conversation, by, { kind: "removed", by: toHex(by), people: [...struck.keys()] });
}

/** Lets each feature tell new devices what was set before. */
function retell(engine: Engine, group: Group, committer: Member, isOurs: boolean, arePeople: boolean): void {
  const { conversation } = group.state;
  const owns = roleOf(group, ownOf(engine).account) === "owner";
  const newcomers = { conversation, group: factsOf(engine, group), by: committer.account, isOurs, owns, arePeople };
  for (const { retell: tell } of engine.features.features)
    for (const body of tell?.(engine.context, newcomers) ?? []) say(engine, conversation, body);
}

/** The device that creates the group or adds members sends the newcomers everybody's names, and everybody theirs. */
function introduce(engine: Engine, group: Group, newcomers: readonly AccountId[]): void {
  if (!kindOf(engine, group.state).membersChange) return;
  const body = introduction(engine, newcomers.length > 0 ? accountsOf(group.members) : []);
  if (body === undefined) return;
  addToOutbox(engine.db, {
    conversation: group.state.conversation,
    id: engine.ports.crypto.random(16),
    body: encodeBody(body),
    shown: false,
    roster: undefined,
    createdMs: engine.ports.nowMs(),
  });
}

function effectOfOwn(engine: Engine, before: Group, group: Group): CommitEffect {
  const own = ownOf(engine);
  const committer = group.members.find((member) => equalBytes(member.device, own.device));
  if (committer === undefined) throw new Error("invariant: own leaf is in its group");
  const sameLeaf = (a: { device: Bytes; address: Bytes }, b: { device: Bytes; address: Bytes }) =>
    sameBytes(a.device, b.device) && (sameBytes(a.address, b.address) || sameBytes(a.device, own.device));
  return {
    committer,
    added: group.members.filter((member) => !before.members.some((other) => sameLeaf(other, member))),
    removed: before.members.filter((member) => !group.members.some((other) => sameLeaf(other, member))),
    before: before.state,
    after: group.state,
  };
}
