/**
 * Rooms: where the devices of one call meet, in memory only (docs/spec/calls.md CA1–CA6).
 *
 * A room is named by 16 bytes that only those know who were told its secret. What is said in it is handed to those who sit there, and
 * kept nowhere. No account is named here, and nothing of it reaches the log: the room knows seats, and where they come from while they sit.
 */
import {
  type Bytes,
  decodeRoomClientFrame,
  type EnterRoom,
  encodeRoomServerFrame,
  equalBytes,
  everySeat,
  MalformedError,
  type RelayAccess,
  type RoomClientFrame,
  type RoomRefusal,
  type RoomServerFrame,
  roomLimits,
  toBase64Url,
  toHex,
  type UploadToken,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import type { Outcome } from "../../core/outcome.ts";
import { type Cancel, type Clock, type CloseReason, closeCodes, type Random, type Sink } from "../../core/ports.ts";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import { GuardedSink } from "../../gateway/guarded-sink.ts";
import type { RelayCounts } from "./relay.ts";

/** The relay as rooms see it: with what a seat sits down there, and that it is gone. */
export type RelayDesk = {
  /** Undefined while there is no relay: then the room works, and only direct ways are left. */
  readonly access: (room: string, seat: number) => RelayAccess | undefined;
  readonly seatGone: (room: string, seat: number) => void;
  /** Settles once it is there, or will not be: it is begun with the first room. Absent: it is there. */
  readonly ready?: () => Promise<void>;
  readonly counts?: () => RelayCounts;
};

export type RoomsPorts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly relay: RelayDesk;
  /** Spends one upload token; absent: this server knows none, and a room costs nothing. */
  readonly spend?: ((token: UploadToken, prefix: string | undefined) => Promise<Outcome<unknown>>) | undefined;
  /** In one room. */
  readonly seatsMax?: number;
};

type Seat = {
  readonly number: number;
  readonly secret: Bytes;
  readonly room: Room;
  connection: RoomConnection | undefined;
  stopWaiting: Cancel | undefined;
  secondMs: number;
  says: number;
};
type Room = {
  readonly key: string;
  /** What the relay calls it: nobody enters by it. */
  readonly alias: string;
  readonly seats: Map<number, Seat>;
  next: number;
  endEmpty: Cancel | undefined;
  endOld: Cancel | undefined;
};

const helloMs = 10_000;
const roomsMax = 10_000;
const opensPerMinute = 5;
/** What one seat has not read of what was said: more is not handed to it. */
const unreadBytesMax = 512 * 1024;
/** A connection that was refused so often in a row of seconds is closed. */
const refusalsMax = 600;

type ConnectionHooks = {
  /** Answers why it did not. */
  readonly enter: (args: EnterRoom) => Promise<readonly [RoomRefusal, number?] | undefined>;
  readonly frame: (seat: Seat, frame: Exclude<RoomClientFrame, { type: "enter" }>) => void;
  readonly lost: () => void;
};

/** One client's socket: it enters first, and sits from then on. */
class RoomConnection {
  seat: Seat | undefined;
  isOpen = true;
  readonly sink: GuardedSink;
  private isEntering = false;
  private refusals = 0;
  private readonly stopWaiting: Cancel;
  private readonly hooks: ConnectionHooks;
  private readonly faults: Faults;

  constructor(sink: Sink, faults: Faults, clock: Clock, hooks: ConnectionHooks) {
    this.hooks = hooks;
    this.faults = faults;
    this.sink = new GuardedSink(sink, this, faults);
    this.stopWaiting = clock.after(helloMs, () => {
      if (this.seat === undefined && !this.isEntering) this.end("silent");
    });
  }

  receive(bytes: Bytes): void {
    if (!this.isOpen) return;
    try {
      const frame = decodeRoomClientFrame(bytes);
      if (frame.type === "enter") this.enter(frame.args);
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
    if (++this.refusals > refusalsMax) this.end("flooding");
  }

  private enter(args: EnterRoom): void {
    if (this.seat !== undefined || this.isEntering) throw new MalformedError("entered twice");
    this.isEntering = true;
    this.hooks.enter(args).then(
      (refusal) => {
        this.isEntering = false;
        if (this.isOpen && refusal !== undefined) this.refuse(...refusal);
      },
      (error) => {
        this.faults.caught("entering a room", error);
        this.end("faulty");
      },
    );
  }
}

export class Rooms {
  private readonly ports: RoomsPorts;
  private readonly seatsMax: number;
  private readonly rooms = new Map<string, Room>();
  private readonly connections = new Set<RoomConnection>();
  private readonly opens = new RateLimit(opensPerMinute, minuteMs);
  private isGoing = false;
  private opened = 0;
  private said = 0;

  constructor(ports: RoomsPorts) {
    this.ports = ports;
    this.seatsMax = Math.min(ports.seatsMax ?? 16, roomLimits.seatsMax);
  }

  counts(): {
    readonly rooms: number;
    readonly roomSeats: number;
    readonly roomsOpened: number;
    readonly says: number;
  } {
    let roomSeats = 0;
    for (const room of this.rooms.values()) roomSeats += room.seats.size;
    return { rooms: this.rooms.size, roomSeats, roomsOpened: this.opened, says: this.said };
  }

  /** One socket on `/calls/ws`. */
  connect(sink: Sink, prefix: string | undefined): { receive: (bytes: Bytes) => void; closed: () => void } {
    const { clock, faults } = this.ports;
    const one = new RoomConnection(sink, faults, clock, {
      enter: (args) => this.enter(one, args, prefix),
      frame: (seat, frame) => this.frame(one, seat, frame),
      lost: () => {
        this.connections.delete(one);
        this.lost(one);
      },
    });
    if (this.isGoing) one.end("going");
    else this.connections.add(one);
    return one;
  }

  private frame(one: RoomConnection, seat: Seat, frame: Exclude<RoomClientFrame, { type: "enter" }>): void {
    if (frame.type === "leave") {
      one.seat = undefined;
      this.goes(seat);
      one.end("going");
      return;
    }
    if (!this.mayAsk(seat)) one.refuse("rate-limited", 1_000);
    else if (frame.type === "say") this.say(seat, frame.to, frame.bytes);
    else {
      const relay = this.ports.relay.access(seat.room.alias, seat.number);
      if (relay === undefined) one.refuse("unavailable");
      else one.send({ type: "relay", relay });
    }
  }

  /** Every connection is closed: calls that go directly go on, and clients come back to the server that is there next (docs/spec/delivery.md DS82). */
  drain(): void {
    this.isGoing = true;
    for (const one of this.connections) one.end("going");
  }

  stop(): void {
    this.isGoing = true;
    for (const room of this.rooms.values()) this.endRoom(room);
  }

  private async enter(
    one: RoomConnection,
    { room: name, token, back }: EnterRoom,
    prefix: string | undefined,
  ): Promise<readonly [RoomRefusal, number?] | undefined> {
    const key = toHex(name);
    await this.ports.relay.ready?.();
    if (!this.rooms.has(key)) {
      const refusal = await this.mayOpen(token, prefix);
      if (refusal !== undefined) return refusal;
      // A connection that closed meanwhile opens nothing.
      if (!one.isOpen || this.isGoing) return undefined;
      if (!this.rooms.has(key)) this.open(key);
    }
    const room = this.rooms.get(key);
    if (room === undefined || !one.isOpen) return undefined;
    const lost = back === undefined ? undefined : room.seats.get(back.seat);
    const isTheirs = lost !== undefined && back !== undefined && equalBytes(lost.secret, back.secret);
    if (!isTheirs && room.seats.size >= this.seatsMax) return ["full"];
    this.sitDown(one, isTheirs ? lost : this.newSeat(room));
    return undefined;
  }

  private async mayOpen(
    token: UploadToken | undefined,
    prefix: string | undefined,
  ): Promise<readonly [RoomRefusal, number?] | undefined> {
    const { clock, spend } = this.ports;
    const nowMs = clock.nowMs();
    if (token === undefined && spend !== undefined) return ["token-needed"];
    if (prefix !== undefined && !this.opens.take(prefix, nowMs)) return ["rate-limited", this.opens.waitMs(nowMs)];
    if (this.rooms.size >= roomsMax) return ["unavailable"];
    if (token === undefined || spend === undefined) return undefined;
    const paid = await spend(token, prefix);
    if (paid.ok) return undefined;
    return paid.code === "rate-limited" ? ["rate-limited", paid.waitMs ?? minuteMs] : ["bad-token"];
  }

  private open(key: string): void {
    const { clock, random } = this.ports;
    const room: Room = {
      key,
      alias: toBase64Url(random(12)),
      seats: new Map(),
      next: 1,
      endEmpty: undefined,
      endOld: undefined,
    };
    room.endOld = clock.after(roomLimits.roomMs, () => this.endRoom(room));
    this.rooms.set(key, room);
    this.opened++;
  }

  private newSeat(room: Room): Seat {
    // A number is not given again while there are others: who left is not taken for who came.
    while (room.seats.has(room.next)) room.next = (room.next + 1) % everySeat;
    const number = room.next;
    room.next = (room.next + 1) % everySeat;
    const seat: Seat = {
      number,
      secret: this.ports.random(roomLimits.seatSecretBytes),
      room,
      connection: undefined,
      stopWaiting: undefined,
      secondMs: 0,
      says: 0,
    };
    room.seats.set(number, seat);
    return seat;
  }

  private sitDown(one: RoomConnection, seat: Seat): void {
    const { room } = seat;
    const before = seat.connection;
    seat.stopWaiting?.();
    seat.stopWaiting = undefined;
    room.endEmpty?.();
    room.endEmpty = undefined;
    seat.connection = one;
    one.seat = seat;
    if (before !== undefined) {
      before.seat = undefined;
      before.end("superseded");
    }
    const others = [...room.seats.keys()].filter((number) => number !== seat.number);
    const relay = this.ports.relay.access(room.alias, seat.number);
    const { number, secret } = seat;
    const timeMs = this.ports.clock.nowMs();
    one.send({ type: "entered", entered: { seat: number, secret, others, timeMs, ...(relay && { relay }) } });
    this.tellSeats(room, seat);
  }

  private say(from: Seat, to: number, bytes: Bytes): void {
    const { seats } = from.room;
    const heard = to === everySeat ? [...seats.values()] : [seats.get(to)];
    const frame = encodeRoomServerFrame({ type: "said", from: from.number, bytes });
    this.said++;
    for (const seat of heard) if (seat !== undefined && seat !== from) hand(seat, frame);
  }

  /** So often a second; counts it. */
  private mayAsk(seat: Seat): boolean {
    const nowMs = this.ports.clock.nowMs();
    if (nowMs >= seat.secondMs + 1_000 || nowMs < seat.secondMs) {
      seat.secondMs = nowMs;
      seat.says = 0;
    }
    return ++seat.says <= roomLimits.saysPerSecond;
  }

  /** The seat is kept for a moment, for a device whose network changed. */
  private lost(one: RoomConnection): void {
    const { seat } = one;
    one.seat = undefined;
    if (seat === undefined || seat.connection !== one) return;
    seat.connection = undefined;
    seat.stopWaiting = this.ports.clock.after(roomLimits.seatMs, () => this.goes(seat));
  }

  private goes(seat: Seat): void {
    const { room, number } = seat;
    seat.stopWaiting?.();
    seat.connection = undefined;
    if (!room.seats.delete(number)) return;
    this.ports.relay.seatGone(room.alias, number);
    this.tellSeats(room, undefined);
    if (room.seats.size === 0) room.endEmpty = this.ports.clock.after(roomLimits.emptyMs, () => this.endRoom(room));
  }

  private endRoom(room: Room): void {
    room.endEmpty?.();
    room.endOld?.();
    this.rooms.delete(room.key);
    for (const seat of room.seats.values()) {
      const { connection } = seat;
      seat.stopWaiting?.();
      seat.connection = undefined;
      room.seats.delete(seat.number);
      this.ports.relay.seatGone(room.alias, seat.number);
      if (connection === undefined) continue;
      connection.seat = undefined;
      connection.end("going");
    }
  }

  private tellSeats(room: Room, but: Seat | undefined): void {
    const frame = encodeRoomServerFrame({ type: "seats", seats: [...room.seats.keys()] });
    for (const seat of room.seats.values()) if (seat !== but) hand(seat, frame);
  }
}

/** Nothing is kept for who does not read. */
function hand({ connection }: Seat, frame: Bytes): void {
  if (connection !== undefined && connection.sink.unread() <= unreadBytesMax) connection.sink.send(frame);
}
