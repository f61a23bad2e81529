/**
 * Resync (GR22): a conversation whose keys or gate do not agree is stopped, and mended.
 *
 * Who may founds it anew; who may not, or only missed a commit, asks own devices and those who may
 * act to remove and add this device in one commit. Nothing is ever accepted and ignored.
 */

import { encodeNote, type NoteOf } from "@yanshu/content";
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
import {
  type AccountId,
  type Address,
  type Bytes,
  type ConversationId,
  equalBytes,
  historyOf,
  toHex,
} from "@yanshu/wire";
import { type Engine, kindOf, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { isRecreating, planRecreate } from "../group-state/jobs.ts";
import { insertLine } from "../group-state/lines.ts";
import { notePart } from "../group-state/notes.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { farOf, homeBy } from "../group-state/places.ts";
import { resyncBytes } from "../group-state/resync-bytes.ts";
import { mayRecreate, roleOf } from "../group-state/store-group.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { otherHomes } from "../identity/other-home.ts";
import { staleLeaves } from "./commits.ts";

export type ResyncReason = "missed-commit" | "gate" | "fork" | "refused-commit" | "rolled-back";
/** Of a device that has no state to resync, because its account was restored there (GR31). */
export const restoredReason = 6;
const reasonNumbers: Readonly<Record<ResyncReason, number>> = {
  "missed-commit": 1,
  gate: 2,
  fork: 3,
  "refused-commit": 4,
  "rolled-back": 5,
};
/** What no commit in the group can mend. A state that is only behind needs a new leaf. */
const beyondCommits: ReadonlySet<number> = new Set([
  reasonNumbers.gate,
  reasonNumbers.fork,
  reasonNumbers["refused-commit"],
]);

export function wantsNewGroup(reason: number): boolean {
  return beyondCommits.has(reason);
}

const askAgainMs = 60_000;
/** Devices that one asking goes to. */
const helpersMax = 8;
const asksBeforeRecreating = 3;
/** Askings of those who lead, before everybody is asked: they may all have gone since. */
const asksOfLeaders = 3;
/** Askings after which the word of any member is believed that this device is out (GR22.7). */
const asksBeforeAnyWord = 10;
/** Of a state that nothing confirmed: an hour, in which anybody who holds the group would have answered. */
const asksUnconfirmed = 60;

/**
 * Stops the conversation and starts its resync; harmless when that is under way. In the turn.
 *
 * @param by whose doing it is, if that is certain: a group goes on without them (GR22.11).
 */
export function startResync(engine: Engine, conversation: ConversationId, why: ResyncReason, by?: AccountId): void {
  const row = readConversation(engine.db, conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  if (!isHere(row?.state) || group === undefined || row?.frozen !== null) return;
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
 * Groups whose gate, or this device's leaf, is at a home that it left and that is not the one of before any more:
 * nothing comes from there, and nobody would be told (HM68, HM69). In the turn.
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

/** After a restart: what was frozen is still to be mended. In the turn. */
export function resumeResyncs(engine: Engine): void {
  const frozen = engine.db.all<{ conversation: Bytes; frozen: ResyncReason }>(
    "SELECT conversation, frozen FROM conversations WHERE frozen IS NOT NULL",
  );
  for (const { conversation, frozen: why } of frozen) {
    if (isRecreating(engine, conversation)) continue;
    const { group_id, state } = readConversation(engine.db, conversation) ?? {};
    const group = group_id == null ? undefined : engine.groups.get(toHex(group_id));
    if (group === undefined || !isHere(state))
      engine.db.transaction(() => setFrozen(engine.db, conversation, undefined));
    else begin(engine, group, why);
  }
}

const isHere = (state: string | undefined) => state === "open" || state === "request-out";

/** @param stop what is written as the conversation is stopped. @param without who is left out of a new group. */
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

/** A key package to be let in again with, and the address of the leaf whose place it takes. */
type Offer = { readonly keyPackage: Bytes; readonly leaf: Address };

/** @param asked how often it was asked for since the start of the program, with `made`. */
async function askForResync(
  engine: Engine,
  conversation: ConversationId,
  group: Group,
  why: ResyncReason,
  asked = 0,
  made?: Offer,
): Promise<void> {
  const own = ownOf(engine);
  // Let in meanwhile, it asks no more in the name of this state, whatever needs a resync since.
  const isStillNeeded = () =>
    readConversation(engine.db, conversation)?.frozen != null &&
    engine.groups.get(toHex(group.groupId))?.epoch === group.epoch;
  // Asked until somebody did it: the note may be lost, or nobody may be awake.
  const noPackage = (error: unknown): undefined => {
    engine.failed(error);
    return undefined;
  };
  const askLater = (times: number, offer: Offer | undefined) =>
    engine.ports.after(askAgainMs, () => {
      if (isStillNeeded()) askForResync(engine, conversation, group, why, times, offer).catch(engine.failed);
    });
  const asksMax = isConfirmed(engine.db, group.groupId) ? asksBeforeRecreating : asksUnconfirmed;
  if (asked >= asksMax && mayRecreate(group, own.account)) {
    // Nobody can help: all who could are stopped as well.
    engine.db.transaction(() => planRecreate(engine, conversation));
    engine.schedule(conversation);
    return;
  }
  // Just opened, it does not wait for a minute: a phone's app may be closed again by then.
  if (!(await engine.link.whenReady("signed"))) {
    askLater(asked, made);
    return;
  }
  const helpers = helpersOf(engine, group);
  const list = engine.lists.get(own.account);
  if (!isStillNeeded() || list === undefined) return;
  const leaf = engine.places.get(toHex(conversation)) ?? ownAddress(group);
  // One package serves all the asking: each costs home an address for good.
  const offered = sameBytes(made?.leaf, leaf) ? made : await offerFor(engine, leaf, group).catch(noPackage);
  askLater(offered === undefined ? asked : asked + 1, offered);
  if (offered === undefined || helpers.length === 0 || !(await registerAddresses(engine))) return;
  const unsigned = {
    conversation,
    reason: reasonNumbers[why],
    founding: group.state.founding,
    epoch: group.epoch,
    askedMs: nextAskingMs(engine, conversation),
    device: own.device,
    keyPackage: offered.keyPackage,
  };
  engine.db.transaction(() => countAsking(engine.db, conversation));
  const signature = await engine.ports.crypto.sign(own.deviceKey.privateKey, resyncBytes(unsigned));
  const note = encodeNote({ kind: "resync", ...unsigned, history: historyOf(list), signature });
  const parts = await Promise.all(helpers.map((member) => notePart(engine, member, note)));
  await deposit(engine, parts);
}

async function offerFor(engine: Engine, leaf: Address, { state }: Group): Promise<Offer> {
  const server = homeBy(engine, state.gateServer);
  const { bytes } = await makeKeyPackage(engine, "hand", { replaces: leaf, server });
  return { keyPackage: bytes, leaf };
}

/**
 * Somebody who was asked holds another leaf of this device: that one is to be replaced, with the next asking. In the
 * turn.
 */
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

/** Not in any other conversation: nobody is handed what would put this device out of that one. @checks GR22 */
export function mayBeLeafOf({ db, groups }: Engine, conversation: ConversationId, address: Address): boolean {
  if (equalBytes(readAddress(db, address)?.conversation ?? conversation, conversation)) return true;
  // Leaves that came by one last-resort package share its address, until each has taken one of its own (DS4).
  const isElsewhere = ({ state, members, ownLeaf }: Group) =>
    !equalBytes(state.conversation, conversation) &&
    members.some((member) => member.leaf === ownLeaf && equalBytes(member.address, address));
  return (readKeyPackage(db, address)?.last_resort ?? 0) !== 0 && ![...groups.values()].some(isElsewhere);
}

/**
 * Whether this device may found the conversation anew. What it knows of a group by another's word alone (GR18.7) is no
 * reason to, and nothing to make a group of.
 * @checks GR22
 */
export function mayFoundAnew(engine: Engine, group: Group): boolean {
  return mayRecreate(group, ownOf(engine).account) && isConfirmed(engine.db, group.groupId);
}

/** Later than any asking before it, whatever became of this device's clock meanwhile. */
export function nextAskingMs(engine: Engine, conversation: ConversationId): number {
  const { device } = ownOf(engine);
  const before = readResyncAnswer(engine.db, conversation, device)?.askedMs ?? 0;
  const askedMs = Math.max(before + 1, engine.ports.nowMs());
  engine.db.transaction(() =>
    writeResyncAnswer(engine.db, conversation, device, { askedMs, recreatedMs: 0, heardMs: 0 }),
  );
  return askedMs;
}

/** Whether those who lead by the state that is held, and everybody else, let this device ask in vain for long. */
export function asksInVain({ db }: Engine, conversation: ConversationId): boolean {
  return (readConversation(db, conversation)?.asked ?? 0) >= asksBeforeAnyWord;
}

/**
 * Own other devices first; then those who may act: admins, the other side, or anyone there is; all of them before this
 * device founds anew what others may have gone on with. Where they do not answer, every other asking goes to all by
 * turns: who led may have gone, and anybody may let this device in.
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
