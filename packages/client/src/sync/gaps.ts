/**
 * Gaps (docs/spec/sync.md SY5, SY6, SY9): every device counts its messages per conversation, and every
 * message repeats how far its sender heard others. So what the server drops shows at the next
 * message of anybody, is asked for again, and stays visible until it came or is known to be gone.
 */
import { bodyLimits, type Message } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import {
  addGap,
  countDiagnostic,
  fillGap,
  markAsked,
  markGone,
  readGaps,
  readHeard,
  readSent,
  writeHeard,
} from "@yanshu/store";
import { type AccountId, type ConversationId, concat, type DeviceId, equalBytes, toHex, utf8 } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { insertLine } from "../groups/lines.ts";
import { accountsOf } from "../groups/store-group.ts";
import { say, somebodyJoined } from "./outbox.ts";

/** More missing than this at once is a lost state, not a lost message: it is shown as one. */
const gapMax = 512;

/** Inside a transaction. Answers whether `seq` was heard before, so that its message is a repeat. */
export function hear(
  engine: Engine,
  conversation: ConversationId,
  sender: Member,
  message: Message,
  members: readonly Member[],
): boolean {
  const { db } = engine;
  const before = readHeard(db, conversation, sender.device);
  const filled = fillGap(db, conversation, sender.device, message.seq);
  const repeat = before !== undefined && message.seq <= before.highest && !filled;
  if (before !== undefined)
    miss(engine, conversation, sender.device, sender.account, before.highest + 1, message.seq - 1);
  writeHeard(db, conversation, { device: sender.device, account: sender.account, highest: message.seq });
  for (const mark of message.seen) {
    const device = members.find((member) => equalBytes(member.device, mark.device));
    if (device === undefined || equalBytes(mark.device, ownOf(engine).device)) continue;
    const known = readHeard(db, conversation, mark.device);
    // Hearsay: it can show that something is missing, never that something was heard. A leap is a lie.
    if (known === undefined || mark.seq <= known.highest || mark.seq > known.highest + gapMax) continue;
    miss(engine, conversation, mark.device, device.account, known.highest + 1, mark.seq);
  }
  return repeat;
}

function miss(
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
    const seqs = gaps.slice(0, bodyLimits.askMax).map((gap) => gap.seq);
    const device = gaps[0]?.device;
    if (device === undefined) continue;
    for (const seq of seqs) markAsked(engine.db, conversation, device, seq);
    say(engine, conversation, { kind: "ask", device, seqs });
  }
}

/**
 * Somebody lacks messages of this device; inside a transaction. What was said before one of those
 * who are here now had joined stays unsaid: a newcomer reads from joining on.
 */
export function answerAsk(engine: Engine, group: Group, seqs: readonly number[]): void {
  const { conversation } = group.state;
  const gone: number[] = [];
  for (const seq of seqs) {
    const sent = readSent(engine.db, conversation, seq);
    if (sent === undefined || somebodyJoined(sent.roster, accountsOf(group.members))) gone.push(seq);
    else say(engine, conversation, { kind: "again", seq, message: sent.message });
  }
  if (gone.length > 0) say(engine, conversation, { kind: "gone", seqs: gone });
}

export function learnGone(engine: Engine, conversation: ConversationId, sender: Member, seqs: readonly number[]): void {
  for (const seq of seqs) markGone(engine.db, conversation, sender.device, seq);
  engine.changed(topicOf(conversation));
}
