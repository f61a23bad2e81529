/** Sockets to rooms, and who sits, listens or watches by each (docs/spec/calls.md CA1–CA6). */
import {
  type Bytes,
  decodeRoomClientFrame,
  type EnterRoom,
  encodeRoomServerFrame,
  everySeat,
  MalformedError,
  type RoomClientFrame,
  type RoomRefusal,
  type RoomServerFrame,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import { type Cancel, type Clock, type CloseReason, closeCodes, type Sink } from "../../core/ports.ts";
import { GuardedSink } from "../../gateway/guarded-sink.ts";
import type { LiveRoom } from "./live-room.ts";
import type { RoomsPorts } from "./room-ports.ts";
import type { Bucket } from "./say-limits.ts";

export type Seat = {
  readonly number: number;
  readonly secret: Bytes;
  readonly room: Room;
  connection: RoomConnection | undefined;
  stopWaiting: Cancel | undefined;
  secondMs: number;
  says: number;
  readonly bytes: Bucket;
  /** When it joined the media last, if it did. */
  joinedMs: number | undefined;
  joins: number;
  /** Set once it joined: it counts no more among those whose media is forwarded. */
  leaveMedia: (() => void) | undefined;
  stopAsking: Cancel | undefined;
};
export type Room = {
  readonly key: string;
  /** Where it was opened from. */
  readonly prefix: string | undefined;
  /** What the relay calls it: nobody enters by it. */
  readonly alias: string;
  readonly seats: Map<number, Seat>;
  /** Who hears what is said, and does not sit; of a Live: who watches. */
  readonly listeners: Set<RoomConnection>;
  /** Where one shows and many watch. */
  readonly live: LiveRoom<RoomConnection> | undefined;
  /** Those who watch are about to be told how many they are. */
  isCountDue: boolean;
  next: number;
  endEmpty: Cancel | undefined;
  endOld: Cancel | undefined;
};

const helloMs = 10_000;
/** What is given as the seat of who listens: nobody sits there. */
export const noSeat = everySeat - 1;
/** What one seat has not read of what was said: more is not handed to it. */
const unreadBytesMax = 512 * 1024;
/** A connection that was refused so often, or said so often that it listens still, is closed. */
const refusalsMax = 600;

type ConnectionHooks = {
  /** Answers why it did not. */
  readonly enter: (args: EnterRoom) => Promise<readonly [RoomRefusal, number?] | undefined>;
  readonly frame: (seat: Seat, frame: Exclude<RoomClientFrame, { type: "enter" }>) => void;
  readonly watcher: (live: Room, frame: Exclude<RoomClientFrame, { type: "enter" }>) => void;
  readonly lost: () => void;
};

/** One client's socket: it enters first, and sits from then on. */
export class RoomConnection {
  seat: Seat | undefined;
  listensTo: Room | undefined;
  isOpen = true;
  readonly sink: GuardedSink;
  readonly prefix: string | undefined;
  readonly mayOpen: boolean;
  private isEntering = false;
  private refusals = 0;
  private stopWaiting: Cancel = () => undefined;
  private readonly hooks: ConnectionHooks;
  private readonly faults: Faults;
  private readonly clock: Clock;

  constructor(
    sink: Sink,
    prefix: string | undefined,
    mayOpen: boolean,
    { faults, clock }: RoomsPorts,
    hooks: ConnectionHooks,
  ) {
    this.hooks = hooks;
    this.mayOpen = mayOpen;
    this.faults = faults;
    this.clock = clock;
    this.prefix = prefix;
    this.sink = new GuardedSink(sink, this, faults);
    this.wait();
  }

  /** It is closed unless it sits, or is about to, ten seconds from now. */
  private wait(): void {
    this.stopWaiting();
    this.stopWaiting = this.clock.after(helloMs, () => {
      if (this.seat === undefined && this.listensTo === undefined && !this.isEntering) this.end("silent");
    });
  }

  receive(bytes: Bytes): void {
    if (!this.isOpen) return;
    try {
      const frame = decodeRoomClientFrame(bytes);
      if (frame.type === "enter") this.enter(frame.args);
      else if (this.listensTo !== undefined && frame.type === "leave") this.end("going");
      // Who listens or watches by a tunnel says so that it does not end (docs/spec/peers.md PE47).
      else if (this.listensTo !== undefined && isToNobody(frame)) this.counted();
      else if (this.listensTo?.live !== undefined) this.hooks.watcher(this.listensTo, frame);
      else if (this.seat === undefined) throw new MalformedError("not in a room");
      else this.hooks.frame(this.seat, frame);
    } catch (error) {
      // A client in order sends nothing of the sort.
      if (error instanceof MalformedError) this.refuse("malformed");
      else this.faults.caught("a room's frame", error);
      this.end(error instanceof MalformedError ? "malformed" : "faulty");
    }
  }

  closed(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.stopWaiting();
    this.faults.guarded("a room", () => this.hooks.lost());
  }

  end(reason: CloseReason): void {
    if (!this.isOpen) return;
    this.closed();
    this.sink.close(closeCodes[reason], reason);
  }

  send(frame: Exclude<RoomServerFrame, { code: "unknown" }>): void {
    this.sink.send(encodeRoomServerFrame(frame));
  }

  refuse(code: RoomRefusal, waitMs = 0): void {
    this.send({ type: "refused", code, waitMs });
    this.counted();
  }

  private counted(): void {
    if (++this.refusals > refusalsMax) this.end("flooding");
  }

  private enter(args: EnterRoom): void {
    // @checks CA2
    if (this.seat !== undefined || this.listensTo !== undefined || this.isEntering)
      throw new MalformedError("entered twice");
    this.isEntering = true;
    this.hooks.enter(args).then(
      (refusal) => {
        this.isEntering = false;
        if (!this.isOpen || this.seat !== undefined || this.listensTo !== undefined) return;
        this.wait();
        if (refusal !== undefined) this.refuse(...refusal);
      },
      (error) => {
        this.faults.caught("entering a room", error);
        this.end("faulty");
      },
    );
  }
}

function isToNobody(frame: RoomClientFrame): boolean {
  return frame.type === "say" && frame.to === noSeat;
}

/** Nothing is kept for who does not read. */
export function hand(connection: RoomConnection | undefined, frame: Bytes): void {
  if (connection !== undefined && connection.sink.unread() <= unreadBytesMax) connection.sink.send(frame);
}
