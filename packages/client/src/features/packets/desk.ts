/**
 * Desk: what a device says of packets by itself (docs/spec/packets.md RP4, RP6, RP7): secrets that are due, that a
 * packet is over, and what came of it. It looks at a packet when something was said of it, when the program starts, and
 * when its time has come.
 */
import { type BodyOf, decodeBody } from "@yanshu/content";
import { type MessageName, readMarks, readMessage } from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex } from "../../feature.ts";
import { isAnswered } from "./owe.ts";
import { isWhole, readRecord, secretOf } from "./record.ts";
import { takesHash } from "./split.ts";
import { dayMs, dueOf, type PacketRecord, type Standing, showMs, standingOf } from "./standing.ts";

/** A packet is looked at for so long: a day until it is over, three until it is settled, and days without the app. */
const watchedMs = 14 * dayMs;
const againMs = 60_000;

/** So many of one author's are watched at most, the newest of them. */
const watchedMax = 256;

type Watched = { readonly conversation: ConversationId; readonly name: MessageName; readonly dueMs: number };
type Row = { readonly conversation: ConversationId; readonly author: Bytes; readonly id: Bytes };

/** Of chats that were active lately: the index of a conversation holds the kind, so no other row is read. */
const lateSql = `
  SELECT m.conversation, m.author, m.id FROM conversations AS c
  CROSS JOIN messages AS m ON m.conversation = c.conversation AND m.kind IN ('packet', 'owe')
  WHERE c.active_ms > ? AND m.at_ms > ?`;

export class PacketDesk {
  private readonly watched = new Map<Hex, Watched>();
  private wakeMs = Number.POSITIVE_INFINITY;

  private readonly context: FeatureContext;

  constructor(context: FeatureContext) {
    this.context = context;
  }

  watch(conversation: ConversationId, name: MessageName): void {
    watchIn(this.watched, toHex(conversation) + toHex(name.author) + toHex(name.id), { conversation, name, dueMs: 0 });
  }

  start(): void {
    const { db, nowMs, after } = this.context;
    const sinceMs = nowMs() - watchedMs;
    for (const { conversation, author, id } of db.all<Row>(lateSql, sinceMs, sinceMs))
      this.watch(conversation, { author, id });
    if (this.watched.size > 0) after(0, () => this.work());
  }

  /** Says what is due. */
  work(): void {
    const { isHome, nowMs } = this.context;
    if (!isHome()) return;
    const now = nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [key, one] of this.watched) {
      const { conversation, name, dueMs } = one;
      const next = dueMs > now ? dueMs : this.lookAlone(conversation, name, now);
      if (next === undefined) this.watched.delete(key);
      else {
        // What was said meanwhile stays due.
        if (this.watched.get(key) === one) this.watched.set(key, { ...one, dueMs: next });
        nextMs = Math.min(nextMs, next);
      }
    }
    this.wakeAt(nextMs, now);
  }

  private wakeAt(atMs: number, now: number): void {
    if (atMs >= this.wakeMs || atMs === Number.POSITIVE_INFINITY) return;
    this.wakeMs = atMs;
    this.context.after(Math.max(atMs - now, 0), () => {
      if (this.wakeMs !== atMs) return;
      this.wakeMs = Number.POSITIVE_INFINITY;
      this.work();
    });
  }

  /** A packet that fails here stops no other (RP11). */
  private lookAlone(conversation: ConversationId, name: MessageName, now: number): number | undefined {
    try {
      return this.lookAt(conversation, name, now);
    } catch (error) {
      // In a chat that one left, or that is not open yet, nothing can be said.
      if (error instanceof ClientError) return now + againMs;
      this.context.failed(error);
      return undefined;
    }
  }

  /** Returns when to look again, without news; undefined: never. */
  private lookAt(conversation: ConversationId, name: MessageName, now: number): number | undefined {
    const { db, own, sha256 } = this.context;
    const row = readMessage(db, conversation, name.author, name.id);
    if (row === undefined) return undefined;
    const body = decodeBody(row.body);
    if (body?.kind === "owe") return this.lapseDue(conversation, name, body, row.sent_ms, now);
    // @checks RP11: nothing is reckoned of what cannot be split.
    if (body?.kind !== "packet" || !isWhole(body) || now - row.sent_ms > watchedMs) return undefined;
    const record = readRecord(this.context, conversation, name, row.sent_ms, body);
    const standing = standingOf(sha256, record, now);
    this.showDue(conversation, name, record, standing);
    if (!equalBytes(name.author, own())) return standing.result.isDone ? undefined : aheadOf(record, now);
    return this.endDue(conversation, name, record, standing, now);
  }

  /** What nobody answered within a day is off, by the word of who asked (RP30). */
  private lapseDue(
    conversation: ConversationId,
    name: MessageName,
    body: BodyOf<"owe">,
    sentMs: number,
    now: number,
  ): number | undefined {
    const { db, own, say, writable } = this.context;
    const marks = (kind: string) => readMarks(db, conversation, name.author, name.id, kind);
    const isLapsed = marks("lapsed").some(({ by }) => equalBytes(by, name.author));
    if (!equalBytes(name.author, own()) || isLapsed || isAnswered(body, name.author, marks)) return undefined;
    if (now < sentMs + dayMs) return sentMs + dayMs;
    say(writable(toHex(conversation)), { kind: "lapsed", id: name.id });
    return undefined;
  }

  private showDue(conversation: ConversationId, name: MessageName, record: PacketRecord, standing: Standing): void {
    const { db, own, say, sha256, writable } = this.context;
    const secrets = readMarks(db, conversation, name.author, name.id, "packetSecret");
    for (const { side, first, second } of dueOf(record, standing, own())) {
      const mine = side === "left" ? second : first;
      const secret = secretOf(secrets, mine.left)?.[side];
      if (secret === undefined) continue; // Another own device took it, and shows.
      const takes = takesHash(sha256, name.id, first, second);
      const named = { first: takeName(first), second: takeName(second), takes };
      say(writable(toHex(conversation)), { kind: "packetShow", ...name, side, secret, ...named });
    }
  }

  /** What who gave it says at its end. */
  private endDue(
    conversation: ConversationId,
    { id }: MessageName,
    record: PacketRecord,
    standing: Standing,
    now: number,
  ): number | undefined {
    const { sha256, say, writable } = this.context;
    if (record.settled !== undefined) return undefined;
    if (standing.result.isDone) {
      if (standing.openers.length === 0) return undefined;
      // Also where all is shown, so that each device can compare (RP19).
      say(writable(toHex(conversation)), { kind: "packetSettled", id, hash: standing.hash });
      return undefined;
    }
    if (record.over === undefined) {
      const overMs = record.sentMs + dayMs;
      if (now < overMs) return overMs;
      say(writable(toHex(conversation)), { kind: "packetOver", id });
      return Number.POSITIVE_INFINITY;
    }
    const settledMs = record.over.stampMs + showMs;
    if (now < settledMs) return settledMs;
    if (record.over.order === undefined) return now + againMs;
    const { hash } = standingOf(sha256, { ...record, settled: { stampMs: now, hash: id } }, now);
    say(writable(toHex(conversation)), { kind: "packetSettled", id, hash });
    return undefined;
  }
}

/** When an end counts that is stamped ahead of this clock (RP6). */
function aheadOf({ over, settled }: PacketRecord, now: number): number {
  const stamps = [over, settled].flatMap((one) => (one !== undefined && one.stampMs > now ? [one.stampMs] : []));
  return Math.min(Number.POSITIVE_INFINITY, ...stamps);
}

/** One author's many push out that author's oldest alone (RP18). */
export function watchIn<T extends { readonly name: MessageName }>(watched: Map<string, T>, key: string, one: T): void {
  const isNew = !watched.has(key);
  watched.set(key, one);
  if (!isNew) return;
  const theirs = [...watched].filter(([, { name }]) => equalBytes(name.author, one.name.author));
  const [oldest] = theirs;
  if (theirs.length > watchedMax && oldest !== undefined) watched.delete(oldest[0]);
}

function takeName({ account, id }: { readonly account: Bytes; readonly id: Bytes }) {
  return { author: account, id };
}

const desks = new WeakMap<object, PacketDesk>();

export function deskOf(context: FeatureContext): PacketDesk {
  const desk = desks.get(context.db) ?? new PacketDesk(context);
  desks.set(context.db, desk);
  return desk;
}
