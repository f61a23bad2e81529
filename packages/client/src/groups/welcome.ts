/**
 * Welcome (DS9, GR18): when both the note and the envelope of a Welcome are here, this device joins. The inviter
 * decides what follows: own devices and contacts open the conversation, a stranger's becomes a quiet request, a blocked
 * account's is refused.
 */
import { decodeBody } from "@yanshu/content";
import {
  foundingMax,
  type Group,
  type GroupEnvelopeBody,
  type Joined,
  type Member,
  mayRecreate,
  type OwnKeyPackage,
  openGroupEnvelope,
} from "@yanshu/mls";
import {
  addRight,
  type ConversationRow,
  countDiagnostic,
  deleteKeyPackage,
  deleteNewerWelcome,
  deleteWaiting,
  deleteWelcomeNote,
  dropRights,
  dropWork,
  forgetFoundingWithout,
  forgetGroup,
  forgetHeard,
  insertConversation,
  type KeyPackageRow,
  type NewerWelcomeRow,
  noteAwaited,
  raiseFounding,
  readContact,
  readConversation,
  readGroup,
  readJoinByAddress,
  readKeyPackage,
  readNewerWelcomes,
  readOutboxOf,
  readPendingOf,
  readWaiting,
  readWelcomeNote,
  retireAddress,
  setConfirmed,
  setConversationState,
  setResynced,
  setToldProfile,
  takeToldChat,
  touchConversation,
  voidPending,
  type WelcomeNoteRow,
  writeHeardContact,
} from "@yanshu/store";
import {
  type AccountHistory,
  type AccountId,
  type Address,
  accountIdOf,
  type ConversationId,
  concat,
  type DeviceList,
  equalBytes,
  limits,
  toHex,
  utf8,
} from "@yanshu/wire";
import { type Engine, kindOf, ownOf, topicOf } from "../core/engine.ts";
import { planRecreate } from "../group-state/jobs.ts";
import { compareLeaves } from "../group-state/leaf-claims.ts";
import { leftOutLines, leftOutOf } from "../group-state/left-out.ts";
import { insertLine, lineIdOf } from "../group-state/lines.ts";
import { openKnown } from "../group-state/open-stranger-groups.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { isFull, keepNewer } from "../group-state/pending-welcomes.ts";
import { noteJoined } from "../group-state/renew.ts";
import {
  accountsOf,
  expectFromStart,
  isAmong,
  liveGroup,
  newDevices,
  roleOf,
  writeState,
} from "../group-state/store-group.ts";
import { arrive as arriveAt } from "../history/take.ts";
import { ownProfile } from "../identity/profile-bodies.ts";
import { forgiveWelcome } from "../messages/flood.ts";
import { say } from "../messages/outbox.ts";
import { tellOwnDevices, tellUntold } from "../messages/own-devices.ts";
import { giveUp } from "../messages/unsent.ts";
import { readPrivacy } from "../values/privacy.ts";
import { retireAtMs, statusOfNew, supersede } from "./adopt.ts";
import { foundsAsOwner, recreatesAtWishOf } from "./answer-resync.ts";
import { strikeDone } from "./commits.ts";
import { redoCommittedChanges } from "./committed-changes.ts";
import { contestRemoval } from "./contest-removal.ts";
import { declineGroup } from "./decline-group.ts";
import { callWhoIsMissing, isOwnersReturn, takesOwnSeat, tellFounded, tellRecreated } from "./founded-changes.ts";
import { joinedBy } from "./join-ask.ts";
import { hearLate } from "./late-invitation.ts";
import { addMissingTo, reconcileLater } from "./reconcile.ts";
import { isComebackBy } from "./rejoin-groups.ts";
import { mayBeLeafOf, startResync } from "./resync.ts";
import { letStrayedIn } from "./strayed.ts";

/** States of a conversation in which this account is no member: messages sent meanwhile were not for it. */
const notMember: ReadonlySet<string> = new Set(["removed", "left", "declined"]);

/** Tries again the stored Welcomes that an older version could not read (GR46), when the client starts. In the turn. */
export async function tryKeptWelcomes(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  for (const newer of readNewerWelcomes(db)) {
    const isOld = newer.received_ms < ports.nowMs() - waitingMsMax;
    const outcome = isOld ? "refused" : await tryEnvelope(engine, newer, newer.envelope, "judged");
    if (typeof outcome !== "string") continue;
    db.transaction(() => {
      deleteNewerWelcome(db, newer);
      if (isOld) spendAt(engine, newer.address);
    });
  }
}

/** Opens the Welcome if both halves are here. In the turn. */
export async function tryWelcome(engine: Engine, tag: Uint8Array): Promise<void> {
  const note = readWelcomeNote(engine.db, tag);
  const waiting = readWaiting(engine.db, tag);
  if (note === undefined || waiting.length === 0) return;
  const newer: Omit<NewerWelcomeRow, "place" | "received_ms">[] = [];
  for (const { envelope } of waiting) {
    const outcome = await tryEnvelope(engine, note, envelope);
    if (typeof outcome !== "string") newer.push({ ...note, envelope, inviter: outcome.tooNew });
    // @checks GR18
    if (outcome === "joined") forgiveWelcome(engine, note.address);
    else countDiagnostic(engine.db, typeof outcome === "string" ? `welcome-${outcome}` : "welcome-too-new");
  }
  engine.db.transaction(() => {
    for (const { waiting: place } of waiting) deleteWaiting(engine.db, place);
    deleteWelcomeNote(engine.db, tag);
    // @checks GR47
    for (const address of newer.flatMap((one) => keepNewer(engine, one))) spendAt(engine, address);
  });
}

/** `tooNew`: the account that invites to a group which only a later version can read. */
type Outcome = "joined" | "refused" | { readonly tooNew: AccountId };

async function tryEnvelope(
  engine: Engine,
  { tag, key, address }: WelcomeNoteRow,
  envelope: Uint8Array,
  signer: "judged" | "new" = "new",
): Promise<Outcome> {
  // Read again each time: the same Welcome may have come twice, and the first one used the package.
  const row = readKeyPackage(engine.db, address);
  const body = await openGroupEnvelope(engine.ports.crypto, { tag, key }, envelope);
  return body !== undefined && row !== undefined ? join(engine, body, row, signer) : "refused";
}

/**
 * Nothing of a refused Welcome is kept; of one that is too new, everything needed to open it later. @param signer
 * `judged`: the device that signed it was named when it came (GR47).
 */
async function join(
  engine: Engine,
  { mls, histories }: GroupEnvelopeBody,
  row: KeyPackageRow,
  signer: "judged" | "new",
): Promise<Outcome> {
  const own: OwnKeyPackage = {
    bytes: row.bytes,
    secret: row.secret,
    ref: row.ref,
    address: row.address,
    expiresAtMs: row.expires_ms,
  };
  // The members are known only once it is open; their device lists are checked after that.
  const group = await engine.mls.join(mls, own, () => "listed");
  if ("refused" in group) {
    // not a check: the package that opens it stays, since an update may read it.
    if (group.refused === "policy-version" && group.inviter !== undefined)
      return judgeNewer(engine, group.inviter, histories, row);
    // A Welcome that was not made for this package must not use the package up.
    if (group.refused !== "malformed" && group.refused !== "crypto") spend(engine, row);
    return "refused";
  }
  const theirs = historiesOf(engine, accountsOf(group.members), histories);
  const lists = await listsOf(engine, group.members, theirs);
  const standing = standingOf(engine, group, lists, signer);
  /** @checks GR18 */
  const verdict = standing === "listed" ? await admit(engine, group) : "refuse";
  // @checks GR18
  if (verdict === "refuse") {
    spend(engine, row);
    const isNamed = ({ account, device }: Member) => engine.lists.namesBy(lists.get(toHex(account)), device);
    if (standing === "put-out") hearLate(engine, group, group.members.filter(isNamed));
    return "refused";
  }
  const isAsked = verdict.person === "asked" || asksAnew(engine, group, row.address);
  // @checks GR18
  if (isAsked && isFull(engine)) {
    countDiagnostic(engine.db, "requests-full");
    spend(engine, row);
    return "refused";
  }
  await engine.lists.takeAll([...theirs.values()]);
  enter(engine, group, row, verdict);
  return "joined";
}

/** Keeps it only if the device that signed it is in its account's device list. @checks GR47 */
async function judgeNewer(
  engine: Engine,
  inviter: Member,
  histories: readonly AccountHistory[],
  row: KeyPackageRow,
): Promise<Outcome> {
  const theirs = historiesOf(engine, [inviter.account], histories);
  const lists = await listsOf(engine, [inviter], theirs);
  if (standingOf(engine, { members: [inviter], inviter }, lists, "new") === "listed")
    return { tooNew: inviter.account };
  spend(engine, row);
  return "refused";
}

/** The stored Welcome was dropped, and the package opens nothing else: deletes it. Inside a transaction. */
function spendAt({ db, ports }: Engine, address: Address): void {
  const row = readKeyPackage(db, address);
  if (row === undefined || row.last_resort !== 0) return;
  deleteKeyPackage(db, address);
  retireAddress(db, address, ports.nowMs());
}

/** Deletes a single-use package, whatever the result was. */
function spend(engine: Engine, { address }: KeyPackageRow): void {
  engine.db.transaction(() => spendAt(engine, address));
}

/** The device lists that came along, by hex account; only of members. */
function historiesOf(
  { ports }: Engine,
  accounts: readonly AccountId[],
  histories: readonly AccountHistory[],
): ReadonlyMap<string, AccountHistory> {
  const members = new Set(accounts.map(toHex));
  const byAccount = histories.map(
    (history) => [toHex(accountIdOf(ports.crypto.sha256, history.inception)), history] as const,
  );
  // @checks GR18
  return new Map(byAccount.filter(([account]) => members.has(account)));
}

/** The account's list with what came along; nothing of that is kept. */
async function listIn(
  { lists }: Engine,
  account: AccountId,
  histories: ReadonlyMap<string, AccountHistory>,
): Promise<DeviceList | undefined> {
  const history = histories.get(toHex(account));
  return (history && (await lists.read(history))) ?? lists.load(account);
}

/** The lists of the members' accounts, by hex account. */
async function listsOf(
  engine: Engine,
  members: readonly Member[],
  histories: ReadonlyMap<string, AccountHistory>,
): Promise<ReadonlyMap<string, DeviceList | undefined>> {
  const each = accountsOf(members).map(
    async (account) => [toHex(account), await listIn(engine, account, histories)] as const,
  );
  return new Map(await Promise.all(each));
}

/**
 * `listed`: every leaf is of a device that its account listed once, and the one that signed it is named still; of that
 * one `put-out` says that it is no more.
 */
function standingOf(
  engine: Engine,
  { members, inviter }: Pick<Joined, "members" | "inviter">,
  known: ReadonlyMap<string, DeviceList | undefined>,
  signer: "judged" | "new",
): "listed" | "put-out" | "never-listed" {
  const { db, lists } = engine;
  // A device that was revoked could else found each of its account's groups anew, with its leaf in it.
  const isJudged = signer === "judged" && !equalBytes(inviter.account, ownOf(engine).account);
  // @checks GR53
  const isOut = !isJudged && !lists.namesBy(known.get(toHex(inviter.account)), inviter.device);
  if (isOut) countDiagnostic(db, "welcome-by-unlisted");
  // @checks GR18
  const wasListed = members.every(
    (member) => lists.judgeBy(known.get(toHex(member.account)), member) !== "never-listed",
  );
  // @checks GR18
  if (!wasListed) return "never-listed";
  return isOut ? "put-out" : "listed";
}

/**
 * `person`: what the conversation becomes (GR61): the person is `asked`, or it is `open` in the place of a request that
 * was not answered.
 */
type Verdict =
  | "refuse"
  | {
      readonly status: "active" | "superseded";
      readonly replaces: boolean;
      readonly person?: "asked" | "open";
    };

/** Whether this group may become the conversation's group, given the one held here. @checks GR18 */
export async function admit(engine: Engine, group: Joined): Promise<Verdict> {
  const { db } = engine;
  const own = ownOf(engine);
  const nowMs = engine.ports.nowMs();
  const { state } = group;
  const accounts = accountsOf(group.members);
  const kind = kindOf(engine, state);
  if (kind.hasPeer) {
    const peer = accounts.find((account) => !equalBytes(account, own.account));
    if (peer === undefined) return "refuse";
    if (readContact(db, peer)?.state === "blocked") {
      const founding = readConversation(db, state.conversation)?.founding ?? 0;
      if (state.founding <= foundingMax(founding, nowMs)) noteRefused(engine, group, peer);
      return "refuse";
    }
  }
  const row = readConversation(db, state.conversation);
  if (row === undefined) return { status: "active", replaces: false };
  const held = row.group_id === null ? undefined : await liveGroup(engine, row.group_id);
  if (held === undefined) return isWaitedFor(engine, group) ? { status: "active", replaces: false } : "refuse";
  // An account that is out may be invited by a member who joined since, as to any group; the held state proves nothing.
  const isOut = kindOf(engine, row).membersChange && notMember.has(row.state);
  // What it asked before brings it into a group that its leaders have left for another. @checks GR79
  if (isOut && isLeftByLeader(row, group) && wasAskedFor(engine, group)) return "refuse";
  if (equalBytes(held.state.gate, state.gate)) {
    // Added again after a removal or a resync: the same group, a later epoch, by a member of the held state.
    const inviterWasHere = isAmong(group.inviter.account, held.members);
    const isSameGroup = equalBytes(held.groupId, group.groupId) && held.state.founding === state.founding;
    // A member is moved only by a member it asked: what a Welcome says of the group is only its inviter's word.
    const isWanted = isOut || isOwnDevice(engine, group.inviter) || (inviterWasHere && wasAskedFor(engine, group));
    return isSameGroup && isWanted && group.epoch > held.epoch ? { status: "active", replaces: true } : "refuse";
  }
  if (row.dissolved === 1) return "refuse"; // A dissolved group cannot be opened again.
  // The signer of the Welcome, not the first leaf of the tree: places can be chosen, a signature cannot be forged.
  const inviter = group.inviter.account;
  // The peer of a chat of two counts, even if all devices that they had in the held group are gone. So do owners and
  // admins, even if their last device was lost and they came back with another key (GR31.2).
  const accountsHeld = [
    ...accountsOf(held.members),
    ...(row.peer === null ? [] : [row.peer]),
    ...held.state.roles.map(({ account }) => account),
  ];
  const byOwnDevice = isOwnDevice(engine, group.inviter);
  const status = statusOfNew(engine, row, group);
  if (state.founding > foundingMax(row.founding, nowMs)) return "refuse";
  if (isOut && status === "active") return { status, replaces: false };
  // Anybody who knows the id may have had this account in a group of any number before: the person decides. A group
  // that was held is not entered again by a Welcome that somebody kept. @checks GR61
  if (isOut && readGroup(db, group.groupId) === undefined)
    return { status: "active", replaces: false, person: byOwnDevice ? "open" : "asked" };
  if (isOut) return "refuse";
  const { groupId, epoch } = held;
  const here = { groupId, epoch, state: held.state, accounts: accountsHeld };
  const wasHere = byOwnDevice || accountsHeld.some((account) => equalBytes(account, inviter));
  const mayFound = byOwnDevice || mayRecreate(here, inviter, state, nowMs, engine.mls.kinds);
  const returns = status === "active" && !mayFound && isOwnersReturn(engine, held, group);
  if (!wasHere && !returns) {
    // @checks GR61
    if (kind.membersChange && row.state === "request-in" && isWelcomed(engine, group))
      return { status: "active", replaces: false, person: "open" };
    // The gate of the group that is held may take nothing, and so no leave.
    // @checks GR61
    if (kind.membersChange && isLeaving(engine, row)) return { status: "active", replaces: false, person: "asked" };
    contestRemoval(engine, row, held, group);
    if (kind.membersChange) tellBeside(engine, row, group);
    return "refuse";
  }
  // Its person owns the group: this device goes on above that. Within the hour it follows, as all others do; at once
  // where they own it only since that owner was left out of it (GR80).
  const isSeatTaken = status === "active" && !returns && takesOwnSeat(engine, held, group);
  // @checks GR75
  if (isSeatTaken && goesAbove(engine, row, held, state.founding)) return "refuse";
  if (status === "active" && !mayFound && !returns) {
    // The inviter may have lost the right to add, if others went on without them: owner and admins are asked (GR18.9).
    // Once an hour for each device that says so: else any member would stop all others by Welcomes alone.
    const { conversation } = state;
    // @checks GR18
    if (group.rules.isLed && db.transaction(() => recreatesAtWishOf(engine, conversation, group.inviter.device)))
      startResync(engine, conversation, "called");
    return "refuse";
  }
  // A founding that lost is read until it is drained, because a member made it.
  return { status, replaces: false };
}

function goesAbove(engine: Engine, row: ConversationRow, held: Group, founding: number): boolean {
  const goesOn = engine.db.transaction(() => foundsAsOwner(engine, row, held, founding));
  if (goesOn) engine.schedule(row.conversation);
  return goesOn;
}

/**
 * Whether the person said that they leave, and the group cannot hear it: its gate denies, or a day has passed. Else who
 * knows the id has the leave dropped before its members hear it. @checks GR61
 */
function isLeaving({ db, ports }: Engine, { conversation, frozen }: ConversationRow): boolean {
  const longAgo = ports.nowMs() - unheardMs;
  return (
    frozen !== null &&
    readOutboxOf(db, conversation).some(
      ({ body, created_ms }) => decodeBody(body)?.kind === "leave" && (frozen === "gate" || created_ms < longAgo),
    )
  );
}

const unheardMs = 86_400_000;

/** Whether a contact or an own device invites, or this account asked by a link. @checks GR61 */
function isWelcomed(engine: Engine, group: Joined): boolean {
  const { db } = engine;
  return (
    isOwnDevice(engine, group.inviter) ||
    readContact(db, group.inviter.account)?.state === "contact" ||
    readJoinByAddress(db, ownAddress(group)) !== undefined
  );
}

/**
 * The group that is held may have taken the place of the one to which this account is invited: the person is told who
 * invites, once a day. Not of one that comes after what this device has passed: it knows better.
 */
function tellBeside(
  engine: Engine,
  { conversation, state }: ConversationRow,
  { inviter, state: { previous } }: Joined,
) {
  const isKnown = previous !== undefined && readGroup(engine.db, previous.groupId) !== undefined;
  const isBlocked = readContact(engine.db, inviter.account)?.state === "blocked";
  if (isKnown || isBlocked || (state !== "open" && state !== "request-in")) return;
  const today = utf8(String(Math.floor(engine.ports.nowMs() / 86_400_000)));
  const line = { kind: "invited-beside", by: toHex(inviter.account) } as const;
  engine.db.transaction(() =>
    insertLine(engine, conversation, inviter.account, line, lineId(engine, concat(conversation, today), line.kind)),
  );
  engine.changed(topicOf(conversation), "chats");
}

/** A request gives way: the person is told whose it was. Inside a transaction. */
function tellReplaced(engine: Engine, before: Group): void {
  const { conversation } = before.state;
  const row = engine.db.get<{ author: AccountId }>(
    "SELECT author FROM messages WHERE conversation = ? AND id = ? AND kind = 'system'",
    conversation,
    lineIdOf(engine, lineId(engine, before.groupId)),
  );
  if (row === undefined) return;
  const line = { kind: "invited-beside", by: toHex(row.author) } as const;
  insertLine(engine, conversation, row.author, line, lineId(engine, before.groupId, line.kind));
}

/**
 * Remembers the founding number and the capabilities of a refused Welcome: after an unblock this device founds above
 * it, where both sides meet, and claims with these capabilities (GR18.3).
 */
function noteRefused({ db }: Engine, { state, members }: Joined, peer: AccountId): void {
  db.transaction(() => {
    raiseFounding(db, state.conversation, state.founding);
    dropRights(db, peer);
    for (const { account, claimCap } of members) if (equalBytes(account, peer)) addRight(db, peer, claimCap);
  });
}

/**
 * Whether somebody who leads this group said that a later founding goes on without this account. The word of who leads
 * it no more is none: nobody who is in it followed them (GR83).
 */
function isLeftByLeader(row: ConversationRow, group: Joined): boolean {
  const by = row.founding_without_by;
  return by !== null && group.state.founding < row.founding_without && roleOf(group, by) !== undefined;
}

/** Whether the Welcome is to a group that this device asked to rejoin, or by an own device (GR31.3). @checks GR31 */
function isWaitedFor(engine: Engine, { members, ownLeaf, state, inviter }: Joined): boolean {
  const replaces = members.find(({ leaf }) => leaf === ownLeaf)?.replaces;
  return isComebackBy(engine, state.conversation, replaces, inviter.account) || isOwnDevice(engine, inviter);
}

/**
 * Whether this device asked to be let in again to this conversation, with the key package that was used. @checks GR18
 */
function wasAskedFor(engine: Engine, { members, ownLeaf, state }: Group): boolean {
  const replaces = members.find(({ leaf }) => leaf === ownLeaf)?.replaces;
  return replaces !== undefined && mayBeLeafOf(engine, state.conversation, replaces);
}

function enter(engine: Engine, group: Joined, row: KeyPackageRow, verdict: Exclude<Verdict, "refuse">): void {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const { state } = group;
  const nowMs = ports.nowMs();
  const stored = engine.mls.store(group);
  const kind = kindOf(engine, state);
  const peer = kind.hasPeer
    ? accountsOf(group.members).find((account) => !equalBytes(account, own.account))
    : undefined;
  const held = readConversation(db, state.conversation);
  const before = held?.group_id == null ? undefined : engine.groups.get(toHex(held.group_id));
  /** The group that goes on in this one. */
  const goneOn = verdict.status === "active" && !verdict.replaces && verdict.person === undefined ? before : undefined;
  let wasAsked = false;
  // A device added by an own device, or added again, gets no line about it (SY41).
  const isNew = held === undefined || notMember.has(held.state) || verdict.person !== undefined;
  const isNews = isNew && !isOwnDevice(engine, group.inviter);
  db.transaction(() => {
    wasAsked = group.rules.isJoined && joinedBy(engine, row.address, state.conversation);
    if (held === undefined)
      insertConversation(db, {
        conversation: state.conversation,
        kind: state.kind,
        ...(peer === undefined ? {} : { peer }),
        state: "open",
        title: state.name,
        activeMs: isNews ? nowMs : takeToldChat(db, state.conversation),
      });
    const former = verdict.replaces ? readGroup(db, group.groupId) : undefined;
    if (former !== undefined) {
      // Members with an older state reach this device at the former address.
      retireAddress(db, former.address, retireAtMs(engine, before ?? group));
      forgetGroup(db, group.groupId);
    }
    if (verdict.person !== undefined) {
      // What was said and planned in the other group, a leave too, is not for the members of this one.
      dropWork(db, state.conversation);
      giveUp(engine, state.conversation);
    }
    if (held?.state === "request-in" && before !== undefined && verdict.person === "open") tellReplaced(engine, before);
    if (verdict.status === "active") {
      if (goneOn !== undefined) redoCommittedChanges(engine, goneOn, group);
      supersede(engine, group);
      if (goneOn !== undefined) {
        tellRecreated(engine, group, group.inviter.account);
        hearLeftOut(engine, goneOn, group);
        tellFounded(engine, goneOn, group, group.inviter.account);
      }
      dropVoid(engine, group);
    }
    writeState(engine, {
      group,
      base: stored.base,
      ratchets: stored.patches,
      status: verdict.status,
      address: row.address,
      fresh: row.last_resort === 0,
    });
    if (verdict.replaces) setConfirmed(db, group.groupId, false);
    noteJoined(engine, group.groupId);
    if (row.last_resort === 0) deleteKeyPackage(db, row.address);
    if (held !== undefined && notMember.has(held.state)) forgetHeard(db, state.conversation, own.device);
    forgetFoundingWithout(db, state.conversation);
    if (verdict.status === "active" && isNew) arriveAt(engine, group);
    if (state.founding === 1 && group.epoch === 1) expectFromStart(engine, group, group.members);
    else if (before !== undefined && held !== undefined && !notMember.has(held.state)) {
      expectFromStart(engine, group, newDevices(before, group));
      setResynced(db, state.conversation);
    }
    if (verdict.status === "active") strikeDone(engine, group);
    else letIn(engine, group, held);
    settleState(engine, group, held?.state, peer);
    if (verdict.person !== undefined)
      setConversationState(db, state.conversation, verdict.person === "open" ? "open" : "request-in");
    if (peer !== undefined && held?.state === "declined") countDeclined(engine, group, held);
    if (wasAsked) arrive(engine, state.conversation);
    else if (held === undefined || verdict.person !== undefined) tellInvited(engine, group);
    if (kind.believesOwnDevices && verdict.status === "active") tellUntold(engine, state.conversation);
    if (isNews) touchConversation(db, state.conversation, nowMs);
    compareLeaves(engine, group);
  });
  engine.groups.set(toHex(group.groupId), group);
  if (goneOn !== undefined) callWhoIsMissing(engine, goneOn, group);
  const now = wasAsked ? readConversation(db, state.conversation) : undefined;
  if (now !== undefined) addMissingTo(engine, now);
  // None of the members is a contact, and the person refuses such groups.
  if (kind.opens === "by-members" && !readPrivacy(db).takesGroups)
    if (readConversation(db, state.conversation)?.state === "request-in") declineGroup(engine, state.conversation);
  engine.changed(topicOf(state.conversation), "chats", "contacts", "people");
  reconcileLater(engine, state.conversation); // The inviter may have lacked packages of some own devices.
  engine.schedule(state.conversation);
}

/** Each device says who is not in the new group though nobody sent them away (GR57). Inside a transaction. */
function hearLeftOut(engine: Engine, before: Group, next: Joined): void {
  const { conversation, previous } = next.state;
  const people = leftOutOf(before, next);
  const { account: founder } = next.inviter;
  for (const line of leftOutLines(founder, people)) insertLine(engine, conversation, founder, line);
  // Who is missing in an older one may have been sent away since.
  if (previous === undefined || !equalBytes(previous.groupId, before.groupId) || previous.epoch !== before.epoch)
    return;
  for (const account of people) noteAwaited(engine.db, conversation, account, engine.ports.nowMs());
}

/**
 * A device of the peer founded a chat of two that exists already, because no other device has told it so. The active
 * group does not hold that device, and only a new group can (GR17.5). Inside a transaction.
 */
function letIn(engine: Engine, lost: Joined, row: ConversationRow | undefined): void {
  const { conversation } = lost.state;
  const { account, device } = lost.inviter;
  const active = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  if (row?.state !== "open" || active === undefined) return;
  // Who had strayed founded the group anew as well, and that one lost: they do not know of the active one (HM85).
  letStrayedIn(engine, active, accountsOf(lost.members));
  if (!kindOf(engine, lost.state).isFoundedAnew) return;
  if (equalBytes(account, ownOf(engine).account)) return; // Own devices add one another.
  if (active.members.some((member) => equalBytes(member.device, device))) return;
  if (recreatesAtWishOf(engine, conversation, device)) planRecreate(engine, conversation);
}

/**
 * A repeated request by a device that did not know the declined group: the peer's other devices may hold that one, and
 * prefer it. After accepting, this device founds above both (GR18.8). Inside a transaction.
 */
function countDeclined({ db }: Engine, { state }: Joined, declined: ConversationRow): void {
  if (state.founding <= declined.founding) raiseFounding(db, state.conversation, declined.founding + 1);
}

/**
 * Deletes what is in flight for other groups of this conversation. A founding that may have been posted stays: others
 * may be in it, so its fate must be learned, and it is read until it is drained (GR15.7).
 */
function dropVoid({ db }: Engine, group: Group): void {
  for (const pending of readPendingOf(db, group.state.conversation)) {
    if (equalBytes(pending.group_id, group.groupId) || (pending.creates === 1 && pending.posted === 1)) continue;
    voidPending(db, pending.group_id);
  }
}

/**
 * A line about who added this account, and with whom if the group is new. Each own device adds the same line, once.
 * Inside a transaction.
 */
function tellInvited(engine: Engine, { state, inviter, members, groupId, epoch }: Joined): void {
  const own = ownOf(engine).account;
  if (!kindOf(engine, state).membersChange || equalBytes(inviter.account, own)) return;
  const isNew = state.founding === 1 && epoch === 1;
  const others = accountsOf(members).filter((one) => !equalBytes(one, own) && !equalBytes(one, inviter.account));
  const line = {
    kind: "invited",
    by: toHex(inviter.account),
    people: isNew ? others.slice(0, toldMax).map(toHex) : [],
  } as const;
  insertLine(engine, state.conversation, inviter.account, line, lineId(engine, groupId));
}

/** How many people the line names: as many as the chat list can show. */
const toldMax = 8;

function lineId({ ports }: Engine, groupId: Uint8Array, what = "invited"): Uint8Array {
  return ports.crypto.sha256(new Uint8Array([...utf8(what), ...groupId])).subarray(0, 16);
}

/** This device's request to join succeeded: opens the group, and sends its members the own name and picture. */
function arrive(engine: Engine, conversation: ConversationId): void {
  const own = ownOf(engine).account;
  setConversationState(engine.db, conversation, "open");
  insertLine(engine, conversation, own, { kind: "joined", people: [toHex(own)] });
  const { stampMs, ...profile } = ownProfile(engine);
  setToldProfile(engine.db, conversation, stampMs);
  say(engine, conversation, { kind: "profile", ...profile });
  tellOwnDevices(engine, [{ kind: "conversation", conversation, state: "open", stampMs: engine.ports.nowMs() }]);
}

/** Whether the member is a listed own device; a revoked one does not count. @checks GR18 */
function isOwnDevice(engine: Engine, member: Member): boolean {
  return equalBytes(member.account, ownOf(engine).account) && engine.lists.judge(member) === "listed";
}

/** Whether the Welcome is a new request that the person would have to answer. @checks GR18 */
function asksAnew(engine: Engine, group: Joined, address: Address): boolean {
  const held = readConversation(engine.db, group.state.conversation)?.state;
  return held !== "request-in" && isQuiet(engine, group, held) && readJoinByAddress(engine.db, address) === undefined;
}

/**
 * Whether the inviter is unknown, so that the group waits for the person (GR18.4). @param held the conversation's state
 * here. @checks GR18
 */
export function isQuiet(engine: Engine, group: Joined, held: string | undefined): boolean {
  const { db } = engine;
  const own = ownOf(engine).account;
  const { opens } = kindOf(engine, group.state);
  if (opens === "always" || isOwnDevice(engine, group.inviter)) return false;
  if (opens === "by-peer") {
    const peer = group.members.find(({ account }) => !equalBytes(account, own))?.account;
    const state = peer === undefined ? undefined : readContact(db, peer)?.state;
    return state !== "requested" && state !== "contact" && held !== "open";
  }
  if (held !== undefined && !notMember.has(held)) return false;
  // A blocked account's group is always a request, even if another member is a contact.
  if (readContact(db, group.inviter.account)?.state === "blocked") return true;
  return !group.members.some(
    ({ account }) => !equalBytes(account, own) && readContact(db, account)?.state === "contact",
  );
}

function settleState(engine: Engine, group: Joined, held: string | undefined, peer: AccountId | undefined): void {
  const { db } = engine;
  const { conversation } = group.state;
  const isAsking = isQuiet(engine, group, held);
  if (peer !== undefined) {
    const contact = readContact(db, peer)?.state;
    if (contact === "requested" && group.epoch === 1 && isOwnDevice(engine, group.inviter)) {
      setConversationState(db, conversation, "request-out"); // By the own device that sent the request.
    } else if (contact === "requested") {
      // Both sides sent a request: both have accepted.
      writeHeardContact(db, peer, { state: "contact" });
      openKnown(engine);
      setConversationState(db, conversation, "open");
    } else if (contact === "contact") {
      setConversationState(db, conversation, "open");
    } else if (isAsking) {
      writeHeardContact(db, peer, { state: "incoming" });
      setConversationState(db, conversation, "request-in");
    }
    return;
  }
  // `forming`: an own device founded before this one could (GR48).
  if (held === undefined || held === "forming" || notMember.has(held))
    setConversationState(db, conversation, isAsking ? "request-in" : "open");
}

/** How long one half of a Welcome waits for the other. */
export const waitingMsMax = limits.queueDays * 86_400_000;
