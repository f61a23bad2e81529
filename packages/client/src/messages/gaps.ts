/**
 * Gaps (docs/spec/sync.md SY5, SY6, SY9): every device numbers its messages in each conversation, and every
 * message says how far its sender heard others. If the server drops a message, the next one from any member
 * reveals it. The device asks for it, and shows a line until it arrives or its author no longer has it.
 */
import { type Message, resendLimits, type SeenMark } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import {
  addGap,
  countAgain,
  countDiagnostic,
  dropOldGaps,
  fillGap,
  type HeardRow,
  heardAs,
  markAsked,
  markGone,
  noteFirstHeard,
  noteReportedMark,
  raiseSeq,
  readConversation,
  readGaps,
  readHeard,
  readSent,
  takenAfter,
  unmarkAsked,
  writeBehind,
  writeHeard,
} from "@yanshu/store";
import { type AccountId, type ConversationId, concat, type DeviceId, equalBytes, toHex, utf8 } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { insertLine } from "../group-state/lines.ts";
import { accountsOf } from "../group-state/store-group.ts";
import { say } from "./outbox.ts";
import { answerFor } from "./resend-answers.ts";
import { somebodyJoined } from "./roster.ts";

/** Of a longer gap only the latest so many numbers are kept and asked for. */
export const gapMax = 512;
/** Resent messages go out after new ones, and at most so many wait in a conversation (SY9b). */
const againMax = 64;
const hourMs = 3_600_000;
/** What was said at one time on both sides, or waited for a network, has crossed by then. */
const crossedMsMax = 600_000;
/** Of own messages that somebody has not heard so many are looked at for one that was for them. */
const takenMax = 16;
/** At most so many numbers are asked of a device, and answered to a device, per conversation and hour. */
const hourlyMax = 512;

/**
 * Records that `message` was received: raises how far its sender was heard, notes the numbers between as gaps, and asks
 * for them. Inside a transaction. Returns true if it is a repeat.
 */
export function hear(engine: Engine, group: Group, sender: Member, message: Message): boolean {
  const { db } = engine;
  const { conversation } = group.state;
  const before = heardAs(db, conversation, sender.device, sender.account);
  const filled = before?.gaps !== 0 && fillGap(db, conversation, sender.device, message.seq);
  const isFirst = before === undefined || before.isReported === 1;
  const repeat = !isFirst && message.seq <= before.highest && !filled;
  if (isFirst) noteFirstHeard(db, { conversation, ...sender, seq: message.seq });
  if (before !== undefined)
    miss(engine, conversation, sender.device, sender.account, before.highest + 1, message.seq - 1);
  writeHeard(db, conversation, { device: sender.device, account: sender.account, highest: message.seq });
  // Set back to an older state, this device goes on counting after the highest number that it had used. Otherwise it
  // would use a number twice, and others would drop the second message as a repeat.
  if (equalBytes(sender.device, ownOf(engine).device)) raiseSeq(db, conversation, message.seq);
  for (const mark of message.seen) {
    if (equalBytes(mark.device, ownOf(engine).device)) {
      // What was said earlier, and comes again or late, tells how it was then.
      if (message.seq > (before?.highest ?? 0)) heardOfOwn(engine, conversation, message, mark.seq, before ?? sender);
      continue;
    }
    if (mark.seq <= message.seq && equalBytes(mark.device, sender.device)) continue; // The message itself says as much.
    // Also of somebody who is gone by now: what they said last may be what is missing.
    const known = readHeard(db, conversation, mark.device);
    if (known === undefined) {
      expectAfter(engine, group, mark);
      continue;
    }
    // A reported mark is unverified: it can show that something is missing, never that something was heard. One far
    // ahead is ignored, since it would make gaps without end.
    if (mark.seq <= known.highest || mark.seq > known.highest + gapMax) continue;
    miss(engine, conversation, mark.device, known.account, known.highest + 1, mark.seq, "told");
  }
  return repeat;
}

/**
 * `sender` says that it has heard this device up to `seq`. What home took after that and never handed on shows here
 * alone: nobody else hears anything of this device. One such message may have crossed with an own one; two of them, ten
 * minutes apart, have not (SY70). Inside a transaction.
 */
function heardOfOwn(
  engine: Engine,
  conversation: ConversationId,
  { sentAtMs }: Message,
  seq: number,
  { device, account, behindSeq = null, behindMs = null }: Pick<Member, "device" | "account"> & Partial<HeardRow>,
): void {
  const { db, ports } = engine;
  const own = ownOf(engine);
  if (equalBytes(account, own.account)) return;
  if (behindSeq !== null && seq >= behindSeq) writeBehind(db, conversation, device, undefined);
  else if (behindSeq !== null && behindMs !== null) {
    // @checks SY70
    if (Math.abs(ports.nowMs() - behindMs) < crossedMsMax) return;
    const line = { kind: "unheard", who: toHex(account), seq: behindSeq } as const;
    insertLine(engine, conversation, account, line, unheardLineId(engine, account, behindSeq));
    return;
  }
  // Of whom nothing was heard at all nothing follows: a device that came later says the same.
  if (seq === 0 || (readHeard(db, conversation, own.device)?.highest ?? 0) <= seq) return;
  const first = takenAfter(db, conversation, seq, takenMax).find(({ roster }) => !somebodyJoined(roster, [account]));
  // What they wrote before it was said proves nothing.
  // @checks SY70
  if (first === undefined || sentAtMs < first.kept_ms) return;
  writeBehind(db, conversation, device, { seq: first.seq, ms: ports.nowMs() });
}

/** Id of the line that says from which own message on somebody heard nothing. 16 bytes. */
function unheardLineId(engine: Engine, account: AccountId, seq: number) {
  return engine.ports.crypto.sha256(concat(utf8(`unheard line\0${seq}\0`), account)).subarray(0, 16);
}

/**
 * A device of which this one has heard nothing yet is expected to go on after what another heard of it (SY5). If this
 * device passed over commits, one that is in the group no more may have come and gone meanwhile: all that it said is
 * missing (SY58).
 */
function expectAfter(engine: Engine, { state, members }: Group, { device, seq }: SeenMark): void {
  const { db, lists } = engine;
  const { conversation } = state;
  const member = members.find((one) => equalBytes(one.device, device));
  const account =
    member?.account ?? accountsOf(members).find((one) => lists.get(one)?.everListed.has(toHex(device)) === true);
  if (account === undefined) return;
  if (member !== undefined || readConversation(db, conversation)?.resynced !== 1) {
    noteReportedMark(db, conversation, { device, account, highest: seq });
    return;
  }
  writeHeard(db, conversation, { device, account, highest: 0 });
  miss(engine, conversation, device, account, 1, seq);
}

/**
 * What lies between these numbers is missing, and is asked for; inside a transaction. @param how `told`: another device
 * says so, which may be false; it takes the place of nothing that a message showed (SY63).
 */
export function miss(
  engine: Engine,
  conversation: ConversationId,
  device: DeviceId,
  account: AccountId,
  first: number,
  last: number,
  how: "shown" | "told" = "shown",
): void {
  if (last < first) return;
  const known = new Set(
    readGaps(engine.db, conversation).flatMap((gap) => (equalBytes(gap.device, device) ? [gap.seq] : [])),
  );
  const from = Math.max(first, last - gapMax + 1);
  const between = Array.from({ length: last - from + 1 }, (_, i) => from + i).filter((seq) => !known.has(seq));
  // @checks SY63
  const missing = how === "told" ? between.slice(0, Math.max(0, gapMax - known.size)) : between;
  if (missing.length === 0) return;
  for (const seq of missing) addGap(engine.db, conversation, device, account, seq, engine.ports.nowMs());
  dropOldGaps(engine.db, conversation, device, gapMax);
  countDiagnostic(engine.db, "gap");
  insertLine(engine, conversation, account, { kind: "lost", from: toHex(account) }, lostLineId(engine, account));
  askForMissing(engine, conversation);
  engine.changed(topicOf(conversation));
}

/** A message came that is not shown: it counts as lost, and nobody is asked for it. Inside a transaction. */
export function loseForGood(
  engine: Engine,
  conversation: ConversationId,
  { device, account }: Member,
  seq: number,
): void {
  const { db } = engine;
  const isHeard = (readHeard(db, conversation, device)?.highest ?? 0) >= seq;
  if (isHeard) return;
  addGap(db, conversation, device, account, seq, engine.ports.nowMs());
  markAsked(db, conversation, device, seq);
  markGone(db, conversation, device, seq);
  dropOldGaps(db, conversation, device, gapMax);
  insertLine(engine, conversation, account, { kind: "lost", from: toHex(account) }, lostLineId(engine, account));
  engine.changed(topicOf(conversation));
}

/** Id of the line that says what of an author is lost: one in each conversation, where ids are unique. 16 bytes. */
function lostLineId(engine: Engine, account: AccountId) {
  return engine.ports.crypto.sha256(concat(utf8("lost line\0"), account)).subarray(0, 16);
}

/** Asks for what is missing and was not asked for; inside a transaction. */
function askForMissing(engine: Engine, conversation: ConversationId): void {
  const open = readGaps(engine.db, conversation).filter((gap) => gap.asked === 0 && gap.gone === 0);
  const byDevice = new Map<string, typeof open>();
  for (const gap of open) byDevice.set(toHex(gap.device), [...(byDevice.get(toHex(gap.device)) ?? []), gap]);
  for (const gaps of byDevice.values()) {
    const [first] = gaps;
    if (first === undefined) continue;
    const { device } = first;
    const asked = hourlySet(engine, engine.asked, conversation, first);
    const seqs = gaps.slice(0, Math.min(resendLimits.askMax, hourlyMax - asked.size)).map((gap) => gap.seq);
    for (const seq of seqs) {
      markAsked(engine.db, conversation, device, seq);
      asked.add(seq);
    }
    if (seqs.length > 0) say(engine, conversation, { kind: "resendRequest", device, seqs });
  }
}

/**
 * Devices came into the group: what they said and is missing here was asked for where they did not hear it, and is
 * asked for once more (HM87). Inside a transaction.
 */
export function askAgain(engine: Engine, conversation: ConversationId, came: readonly Pick<Member, "device">[]): void {
  const isMissed = ({ device, gone }: { readonly device: DeviceId; readonly gone: number }) =>
    gone === 0 && came.some((one) => equalBytes(one.device, device));
  if (came.length === 0 || !readGaps(engine.db, conversation).some(isMissed)) return;
  for (const { device } of came) unmarkAsked(engine.db, conversation, device);
  askForMissing(engine, conversation);
}

/**
 * The numbers that `counted` holds of a device since its hour began: those asked of it (`engine.asked`) or answered to
 * it (`engine.answered`). Callers add to it. In memory, so a restart begins with none.
 */
function hourlySet(
  { ports }: Engine,
  counted: Engine["asked"],
  conversation: ConversationId,
  { device, account }: Pick<Member, "device" | "account">,
): Set<number> {
  const key = toHex(concat(conversation, device, account));
  const nowMs = ports.nowMs();
  const held = counted.get(key);
  if (held !== undefined && Math.abs(nowMs - held.sinceMs) < hourMs) return held.seqs;
  const fresh = { sinceMs: nowMs, seqs: new Set<number>() };
  counted.set(key, fresh);
  return fresh.seqs;
}

/**
 * A device asks for messages of this one: each number is answered once an hour, and at most `hourlyMax` of them. Inside
 * a transaction.
 */
export function answerAsk(
  engine: Engine,
  { state: { conversation } }: Group,
  asker: Member,
  seqs: readonly number[],
): void {
  const answered = hourlySet(engine, engine.answered, conversation, asker);
  const ownSeq = readConversation(engine.db, conversation)?.own_seq ?? 0;
  let room = againMax - countAgain(engine.db, conversation);
  const gone: number[] = [];
  const empty: number[] = [];
  for (const seq of seqs) {
    if (answered.has(seq) || answered.size >= hourlyMax) continue;
    answered.add(seq);
    const sent = readSent(engine.db, conversation, seq);
    // By a number that was not reached yet nobody said anything: who told of it lied. @checks SY63
    if (seq > ownSeq || sent?.message.length === 0) empty.push(seq);
    else if (sent === undefined) gone.push(seq);
    else if (room-- <= 0) answered.delete(seq);
    // For those who were there when it was said: those who joined later may not read it (SY9).
    else say(engine, conversation, answerFor(asker, seq), undefined, sent.roster);
  }
  if (gone.length > 0) say(engine, conversation, { kind: "unavailable", seqs: gone });
  for (let at = 0; at < empty.length; at += resendLimits.askMax - 1)
    say(engine, conversation, { kind: "unavailable", seqs: [0, ...empty.slice(at, at + resendLimits.askMax - 1)] });
}

/**
 * The author's device has these numbers no more: they are shown as lost for good. Behind a 0, which is the number of no
 * message, are those by which nobody said anything (HM88). Inside a transaction.
 */
export function learnGone(engine: Engine, conversation: ConversationId, sender: Member, seqs: readonly number[]): void {
  const isEmpty = seqs[0] === 0;
  for (const seq of seqs.slice(isEmpty ? 1 : 0))
    if (isEmpty) fillGap(engine.db, conversation, sender.device, seq);
    else markGone(engine.db, conversation, sender.device, seq);
  engine.changed(topicOf(conversation));
}
