/**
 * Renewal (GR25): a leaf gets fresh keys and a fresh address a week after it last did, or a day after its device
 * joined. So a stolen copy of a device's state soon reads nothing, and trees fill with keys.
 *
 * It is lazy: messages trigger it, so a silent conversation costs nothing. A sender renews; a reader renews by chance,
 * about one of all members per message. It never delays a message. A group has at most twelve such commits a day, one
 * per device, which everybody counts from what the gate delivers; so one device cannot use up the day of all.
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
/** A new device counts commits for a day before it renews, because it does not know those before it joined. */
const countFirstMs = dayMs;
const pathCommitsADay = 12;
/** Of one account no more count: one with many devices would else spend the day of all others. */
const pathCommitsOfOne = 3;
/** Wait after the message that triggered it: further messages go first, and devices do not all commit at once. */
const delayMsMin = 5_000;
const delayMsSpread = 55_000;

/** This device joined a group; inside a transaction. */
export function noteJoined(engine: Engine, groupId: Bytes): void {
  setRenewal(engine.db, groupId, engine.ports.nowMs() + countFirstMs);
}

/** A commit was adopted; inside a transaction. */
export function noteCommit(engine: Engine, group: Group, effect: CommitEffect): void {
  const nowMs = engine.ports.nowMs();
  const encoded = (state: GroupState) => encodeGroupState(state, engine.mls.kinds);
  const isBare = effect.removed.length === 0 && equalBytes(encoded(effect.before), encoded(effect.after));
  const { account, device } = effect.committer;
  if (isBare && effect.added.length === 0) {
    const theirs = group.members.filter((one) => equalBytes(one.account, account)).map((one) => one.device);
    addPathCommit(engine.db, group.groupId, device, group.epoch, nowMs, pathCommitsADay, theirs, pathCommitsOfOne);
  }
  // A commit that only adds has no path (GR3.5), and does not change its committer's keys.
  const hasPath = !isBare || effect.added.length === 0;
  if (hasPath && equalBytes(device, ownOf(engine).device)) setRenewal(engine.db, group.groupId, nowMs + renewAfterMs);
}

/** A message was sent or read: may plan a renewal of this device's leaf. */
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

/** Called by the send loop when it has nothing else to do: whether to renew the leaf now. In the turn. */
export function takeRenewal(engine: Engine, group: Group): boolean {
  const { conversation } = group.state;
  const key = toHex(conversation);
  if (engine.renewals.get(key) !== "now" || firstInOutbox(engine.db, conversation) !== undefined) return false;
  engine.renewals.delete(key); // Deleted in any case: if others used up the day, the next message decides again.
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
  // A date further ahead than any is planned: the clock was set back since.
  return nowMs >= dueMs || dueMs - nowMs > renewAfterMs;
}
