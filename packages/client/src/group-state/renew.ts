/**
 * Renew (GR25): a leaf gets fresh keys, and a fresh address with them, a week after it last did and a day after its
 * device joined, so that who once copied a device's state soon reads nothing with it, and so that trees fill up.
 *
 * It is lazy: words are the occasion, so a conversation in which nobody speaks costs nothing. Anyone who spoke does it;
 * anyone who read does it by chance, about one of all at each message. It never stands before a message, and at most
 * twelve commits of the kind are made a day and group, counted by everybody as the gate shows them, one a device: so
 * nobody uses up the day of all.
 */
import { type CommitEffect, encodeGroupState, type Group, type GroupState } from "@yanshu/mls";
import {
  addPathCommit,
  firstInOutbox,
  pathCommitsAround,
  readConversation,
  readRenewal,
  setRenewal,
} from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, ownOf, sameBytes } from "../core/engine.ts";
import { ownAddress } from "./own-leaf.ts";

const dayMs = 86_400_000;
const renewAfterMs = 7 * dayMs;
/** A device that came counts for a day before it adds to the count: it does not know of those before it. */
const countFirstMs = dayMs;
const pathCommitsADay = 12;
/** After the words that were the occasion: what else is on the tongue goes first, and not everybody comes at once. */
const delayMsMin = 5_000;
const delayMsSpread = 55_000;

/** This device has a leaf in a group that is new to it; inside a transaction. */
export function noteJoined(engine: Engine, groupId: Bytes): void {
  setRenewal(engine.db, groupId, engine.ports.nowMs() + countFirstMs);
}

/** A commit was adopted; inside a transaction. */
export function noteCommit(engine: Engine, group: Group, effect: CommitEffect): void {
  const nowMs = engine.ports.nowMs();
  const encoded = (state: GroupState) => encodeGroupState(state, engine.mls.kinds);
  const isBare = effect.removed.length === 0 && equalBytes(encoded(effect.before), encoded(effect.after));
  const { device } = effect.committer;
  if (isBare && effect.added.length === 0)
    addPathCommit(engine.db, group.groupId, device, group.epoch, nowMs, pathCommitsADay);
  // A commit that only adds comes without a path (GR3.5), and leaves its maker's keys as they were.
  const hasPath = !isBare || effect.added.length === 0;
  if (hasPath && equalBytes(device, ownOf(engine).device)) setRenewal(engine.db, group.groupId, nowMs + renewAfterMs);
}

/** Something was said: perhaps it falls to this device to renew its leaf, in a while. */
export function perhapsRenew(engine: Engine, group: Group, isOwnWord: boolean): void {
  const { conversation } = group.state;
  const key = toHex(conversation);
  if (engine.renewals.has(key) || !mayRenew(engine, group)) return;
  if (!isOwnWord && engine.ports.chance() * group.members.length >= 1) return;
  engine.renewals.set(key, "drawn");
  engine.ports.after(delayMsMin + engine.ports.chance() * delayMsSpread, () => {
    if (engine.renewals.get(key) !== "drawn") return;
    engine.renewals.set(key, "now");
    engine.schedule(conversation);
  });
}

/** Asked by the send loop when nothing else is to be done here: whether the leaf gets its keys now. In the turn. */
export function takeRenewal(engine: Engine, group: Group): boolean {
  const { conversation } = group.state;
  const key = toHex(conversation);
  if (engine.renewals.get(key) !== "now" || firstInOutbox(engine.db, conversation) !== undefined) return false;
  engine.renewals.delete(key); // Once: if others were faster, the next words decide anew.
  return mayRenew(engine, group);
}

function mayRenew(engine: Engine, group: Group): boolean {
  const { db, ports } = engine;
  const row = readConversation(db, group.state.conversation);
  if (row?.state !== "open" || row.frozen !== null || !sameBytes(row.group_id, group.groupId)) return false;
  return (
    (isDue(engine, group) || engine.floodedLeaves.has(toHex(ownAddress(group)))) &&
    group.members.length > 1 &&
    pathCommitsAround(db, group.groupId, ports.nowMs(), dayMs) < pathCommitsADay
  );
}

function isDue({ db, ports }: Engine, group: Group): boolean {
  const dueMs = readRenewal(db, group.groupId) ?? 0;
  const nowMs = ports.nowMs();
  // Further ahead than is ever planned: the clock was set back since.
  return nowMs >= dueMs || dueMs - nowMs > renewAfterMs;
}
