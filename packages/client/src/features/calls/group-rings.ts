/** Who may ring this device by a group's call, and how often (docs/spec/calls.md CA22, CA90, CA141, CA144, CA192). */
import { readContact } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex } from "../../feature.ts";
import type { GroupRoom } from "./group-room.ts";

/** Who rings whom in a group, and when. */
export type RingSaid = {
  readonly conversation: ConversationId;
  readonly by: Bytes;
  readonly rings: readonly Bytes[];
  readonly sentAtMs: number;
};

export const ringMs = 60_000;
/** As one-to-one calls have it (CA22). */
export const freshMsMax = 90_000;

export class GroupRings {
  private readonly context: FeatureContext;
  private readonly rooms: ReadonlyMap<Hex, GroupRoom>;
  /** By conversation and who rings: their call that rang last. */
  private readonly rung = new Map<string, { readonly call: Hex; readonly atMs: number }>();

  constructor(context: FeatureContext, rooms: GroupRings["rooms"]) {
    this.context = context;
    this.rooms = rooms;
  }

  /** @checks CA192 */
  mayRing({ conversation, by, rings, sentAtMs }: RingSaid): boolean {
    const { context } = this;
    const own = context.own();
    if (equalBytes(by, own) || !rings.some((one) => equalBytes(one, own))) return false;
    if (Math.abs(context.rooms.nowMs() - sentAtMs) >= freshMsMax) return false;
    if (context.rooms.areThere() !== true || !context.rooms.haveMedia()) return false;
    if (readContact(context.db, by as AccountId)?.state === "blocked" || !mayBeIn(context, conversation)) return false;
    const nowMs = context.nowMs();
    for (const room of this.rooms.values())
      if (room.ringUntilMs > nowMs && equalBytes(room.conversation, conversation)) return false;
    const before = this.rung.get(keyOf(conversation, by));
    return before === undefined || nowMs - before.atMs >= ringMs;
  }

  rang({ call, conversation }: GroupRoom, by: Bytes): void {
    const nowMs = this.context.nowMs();
    for (const [who, { atMs }] of this.rung) if (nowMs - atMs >= ringMs) this.rung.delete(who);
    this.rung.set(keyOf(conversation, by), { call, atMs: nowMs });
  }

  /** Who rang by it may ring again at once. */
  forget({ call }: GroupRoom): void {
    for (const [who, rung] of this.rung) if (rung.call === call) this.rung.delete(who);
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
