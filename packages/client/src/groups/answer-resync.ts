/**
 * Resync answers (GR22): handles a device's request to be let in again, and the reply that its account is no longer a
 * member.
 */

import { encodeNote, type NoteOf } from "@yanshu/content";
import { comesAfter, foundingMax, type Group, type ReadKeyPackage } from "@yanshu/mls";
import {
  type ConversationRow,
  countDiagnostic,
  deleteJob,
  noteFoundingWithout,
  raiseFounding,
  readContact,
  readConversation,
  readPendingOf,
  readResyncAnswer,
  setFrozen,
  writeResyncAnswer,
} from "@yanshu/store";
import {
  type AccountId,
  type Address,
  accountIdOf,
  type ConversationId,
  type DeviceId,
  equalBytes,
  toHex,
} from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { jobsOf, plan, planRecreate } from "../group-state/jobs.ts";
import { nextStateOf } from "../group-state/next-state.ts";
import { notePart } from "../group-state/notes.ts";
import { type Offered, offeredBy } from "../group-state/offered.ts";
import { isStranded } from "../group-state/places.ts";
import { notAMemberBytes } from "../group-state/resync-bytes.ts";
import { accountsOf, isAmong, isSameDevice, roleOf } from "../group-state/store-group.ts";
import { greetingProfile } from "../identity/profile-bodies.ts";
import { onRemoved } from "../messages/leave.ts";
import { say } from "../messages/outbox.ts";
import { comeBackReason, isCalledBy } from "./come-back-note.ts";
import { addedAtOnceMax } from "./create-group.ts";
import { notAMemberPart } from "./not-a-member-note.ts";
import { hearOrphaned, needsFounding, sayStopped } from "./orphaned-group.ts";
import { hearComebackNotAMember } from "./rejoin-groups.ts";
import { asksInVain, mayFoundAnew, missedReason, restoredReason, startResync, wantsNewGroup } from "./resync.ts";
import { groupsBeside, hasStrayed, mayAddTo } from "./strayed.ts";

/** A note counts for this long: clocks may differ by a day, and it may wait for a day. An older one may be a replay. */
const askedMsMax = 2 * 86_400_000;
/** A device asks every minute (GR22.2). Requests at a shorter interval are ignored. */
const heardEveryMs = 30_000;
/** One device can cause a re-creation at most once in this time. */
const recreateEveryMs = 3_600_000;

/** A device asks to be let in again. In the turn. Returns whether it had a right to ask. */
export async function answerResync(engine: Engine, note: NoteOf<"resync">): Promise<boolean> {
  const { db, ports } = engine;
  const row = readConversation(db, note.conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  const isOver = row?.dissolved === 1;
  if (row === undefined || group === undefined) return (await hearOrphaned(engine, note)) ?? refused(engine);
  const isStopped = row.frozen !== null;
  const asksLater = isStopped && note.reason !== restoredReason && note.reason !== missedReason;
  // @checks GR22
  if (!(row.state === "open" || row.state === "request-out" || isOver) || asksLater) return true; // It asks others too.
  const account = accountIdOf(ports.crypto.sha256, note.history.inception);
  const before = readResyncAnswer(db, note.conversation, note.device);
  // @checks GR22
  const isNew = note.askedMs > (before?.askedMs ?? 0) && note.askedMs > ports.nowMs() - askedMsMax;
  // @checks GR22
  if (!isNew) return refused(engine);
  // @checks GR22
  if (before !== undefined && isWithin(engine, before.heardMs, heardEveryMs)) return true;
  // A request of an account unknown here is not examined, and nothing of it is stored. @checks GR22
  if ((await engine.lists.load(account)) === undefined) return refused(engine);
  await engine.lists.take(note.history);
  const offered = await offeredBy(engine, account, note);
  // @checks GR22
  if (offered === undefined) return refused(engine);
  const isIn = isAmong(account, group.members);
  // Its last leaves were removed with its devices: a member who may add people lets it in again (GR31.2).
  const strayed = hasStrayed(engine, group, account);
  // @checks GR31
  if (isStopped || (strayed && !isOver && !mayAddTo(engine, group))) {
    if (!needsFounding(group, account)) return true; // It asks others too.
    db.transaction(() => answered(engine, note, before?.recreatedMs ?? 0));
    await sayStopped(engine, group, note, offered);
    return true;
  }
  // Its founder knows that it has strayed, and lets it in. @checks HM85
  if (!isOver && !isIn && !strayed && wasStranded(engine, note.conversation, account)) return true;
  // Its founder may not have come to it yet (GR16.5). @checks GR57
  if (!isOver && !isIn && !strayed && isStillToCome(engine, group, account)) return true;
  // @checks GR22
  if (isOver || !(isIn || strayed)) {
    db.transaction(() => answered(engine, note, before?.recreatedMs ?? 0));
    await sayNotAMember(engine, group, note, offered);
    return true;
  }
  // @checks GR22
  if (group.state.founding < note.founding) {
    // The device that asks knows a newer group.
    const isCall = note.reason === comeBackReason && isCalledBy(engine, group, account, note.founding);
    // Any member may call whom a founder left out; once an hour, for a call stops the group here. @checks GR71
    const isLeaders = roleOf(group, account) !== undefined;
    if (isCall && (isLeaders || isRecreateDue(engine, before?.recreatedMs ?? 0))) {
      db.transaction(() => answered(engine, note, isLeaders ? (before?.recreatedMs ?? 0) : ports.nowMs()));
      startResync(engine, note.conversation, isLeaders ? "missed-commit" : "called");
    }
    return true;
  }
  const isTold =
    note.reason === missedReason &&
    isRecreateDue(engine, before?.recreatedMs ?? 0) &&
    sayAccepted(engine, row, account);
  const recreatedMs = isTold ? ports.nowMs() : (before?.recreatedMs ?? 0);
  const leaf = group.members.find((member) => isSameDevice(member, { account, device: note.device }));
  // The device's leaf has changed: it was let in since it asked, or its state is older than it knows. @checks GR22
  if (leaf !== undefined && !equalBytes(leaf.address, offered.replaces)) {
    countDiagnostic(db, "resync-refused");
    db.transaction(() => answered(engine, note, recreatedMs));
    await sayPlace(engine, note, offered, leaf.address);
    return true;
  }
  const isSameGroup = group.state.founding === note.founding;
  // @checks GR22
  const recreates =
    isSameGroup && wantsNewGroup(note.reason) && mayFoundAnew(engine, group) && isRecreateDue(engine, recreatedMs);
  db.transaction(() => {
    answered(engine, note, recreates ? ports.nowMs() : recreatedMs);
    if (recreates) planRecreate(engine, note.conversation);
    else planReplace(engine, account, note, offered);
  });
  engine.schedule(note.conversation);
  return true;
}

/**
 * A device of the peer never had the request of this side, and waits for the answer to its own (GR81): it is told, once
 * an hour at most, in a chat of two that is open. Returns whether it is.
 */
function sayAccepted(
  engine: Engine,
  { conversation, kind, peer, state }: ConversationRow,
  account: AccountId,
): boolean {
  const isPeers = peer !== null && equalBytes(peer, account) && kindOf(engine, { kind }).opens === "by-peer";
  // @checks GR81
  if (!isPeers || state !== "open" || readContact(engine.db, account)?.state !== "contact") return false;
  engine.db.transaction(() => say(engine, conversation, { kind: "accept", ...greetingProfile(engine) }));
  engine.schedule(conversation);
  return true;
}

/** Whether a group before this one had it at a home that is gone by now. */
function wasStranded(engine: Engine, conversation: ConversationId, account: AccountId): boolean {
  return [...engine.groups.values()].some(
    (group) => equalBytes(group.state.conversation, conversation) && isStranded(engine, group, account),
  );
}

/** Whether a group before was too large to be founded by one post, and had the account. */
function isStillToCome(engine: Engine, group: Group, account: AccountId): boolean {
  return groupsBeside(engine, group).some(
    ({ members }) => isAmong(account, members) && accountsOf(members).length > addedAtOnceMax,
  );
}

function refused({ db }: Engine, what = "resync-refused"): false {
  countDiagnostic(db, what);
  return false;
}

/** Inside a transaction: returns whether `device` may cause a re-creation now, and if so records it (GR22.6). */
export function recreatesAtWishOf(engine: Engine, conversation: ConversationId, device: DeviceId): boolean {
  const before = readResyncAnswer(engine.db, conversation, device);
  // @checks GR22
  if (!isRecreateDue(engine, before?.recreatedMs ?? 0)) return false;
  const recreatedMs = engine.ports.nowMs();
  writeResyncAnswer(engine.db, conversation, device, { askedMs: 0, heardMs: 0, ...before, recreatedMs });
  return true;
}

function isRecreateDue(engine: Engine, recreatedMs: number): boolean {
  return !isWithin(engine, recreatedMs, recreateEveryMs);
}

/** A moment in the future was written by a clock that has been set back since. */
function isWithin(engine: Engine, sinceMs: number, ms: number): boolean {
  const passedMs = engine.ports.nowMs() - sinceMs;
  return passedMs >= 0 && passedMs < ms;
}

function answered(engine: Engine, note: NoteOf<"resync">, recreatedMs: number): void {
  const heardMs = engine.ports.nowMs();
  writeResyncAnswer(engine.db, note.conversation, note.device, { askedMs: note.askedMs, recreatedMs, heardMs });
}

/** A repeated request: keeps one job, with the newest key package. Inside a transaction. */
function planReplace(engine: Engine, account: AccountId, note: NoteOf<"resync">, { replaces }: Offered): void {
  const { device, keyPackage } = note;
  for (const { id, job } of jobsOf(engine, note.conversation)) {
    if (job.kind !== "replace" || !equalBytes(job.device, device)) continue;
    if (equalBytes(job.package, keyPackage)) return;
    deleteJob(engine.db, id);
  }
  plan(engine, note.conversation, { kind: "replace", account, device, leaf: replaces, package: keyPackage });
}

/**
 * Tells the device which leaf it has, so that it asks again for that one. If the note is lost, the next request is
 * answered the same way.
 */
async function sayPlace(
  engine: Engine,
  { conversation, askedMs }: NoteOf<"resync">,
  to: ReadKeyPackage,
  leaf: Address,
): Promise<void> {
  const note = encodeNote({ kind: "place", conversation, askedMs, leaf });
  const part = await notePart(engine, to, note);
  void deposit(engine, [part]);
}

/**
 * Tells the device that its account was removed, or left out of a new group, by a change that the device has not seen:
 * otherwise it would ask for ever.
 */
async function sayNotAMember(
  engine: Engine,
  group: Group,
  note: NoteOf<"resync">,
  offered: ReadKeyPackage,
): Promise<void> {
  const part = await notAMemberPart(engine, group.state, { ...offered, device: note.device }, note.askedMs);
  // Not awaited: the turn does not wait for the network. If the note is lost, the device asks again.
  void deposit(engine, [part]);
}

/**
 * A member who was asked, or who re-created the conversation, reports that this account is no longer in it. In the
 * turn. Returns whether the sender had a right to. @checks GR22
 */
export async function hearNotAMember(engine: Engine, note: NoteOf<"notAMember">): Promise<boolean> {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const comeback = await hearComebackNotAMember(engine, note);
  if (comeback !== undefined) return comeback === "believed" || refused(engine, "not-a-member-refused");
  const row = readConversation(db, note.conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  const account = accountIdOf(ports.crypto.sha256, note.history.inception);
  if (row === undefined || !kindOf(engine, row).membersChange || group === undefined)
    return refused(engine, "not-a-member-refused");
  const isMember = isAmong(account, group.members);
  const leads = roleOf(group, account) !== undefined;
  // An owner believes no such end, and any member's word is an occasion to go on above it (GR72).
  const isOwners = isMember && roleOf(group, own.account) === "owner";
  const mayTell = leads || isOwners || (isMember && asksInVain(engine, note.conversation));
  if (!mayTell) return refused(engine, "not-a-member-refused");
  if (row.state !== "open" && row.state !== "request-in") return true; // Out already.
  if (!(await isNews(engine, group, note))) return true;
  await engine.lists.take(note.history);
  const device = engine.lists.devices(account).find(({ id }) => equalBytes(id, note.device));
  // @checks GR22
  const honest =
    device !== undefined &&
    equalBytes(note.reader, own.device) &&
    (await ports.crypto.verify(device.key, notAMemberBytes(note), note.signature));
  if (!honest) return refused(engine, "not-a-member-refused");
  const goesOn = db.transaction(() => foundsAsOwner(engine, row, group, note.founding));
  if (goesOn) {
    engine.schedule(note.conversation);
    return true;
  }
  if (!leads && !asksInVain(engine, note.conversation)) return true;
  // The day may have changed for others first: it asks, and is told again. @checks GR84
  if (isOwners && note.founding >= foundingMax(group.state.founding, ports.nowMs())) {
    startResync(engine, note.conversation, "missed-commit");
    return true;
  }
  db.transaction(() => {
    setFrozen(db, note.conversation, undefined);
    if (leads && note.founding > group.state.founding)
      noteFoundingWithout(db, note.conversation, { founding: note.founding, by: account });
    onRemoved(engine, note.conversation, account);
  });
  return true;
}

/**
 * A member says that a group founded anew goes on without its owner, who is here: founds it above that, once an hour.
 * Inside a transaction. Returns whether it does. @checks GR72
 */
export function foundsAsOwner(engine: Engine, row: ConversationRow, group: Group, founding: number): boolean {
  const { account, device } = ownOf(engine);
  const { conversation } = row;
  if (roleOf(group, account) !== "owner" || row.dissolved === 1) return false;
  // Others may hold less than a member tells: they follow one above it only below the most that they follow (GR76).
  const held = group.state.founding;
  // @checks GR72
  if (founding <= held || founding >= foundingMax(held, engine.ports.nowMs())) return false;
  if (!recreatesAtWishOf(engine, conversation, device)) return false;
  raiseFounding(engine.db, conversation, founding);
  planRecreate(engine, conversation);
  return true;
}

/**
 * Whether the note is current. An answer counts for the last request only, so that it cannot be replayed. A note that
 * was not asked for counts if its group comes after the one held here, and after one that this device is founding
 * (GR10.2). @checks GR22
 */
async function isNews(engine: Engine, group: Group, note: NoteOf<"notAMember">): Promise<boolean> {
  const { db } = engine;
  const { conversation } = note;
  const askedMs = readResyncAnswer(db, conversation, ownOf(engine).device)?.askedMs;
  const isFrozen = readConversation(db, conversation)?.frozen !== null;
  if (isFrozen && note.askedMs === askedMs && note.founding >= group.state.founding) return true;
  const founding = readPendingOf(db, conversation).filter(({ creates }) => creates === 1);
  const states = [
    group.state,
    ...(await Promise.all(founding.map((one) => nextStateOf(engine, one)))).map((one) => one.state),
  ];
  return states.every((state) => comesAfter(state, note));
}
