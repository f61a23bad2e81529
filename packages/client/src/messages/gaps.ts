/**
 * Gaps (docs/spec/sync.md SY5, SY6, SY9): every device counts its messages per conversation, and every
 * message repeats how far its sender heard others. So what the server drops shows at the next
 * message of anybody, is asked for again, and stays visible until it came or is known to be gone.
 */
import { type Message, resendLimits, type SeenMark } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import {
  addGap,
  countAgain,
  countDiagnostic,
  dropOldGaps,
  fillGap,
  heardAs,
  markAsked,
  markGone,
  noteFirstHeard,
  noteReportedMark,
  raiseSeq,
  readGaps,
  readHeard,
  readSent,
  writeHeard,
} from "@yanshu/store";
import { type AccountId, type ConversationId, concat, type DeviceId, equalBytes, toHex, utf8 } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { insertLine } from "../group-state/lines.ts";
import { say } from "./outbox.ts";
import { answerFor } from "./resend-answers.ts";

/** More missing than this is a lost state, not a lost message: it is shown as one. */
const gapMax = 512;
/** What is said again goes after what is said, and no more of it waits (SY9). */
const againMax = 64;
const hourMs = 3_600_000;
/** Numbers that one device asks for, and that are asked of one, within an hour. */
const hourlyMax = 512;

/** Inside a transaction. Answers whether `seq` was heard before, so that its message is a repeat. */
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
  // Set back to an older state, this device goes on counting behind what it had said: a number used twice is a repeat.
  if (equalBytes(sender.device, ownOf(engine).device)) raiseSeq(db, conversation, message.seq);
  for (const mark of message.seen) {
    if (equalBytes(mark.device, ownOf(engine).device)) continue;
    if (mark.seq <= message.seq && equalBytes(mark.device, sender.device)) continue; // It was just heard itself.
    // Also of somebody who is gone by now: what they said last may be what is missing.
    const known = readHeard(db, conversation, mark.device);
    if (known === undefined) {
      expectBehind(engine, group, mark);
      continue;
    }
    // A reported mark is unverified: it can show that something is missing, never that something was heard. A leap is a
    // lie.
    if (mark.seq <= known.highest || mark.seq > known.highest + gapMax) continue;
    miss(engine, conversation, mark.device, known.account, known.highest + 1, mark.seq);
  }
  return repeat;
}

/**
 * A member of whom this device, which came later, has heard nothing yet is expected behind what another heard of them
 * (SY5).
 */
function expectBehind({ db }: Engine, { state, members }: Group, { device, seq }: SeenMark): void {
  const member = members.find((one) => equalBytes(one.device, device));
  if (member !== undefined) noteReportedMark(db, state.conversation, { device, account: member.account, highest: seq });
}

/** What lies between these numbers is missing, and is asked for; inside a transaction. */
export function miss(
  engine: Engine,
  conversation: ConversationId,
  device: DeviceId,
  account: AccountId,
  first: number,
  last: number,
): void {
  if (last < first) return;
  const known = new Set(
    readGaps(engine.db, conversation).flatMap((gap) => (equalBytes(gap.device, device) ? [gap.seq] : [])),
  );
  const from = Math.max(first, last - gapMax + 1);
  const missing = Array.from({ length: last - from + 1 }, (_, i) => from + i).filter((seq) => !known.has(seq));
  if (missing.length === 0) return;
  for (const seq of missing) addGap(engine.db, conversation, device, account, seq, engine.ports.nowMs());
  dropOldGaps(engine.db, conversation, device, gapMax);
  countDiagnostic(engine.db, "gap");
  insertLine(engine, conversation, account, { kind: "lost", from: toHex(account) }, lostLineId(engine, account));
  askAgain(engine, conversation);
  engine.changed(topicOf(conversation));
}

/** One line an author and conversation, which counts what is missing now. */
function lostLineId(engine: Engine, account: AccountId) {
  return engine.ports.crypto.sha256(concat(utf8("lost line\0"), account)).subarray(0, 16);
}

/** Asks for what is missing and was not asked for; inside a transaction. */
function askAgain(engine: Engine, conversation: ConversationId): void {
  const open = readGaps(engine.db, conversation).filter((gap) => gap.asked === 0 && gap.gone === 0);
  const byDevice = new Map<string, typeof open>();
  for (const gap of open) byDevice.set(toHex(gap.device), [...(byDevice.get(toHex(gap.device)) ?? []), gap]);
  for (const gaps of byDevice.values()) {
    const [first] = gaps;
    if (first === undefined) continue;
    const { device } = first;
    const asked = withinTheHour(engine, engine.asked, conversation, first);
    const seqs = gaps.slice(0, Math.min(resendLimits.askMax, hourlyMax - asked.size)).map((gap) => gap.seq);
    for (const seq of seqs) {
      markAsked(engine.db, conversation, device, seq);
      asked.add(seq);
    }
    if (seqs.length > 0) say(engine, conversation, { kind: "ask", device, seqs });
  }
}

/**
 * The numbers that were asked for within an hour or so, by or of a device. In memory: what goes on is counted again.
 */
function withinTheHour(
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

/** Somebody lacks messages of this device; inside a transaction. A device is answered once an hour. */
export function answerAsk(
  engine: Engine,
  { state: { conversation } }: Group,
  asker: Member,
  seqs: readonly number[],
): void {
  const answered = withinTheHour(engine, engine.answered, conversation, asker);
  let room = againMax - countAgain(engine.db, conversation);
  const gone: number[] = [];
  for (const seq of seqs) {
    if (answered.has(seq) || answered.size >= hourlyMax) continue;
    answered.add(seq);
    const sent = readSent(engine.db, conversation, seq);
    if (sent === undefined) gone.push(seq);
    else if (room-- <= 0) answered.delete(seq);
    else say(engine, conversation, answerFor(asker, seq), undefined, sent.roster);
  }
  if (gone.length > 0) say(engine, conversation, { kind: "gone", seqs: gone });
}

export function learnGone(engine: Engine, conversation: ConversationId, sender: Member, seqs: readonly number[]): void {
  for (const seq of seqs) markGone(engine.db, conversation, sender.device, seq);
  engine.changed(topicOf(conversation));
}
