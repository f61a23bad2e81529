/**
 * Secrets of group calls that are over (docs/spec/calls.md CA103): where nobody said `callEnd`, home is asked now and
 * then whether somebody holds the room open, until nobody does; then the secret goes from the record.
 */
import { readCalls } from "@yanshu/store";
import { type Bytes, type ConversationId, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex, RoomLine } from "../../feature.ts";
import { type CallHome, callHome } from "./call-home.ts";
import { roomName } from "./say.ts";
import { type CallMessage, rungFor, storedCall } from "./stored-call.ts";

type CallName = CallMessage & { readonly conversation: ConversationId };

/** After the start, and from then on. */
const firstMs = 10_000;
const everyMs = 600_000;
/** A room that is not there is asked for once more: home may have started anew. */
const againMs = 60_000;
/** Nobody can be in a call of before. */
const callMsMax = 12 * 3_600_000;
/** Home answers within this time, or is asked the next time. */
const answerMs = 30_000;
/** Of the newest; those of before wait for their twelve hours. */
const askedMax = 16;

export class GroupSecrets {
  private readonly context: FeatureContext;
  private readonly forget: (conversation: ConversationId, message: CallMessage) => void;
  /** Whether this device is in that room, by its name. */
  private readonly isIn: (room: Hex) => boolean;
  private readonly missingSinceMs = new Map<Hex, number>();
  private isStarted = false;

  constructor(context: FeatureContext, forget: GroupSecrets["forget"], isIn: (room: Hex) => boolean) {
    this.context = context;
    this.forget = forget;
    this.isIn = isIn;
  }

  /** Looks from now on; once. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.lookIn(firstMs);
  }

  private lookIn(ms: number): void {
    this.context.after(ms, () => {
      this.lookIn(everyMs);
      const { db, rooms, group } = this.context;
      let asked = 0;
      for (const call of readCalls(db)) {
        if (rooms.nowMs() - call.sentMs >= callMsMax) this.forget(call.conversation, call);
        else if (group(call.conversation)?.kind.hasGroupCalls === true && asked < askedMax && this.ask(call)) asked++;
      }
    });
  }

  /** Returns whether home is asked: not of a call whose secret is gone, or that this device is in. */
  private ask(call: CallName): boolean {
    const { rooms, after, nowMs } = this.context;
    const room = this.roomOf(call);
    if (room === undefined || this.isIn(toHex(room)) || rooms.areThere() !== true) return false;
    const { at, isMet } = this.homeOf(call);
    // A home that the message alone names is not asked (PE70): the secret waits for its twelve hours.
    if (!isMet) return false;
    const name = toHex(room);
    let line: RoomLine | undefined;
    let isAnswered = false;
    const end = () => {
      isAnswered = true;
      line?.close();
    };
    line = rooms.listen(
      room,
      {
        entered: () => {
          this.missingSinceMs.delete(name);
          end();
        },
        refused: (code) => {
          if (isAnswered || code !== "token-needed") return;
          isAnswered = true;
          const sinceMs = this.missingSinceMs.get(name) ?? nowMs();
          this.missingSinceMs.set(name, sinceMs);
          if (nowMs() - sinceMs < againMs) after(againMs, () => void this.ask(call));
          else {
            this.missingSinceMs.delete(name);
            this.forget(call.conversation, call);
          }
        },
        said: () => undefined,
        seats: () => undefined,
        relay: () => undefined,
        away: () => undefined,
      },
      at,
    );
    after(answerMs, () => {
      if (!isAnswered) end();
    });
    return true;
  }

  private homeOf(call: CallName): CallHome {
    const { author } = rungFor(this.context, call.conversation, call);
    const body = storedCall(this.context, call.conversation, call)?.body;
    return callHome(this.context, call.conversation, author, body?.device ?? new Uint8Array(), body?.home);
  }

  private roomOf(call: CallName): Bytes | undefined {
    const secret = storedCall(this.context, call.conversation, call)?.body.secret;
    return secret && roomName(this.context.rooms.crypto, secret);
  }
}
