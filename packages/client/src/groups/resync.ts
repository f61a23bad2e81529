/**
 * Resync (GR22): a conversation whose keys or gate do not agree is stopped and repaired.
 *
 * A device with the right to re-creates the group. One without it, or one that only missed a commit, asks own devices
 * and members with the right to remove and add it in one commit. A refused commit is never skipped.
 */

import type { NoteOf } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import {
  countAsking,
  countDiagnostic,
  forgetAskings,
  isConfirmed,
  readAddress,
  readConversation,
  readKeyPackage,
  readResyncAnswer,
  setFrozen,
  writeResyncAnswer,
} from "@yanshu/store";
import { type AccountId, type Address, type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { isRecreating, planRecreate } from "../group-state/jobs.ts";
import { insertLine } from "../group-state/lines.ts";
import { notePart } from "../group-state/notes.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { farOf, homeBy, serverNow } from "../group-state/places.ts";
import { resyncNote } from "../group-state/resync-bytes.ts";
import { mayRecreate, roleOf } from "../group-state/store-group.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { otherHomes } from "../identity/other-home.ts";
import { staleLeaves } from "./commits.ts";

/** `called`: a member who does not lead says that the group goes on elsewhere (GR71, GR18.9). */
export type ResyncReason = "called" | "missed-commit" | "gate" | "fork" | "refused-commit" | "rolled-back";
/** The reason of a device without any state, because its account was restored there (GR31). */
export const restoredReason = 6;
/** The reason of a device that was invited by one that is out by now (GR81). */
export const missedReason = 9;
const reasonNumbers: Readonly<Record<ResyncReason, number>> = {
  called: 1,
  "missed-commit": 1,
  gate: 2,
  fork: 3,
  "refused-commit": 4,
  "rolled-back": 5,
};
/** Reasons that no commit in the group can repair. For all others a new leaf is enough. */
const beyondCommits: ReadonlySet<number> = new Set([
  reasonNumbers.gate,
  reasonNumbers.fork,
  reasonNumbers["refused-commit"],
]);

export function wantsNewGroup(reason: number): boolean {
  return beyondCommits.has(reason);
}

const askAgainMs = 60_000;
/** How many devices get one request. */
export const helpersMax = 8;
const asksBeforeRecreating = 3;
/** Requests to owner and admins before all members are asked: they may all be gone. */
const asksOfLeaders = 3;
/** After this many requests any member is believed that this device is out (GR22.7). */
const asksBeforeAnyWord = 10;
/**
 * Requests for a group that was never confirmed: an hour, in which any device that has the group would have answered.
 */
const asksUnconfirmed = 60;

/**
 * Stops the conversation and starts its resync; does nothing if one is running, but for that of a call. In the turn.
 *
 * @param by the account that caused it, if that is certain: the group goes on without it (GR22.11).
 */
export function startResync(engine: Engine, conversation: ConversationId, why: ResyncReason, by?: AccountId): void {
  const row = readConversation(engine.db, conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  if (!isHere(row?.state) || group === undefined) return;
  // What this device saw itself goes before what a member said (GR77).
  if (row?.frozen !== null && (row?.frozen !== "called" || why === "called")) return;
  const own = ownOf(engine).account;
  const isLeftOut = by !== undefined && kindOf(engine, group.state).membersChange && !equalBytes(by, own);
  engine.places.delete(toHex(conversation));
  const stop = () => {
    setFrozen(engine.db, conversation, why);
    countDiagnostic(engine.db, `resync-${why}`);
    if (why === "fork") insertLine(engine, conversation, own, { kind: "fork" });
  };
  begin(engine, group, why, stop, isLeftOut ? [by] : []);
  engine.changed(topicOf(conversation), "chats");
}

/**
 * Starts a resync of groups whose gate, or own leaf, is at a home that this account left and that is not the previous
 * one: nothing arrives from there (HM68, HM69). In the turn.
 */
export function resyncLeft(engine: Engine): void {
  const { before, db } = engine;
  const left = otherHomes(db).filter((server) => server !== before.server);
  const isLeft = (server: string) => left.includes(server) && farOf(engine, server) === undefined;
  for (const group of engine.groups.values()) {
    const leaf = group.members.find((member) => member.leaf === group.ownLeaf);
    if (isLeft(group.state.gateServer) || (leaf !== undefined && left.includes(leaf.server)))
      startResync(engine, group.state.conversation, "gate");
  }
}

/** After a restart: goes on with the resyncs of frozen conversations. In the turn. */
export function resumeResyncs(engine: Engine): void {
  const frozen = engine.db.all<{ conversation: ConversationId }>(
    "SELECT conversation FROM conversations WHERE frozen IS NOT NULL",
  );
  for (const { conversation } of frozen) resumeResync(engine, conversation);
}

/** Goes on with the resync of this conversation, if it is frozen and no founding is planned. In the turn. */
export function resumeResync(engine: Engine, conversation: ConversationId): void {
  const { frozen, group_id, state } = readConversation(engine.db, conversation) ?? {};
  if (frozen == null || isRecreating(engine, conversation)) return;
  const group = group_id == null ? undefined : engine.groups.get(toHex(group_id));
  if (group === undefined || !isHere(state)) engine.db.transaction(() => setFrozen(engine.db, conversation, undefined));
  else begin(engine, group, frozen as ResyncReason);
}

const isHere = (state: string | undefined) => state === "open" || state === "request-out";

/** @param stop writes the stop in the same transaction. @param without accounts that a new group leaves out. */
function begin(
  engine: Engine,
  group: Group,
  why: ResyncReason,
  stop: () => void = () => undefined,
  without: readonly AccountId[] = [],
): void {
  const { conversation } = group.state;
  const recreates = wantsNewGroup(reasonNumbers[why]) && mayFoundAnew(engine, group);
  engine.db.transaction(() => {
    stop();
    if (recreates) planRecreate(engine, conversation, without);
  });
  if (recreates) engine.schedule(conversation);
  else askForResync(engine, conversation, group, why).catch(engine.failed);
}

/** The key package of a request, and the address of the leaf that it replaces. */
type Offer = { readonly keyPackage: Bytes; readonly leaf: Address };

/** @param asked how many requests were sent since the start of the program, with `made`. */
async function askForResync(
  engine: Engine,
  conversation: ConversationId,
  group: Group,
  why: ResyncReason,
  asked = 0,
  made?: Offer,
): Promise<void> {
  const own = ownOf(engine);
  // A device that was let in meanwhile must not ask for this old state, even if a newer one needs a resync.
  const isStillNeeded = () =>
    readConversation(engine.db, conversation)?.frozen === why &&
    engine.groups.get(toHex(group.groupId))?.epoch === group.epoch;
  // Repeated until it succeeds: the note may be lost, or no member online.
  const noPackage = (error: unknown): undefined => {
    engine.failed(error);
    return undefined;
  };
  const askLater = (times: number, offer: Offer | undefined) =>
    engine.ports.after(askAgainMs, () => {
      if (isStillNeeded()) askForResync(engine, conversation, group, why, times, offer).catch(engine.failed);
    });
  const asksMax = isConfirmed(engine.db, group.groupId) ? asksBeforeRecreating : asksUnconfirmed;
  // A single member's word stops nobody for longer. Who was asked may answer still, and is heard. @checks GR77
  if (asked >= asksBeforeRecreating && why === "called") {
    engine.db.transaction(() => setFrozen(engine.db, conversation, undefined));
    engine.changed(topicOf(conversation), "chats");
    engine.schedule(conversation);
    return;
  }
  if (asked >= asksMax && mayRecreate(group, own.account)) {
    // No member can help: all of them are stopped as well.
    engine.db.transaction(() => planRecreate(engine, conversation));
    engine.schedule(conversation);
    return;
  }
  // Right after the start it does not wait for a minute: a phone's app may be closed again by then.
  if (!(await engine.link.whenReady("signed"))) {
    askLater(asked, made);
    return;
  }
  const helpers = helpersOf(engine, group);
  const list = engine.lists.get(own.account);
  if (!isStillNeeded() || list === undefined) return;
  const leaf = engine.places.get(toHex(conversation)) ?? ownAddress(group);
  // One key package serves all repetitions, because each costs an address at home for good.
  const offered = sameBytes(made?.leaf, leaf) ? made : await offerFor(engine, leaf, group).catch(noPackage);
  askLater(offered === undefined ? asked : asked + 1, offered);
  if (offered === undefined || helpers.length === 0 || !(await registerAddresses(engine))) return;
  engine.db.transaction(() => countAsking(engine.db, conversation));
  const note = await resyncNote(engine, list, {
    conversation,
    reason: reasonNumbers[why],
    founding: group.state.founding,
    epoch: group.epoch,
    askedMs: nextAskingMs(engine, conversation),
    keyPackage: offered.keyPackage,
  });
  const parts = await Promise.all(
    helpers.map((member) => notePart(engine, { ...member, server: serverNow(engine, member) }, note)),
  );
  await deposit(engine, parts);
}

async function offerFor(engine: Engine, leaf: Address, { state }: Group): Promise<Offer> {
  const server = homeBy(engine, state.gateServer);
  const { bytes } = await makeKeyPackage(engine, "hand", { replaces: leaf, server });
  return { keyPackage: bytes, leaf };
}

/** A member that was asked has another leaf of this device: the next request replaces that one. In the turn. */
export function hearPlace(engine: Engine, { conversation, askedMs, leaf }: NoteOf<"place">): void {
  const { db } = engine;
  // @checks GR22
  const isAnswer =
    readConversation(db, conversation)?.frozen != null &&
    readResyncAnswer(db, conversation, ownOf(engine).device)?.askedMs === askedMs;
  // @checks GR22
  if (isAnswer && mayBeLeafOf(engine, conversation, leaf)) {
    engine.places.set(toHex(conversation), leaf);
    db.transaction(() => forgetAskings(db, conversation));
  } else countDiagnostic(db, "place-refused");
}

/**
 * Whether `address` may be this device's leaf in `conversation` and in no other: else the request would let somebody
 * replace its leaf in that other conversation. @checks GR22
 */
export function mayBeLeafOf({ db, groups }: Engine, conversation: ConversationId, address: Address): boolean {
  if (equalBytes(readAddress(db, address)?.conversation ?? conversation, conversation)) return true;
  // Leaves that were added by one last-resort package share its address, until each has its own (DS4). A request keeps
  // it until it is answered, and one that was declined for good: else a stranger keeps a device out of its groups.
  const isElsewhere = ({ state, members, ownLeaf }: Group) =>
    !equalBytes(state.conversation, conversation) &&
    ["open", "newer-version"].includes(readConversation(db, state.conversation)?.state ?? "") &&
    members.some((member) => member.leaf === ownLeaf && equalBytes(member.address, address));
  return (readKeyPackage(db, address)?.last_resort ?? 0) !== 0 && ![...groups.values()].some(isElsewhere);
}

/**
 * Whether this device may re-create the conversation. A group that it knows only by another's word (GR18.7) gives it
 * neither the right nor a state to start from. @checks GR22
 */
export function mayFoundAnew(engine: Engine, group: Group): boolean {
  return mayRecreate(group, ownOf(engine).account) && isConfirmed(engine.db, group.groupId);
}

/** The moment of the next request: later than all before it, even if the clock was set back. */
export function nextAskingMs(engine: Engine, conversation: ConversationId): number {
  const { device } = ownOf(engine);
  const before = readResyncAnswer(engine.db, conversation, device)?.askedMs ?? 0;
  const askedMs = Math.max(before + 1, engine.ports.nowMs());
  engine.db.transaction(() =>
    writeResyncAnswer(engine.db, conversation, device, { askedMs, recreatedMs: 0, heardMs: 0 }),
  );
  return askedMs;
}

/** Whether the known owner and admins, and all other members, left this device without an answer for long. */
export function asksInVain({ db }: Engine, conversation: ConversationId): boolean {
  return (readConversation(db, conversation)?.asked ?? 0) >= asksBeforeAnyWord;
}

/**
 * The devices to ask. Own devices first; then members with the right to act: admins, the peer, or anyone in a group
 * without roles. All of them are asked before this device re-creates a group that others may still use. If they do not
 * answer, every other request goes to all members in turn: the owner and admins may be gone.
 */
function helpersOf(engine: Engine, group: Group): Group["members"] {
  const own = ownOf(engine);
  const asked = readConversation(engine.db, group.state.conversation)?.asked ?? 0;
  const stale = staleLeaves(engine, group);
  const others = group.members.filter(
    (member) => !equalBytes(member.device, own.device) && !stale.includes(member.leaf),
  );
  if (asked >= asksOfLeaders && asked % 2 === 1) {
    const turn = (((asked - asksOfLeaders) / 2) * helpersMax) % others.length;
    return [...others.slice(turn), ...others.slice(0, turn)].slice(0, helpersMax);
  }
  const mine = others.filter((member) => equalBytes(member.account, own.account));
  const acting = others.filter((member) => !group.rules.isLed || roleOf(group, member.account) !== undefined);
  const asksAll = acting.length === 0 || mayRecreate(group, own.account);
  return [...new Set([...mine, ...acting, ...(asksAll ? others : [])])].slice(0, helpersMax);
}
