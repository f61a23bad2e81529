/**
 * Who may ring this device by a group's call, and how often (docs/spec/calls.md CA22, CA90, CA141, CA144, CA192,
 * CA201–CA203).
 */
import { readContact, readMembers } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex } from "../../feature.ts";
import type { GroupRoom, RingSaid } from "./group-room.ts";
import { callMsMax, ringMs } from "./ring.ts";

/** Rings of one call, and of one author in a day, until one is in a call with them. */
const callRingsMax = 3;
const authorRingsMax = 20;
const dayMs = 86_400_000;

export class GroupRings {
  private readonly context: FeatureContext;
  private readonly rooms: ReadonlyMap<Hex, GroupRoom>;
  /** By conversation and who rings: their call that rang last. */
  private readonly rung = new Map<string, { readonly call: Hex; readonly atMs: number; readonly isMore: boolean }>();
  /** Of each call that rang here within a day: when last, how often, and whether one declined it. */
  private readonly calls = new Map<Hex, { readonly atMs: number; readonly n: number; readonly isDeclined: boolean }>();
  /** By author: when they rang within a day. */
  private readonly authors = new Map<Hex, readonly number[]>();

  constructor(context: FeatureContext, rooms: GroupRings["rooms"]) {
    this.context = context;
    this.rooms = rooms;
  }

  /**
   * @param isAsked their last ring of this chat is this one, which waited until they were heard.
   * @checks CA192, CA203
   */
  mayRing({ conversation, by, rings, sentAtMs }: RingSaid, isAsked = false): boolean {
    const { context } = this;
    const own = context.own();
    if (equalBytes(by, own) || !rings.some((one) => equalBytes(one, own))) return false;
    if (Math.abs(context.rooms.nowMs() - sentAtMs) >= callMsMax) return false;
    if (context.rooms.areThere() !== true || !context.rooms.haveMedia()) return false;
    if (readContact(context.db, by as AccountId)?.state === "blocked" || !mayBeIn(context, conversation)) return false;
    const nowMs = context.nowMs();
    for (const room of this.rooms.values())
      if (room.ringUntilMs > nowMs && equalBytes(room.conversation, conversation)) return false;
    if (this.latelyOf(by).length >= authorRingsMax) return false;
    const before = this.rung.get(keyOf(conversation, by));
    return isAsked || before === undefined || nowMs - before.atMs >= ringMs;
  }

  /** Not one that was declined here, or that rang often enough. */
  mayRingBy({ call }: GroupRoom): boolean {
    const known = this.calls.get(call);
    return known === undefined || (!known.isDeclined && known.n < callRingsMax);
  }

  /**
   * Who rings is not blocked meanwhile, and still in the group, as one is oneself.
   * @checks CA213
   */
  mayRingOn({ conversation, ringsBy }: GroupRoom): boolean {
    const { db } = this.context;
    if (readContact(db, fromHex(ringsBy) as AccountId)?.state === "blocked") return false;
    if (!mayBeIn(this.context, conversation)) return false;
    return readMembers(db, conversation).some(({ account }) => toHex(account) === ringsBy);
  }

  /**
   * @param isMore by a `callRing`, also before it rings: its author may say another a minute later, whatever becomes of
   * this one.
   */
  asked({ call, conversation }: GroupRoom, by: Bytes, isMore: boolean): void {
    const nowMs = this.context.nowMs();
    for (const [who, { atMs }] of this.rung) if (nowMs - atMs >= ringMs) this.rung.delete(who);
    this.rung.set(keyOf(conversation, by), { call, atMs: nowMs, isMore });
  }

  rang({ call }: GroupRoom, by: Bytes): void {
    const nowMs = this.context.nowMs();
    for (const [one, { atMs }] of this.calls) if (nowMs - atMs >= dayMs) this.calls.delete(one);
    this.calls.set(call, { atMs: nowMs, n: (this.calls.get(call)?.n ?? 0) + 1, isDeclined: false });
    for (const [one, all] of this.authors) if (all.every((atMs) => nowMs - atMs >= dayMs)) this.authors.delete(one);
    this.authors.set(toHex(by), [...this.latelyOf(by), nowMs]);
  }

  private latelyOf(by: Bytes): readonly number[] {
    const nowMs = this.context.nowMs();
    return this.authors.get(toHex(by))?.filter((atMs) => nowMs - atMs < dayMs) ?? [];
  }

  declined({ call }: GroupRoom): void {
    this.calls.set(call, { atMs: this.context.nowMs(), n: callRingsMax, isDeclined: true });
  }

  /** Its ring ended by itself: who rang by its message may ring again at once, and who rang more by it may not. */
  forget({ call }: GroupRoom): void {
    for (const [who, rung] of this.rung) if (rung.call === call && !rung.isMore) this.rung.delete(who);
  }

  /** One is in it: it may ring again, and so may who rang. */
  answered({ call, ringsBy }: GroupRoom): void {
    for (const [who, rung] of this.rung) if (rung.call === call) this.rung.delete(who);
    this.calls.delete(call);
    this.authors.delete(ringsBy);
  }
}

/** Not while the group waits for one's yes, nor once one is out of it. */
export function mayBeIn(context: FeatureContext, conversation: ConversationId): boolean {
  try {
    context.writable(toHex(conversation));
    return true;
  } catch {
    return false;
  }
}

function keyOf(conversation: ConversationId, by: Bytes): string {
  return `${toHex(conversation)} ${toHex(by)}`;
}
