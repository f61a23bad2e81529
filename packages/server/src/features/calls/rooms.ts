/**
 * Rooms: where the devices of one call meet, in memory only (docs/spec/calls.md CA1–CA6).
 *
 * A room is named by 16 bytes that only those know who were told its secret. What is said in it is handed to those who
 * sit there, and kept nowhere. No account is named here, and nothing of it reaches the log: the room knows seats, where
 * they come from while they sit, and where the one that opened it came from.
 */
import { createHash } from "node:crypto";
import {
  type Bytes,
  concat,
  type EnterRoom,
  encodeRoomServerFrame,
  equalBytes,
  everySeat,
  type RoomClientFrame,
  type RoomRefusal,
  roomLimits,
  toBase64Url,
  toHex,
  type UploadToken,
  utf8,
} from "@yanshu/wire";
import type { Sink } from "../../core/ports.ts";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { LiveBudget } from "./live-budget.ts";
import { LiveRoom } from "./live-room.ts";
import { hand, noSeat, type Room, RoomConnection, type Seat } from "./room-connection.ts";
import { livesMax, liveThatMakesWay, whoMakesWay } from "./room-makes-way.ts";
import { RoomMedia } from "./room-media.ts";
import type { RoomsPorts } from "./room-ports.ts";
import { Bucket, Handed } from "./say-limits.ts";

const roomsMax = 10_000;
const opensPerMinute = 60;
const liveBytesPerSecond = 25_000_000;
/** How many watch is told so often at most. */
const watchingMs = 1_000;

export class Rooms {
  private readonly ports: RoomsPorts;
  private readonly seatsMax: number;
  private readonly rooms = new Map<string, Room>();
  private readonly connections = new Set<RoomConnection>();
  private readonly roomsMax: number;
  /** Names under which a room is being opened: settles once it is, or is not. */
  private readonly opening = new Map<string, Promise<unknown>>();
  private readonly opens = new RateLimit(opensPerMinute, minuteMs);
  private readonly handed = new Handed();
  private readonly liveBudget: LiveBudget;
  private readonly lives = new ConnectionLimits(livesMax);
  private readonly media: RoomMedia;
  private isGoing = false;
  private opened = 0;
  private said = 0;

  constructor(ports: RoomsPorts) {
    this.ports = ports;
    this.roomsMax = ports.roomsMax ?? roomsMax;
    this.liveBudget = new LiveBudget(ports.liveBytesPerSecond ?? liveBytesPerSecond);
    this.seatsMax = Math.min(ports.seatsMax ?? 16, roomLimits.seatsMax);
    this.media = new RoomMedia(ports);
    ports.media?.whenGone(() => this.tellMediaGone());
  }

  counts(): {
    readonly rooms: number;
    readonly roomSeats: number;
    readonly roomsOpened: number;
    readonly says: number;
    readonly watching: number;
    readonly liveBytes: number;
  } {
    let roomSeats = 0;
    let watching = 0;
    for (const room of this.rooms.values()) {
      roomSeats += room.seats.size;
      watching += room.live?.count ?? 0;
    }
    const { bytes } = this.liveBudget;
    return { rooms: this.rooms.size, roomSeats, roomsOpened: this.opened, says: this.said, watching, liveBytes: bytes };
  }

  /** One socket on `/calls/ws`. @param mayOpen false: it enters rooms that are open. */
  connect(
    sink: Sink,
    prefix: string | undefined,
    mayOpen = true,
  ): { receive: (bytes: Bytes) => void; closed: () => void } {
    const one = new RoomConnection(sink, prefix, mayOpen, this.ports, {
      enter: (args) => this.enter(one, args),
      frame: (seat, frame) => this.frame(one, seat, frame),
      watcher: (room, frame) => this.watcherFrame(one, room, frame),
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
    if (frame.type === "show") {
      const waitMs = seat.room.live?.show(frame, this.ports.clock.nowMs()) ?? 1_000;
      if (waitMs > 0) one.refuse("rate-limited", waitMs);
    } else if (!this.mayAsk(seat)) one.refuse("rate-limited", 1_000);
    else if (frame.type === "wantLayer") one.refuse("rate-limited", 1_000);
    else if (frame.type === "say") {
      const waitMs = this.say(seat, one.prefix, frame.to, frame.bytes);
      if (waitMs > 0) one.refuse("rate-limited", waitMs);
    } else if (frame.type === "joinMedia") this.media.join(one, seat, frame.join);
    else if (frame.type === "wantSlots") {
      if (seat.joinedMs !== undefined) this.ports.media?.want(seat.room.alias, seat.number, frame.want);
    } else {
      const relay = this.ports.relay.access(seat.room.alias, seat.number);
      if (relay === undefined) one.refuse("unavailable");
      else one.send({ type: "relay", relay });
    }
  }

  /** Who watches says something to the one who shows, or asks for another layer; nothing else. */
  private watcherFrame(
    one: RoomConnection,
    { live, seats }: Room,
    frame: Exclude<RoomClientFrame, { type: "enter" }>,
  ): void {
    const nowMs = this.ports.clock.nowMs();
    if (frame.type === "wantLayer") {
      if (live?.wants(one, frame.layer, nowMs) !== true) one.refuse("rate-limited", 1_000);
    } else if (frame.type !== "say" || live?.maySay(one, frame.bytes, nowMs) !== true)
      one.refuse("rate-limited", 1_000);
    else {
      this.said++;
      const said = encodeRoomServerFrame({ type: "said", from: noSeat, bytes: frame.bytes });
      for (const { connection } of seats.values()) hand(connection, said);
    }
  }

  private tellMediaGone(): void {
    for (const { seats } of this.rooms.values())
      for (const { joinedMs, connection } of seats.values())
        if (joinedMs !== undefined) connection?.send({ type: "mediaGone" });
  }

  /**
   * Every connection is closed: calls that go directly go on, and clients come back to the server that is there next
   * (docs/spec/delivery.md DS82).
   */
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
    { room: name, token, back, listens, shows, watches }: EnterRoom,
  ): Promise<readonly [RoomRefusal, number?] | undefined> {
    const key = toHex(name);
    if (watches === true) return this.watch(one, this.rooms.get(key));
    if (listens === true) return this.listen(one, this.rooms.get(key));
    const isLive = shows !== undefined;
    if (isLive && !equalBytes(showName(shows), name)) return ["malformed"];
    if (!isLive) await this.ports.relay.ready?.();
    for (let room = this.rooms.get(key); room === undefined; room = this.rooms.get(key)) {
      if (!one.isOpen || this.isGoing) return undefined;
      const other = this.opening.get(key);
      if (other !== undefined) {
        await other;
        continue;
      }
      // @checks PE57
      if (!one.mayOpen) return ["token-needed"];
      const opened = this.open(one, key, token, isLive);
      this.opening.set(
        key,
        opened.catch(() => undefined),
      );
      const refusal = await opened.finally(() => this.opening.delete(key));
      if (refusal !== undefined) return refusal;
    }
    const room = this.rooms.get(key);
    if (room === undefined || !one.isOpen) return undefined;
    if (isLive && room.live === undefined) {
      // Somebody who knows the name opened it to keep out the one to whom it belongs.
      this.endRoom(room);
      return ["token-needed"];
    }
    if (!isLive && room.live !== undefined) return ["full"];
    const [shower] = room.seats.values();
    const lost = isLive ? shower : back === undefined ? undefined : room.seats.get(back.seat);
    const isTheirs = lost !== undefined && (isLive || (back !== undefined && equalBytes(lost.secret, back.secret)));
    if (!isTheirs && room.seats.size >= this.seatsMax) return ["full"];
    // Among the sockets that sit, so that those of calls do not keep their place's devices out.
    if (!one.sink.known()) return ["rate-limited", minuteMs];
    this.sitDown(one, isTheirs ? lost : this.newSeat(room));
    return undefined;
  }

  private listen(one: RoomConnection, room: Room | undefined): readonly [RoomRefusal, number?] | undefined {
    if (room === undefined || !one.isOpen) return ["token-needed"];
    if (room.live !== undefined) return ["full"];
    // "full" says that somebody is in the call (CA200, CA204): not where nobody sits any more.
    if (room.listeners.size >= roomLimits.listenersMax) return [room.seats.size > 0 ? "full" : "token-needed"];
    if (!one.sink.known()) return ["rate-limited", minuteMs];
    this.hears(one, room);
    return undefined;
  }

  /** Of a Live: it is given what was shown last at once. */
  private watch(one: RoomConnection, room: Room | undefined): readonly [RoomRefusal, number?] | undefined {
    if (room?.live === undefined || !one.isOpen) return ["token-needed"];
    if (room.live.isFull) return ["full"];
    if (!one.sink.known()) return ["rate-limited", minuteMs];
    this.hears(one, room);
    const { sink } = one;
    room.live.came(one, { send: (frame) => sink.send(frame), unread: () => sink.unread() }, this.ports.clock.nowMs());
    this.tellCount(room);
    return undefined;
  }

  private tellCount(room: Room): void {
    if (room.isCountDue) return;
    room.isCountDue = true;
    this.ports.clock.after(watchingMs, () => {
      room.isCountDue = false;
      if (room.live === undefined || this.rooms.get(room.key) !== room) return;
      const frame = encodeRoomServerFrame({ type: "watching", count: room.live.count });
      for (const { connection } of room.seats.values()) hand(connection, frame);
      for (const one of room.listeners) hand(one, frame);
    });
  }

  private hears(one: RoomConnection, room: Room): void {
    room.listeners.add(one);
    one.listensTo = room;
    const others = [...room.seats.keys()];
    const timeMs = this.ports.clock.nowMs();
    const secret = new Uint8Array(roomLimits.seatSecretBytes);
    one.send({ type: "entered", entered: { seat: noSeat, secret, others, timeMs } });
  }

  /** Answers why it did not. A connection that closed meanwhile opens nothing. */
  private async open(
    one: RoomConnection,
    key: string,
    token: UploadToken | undefined,
    isLive: boolean,
  ): Promise<readonly [RoomRefusal, number?] | undefined> {
    const { clock, spend } = this.ports;
    const { prefix } = one;
    const nowMs = clock.nowMs();
    if (token === undefined && spend !== undefined) return ["token-needed"];
    if (prefix !== undefined && !this.opens.has(prefix, nowMs)) return ["rate-limited", this.opens.waitMs(nowMs)];
    if (this.isFull && whoMakesWay(this.rooms, prefix) === undefined) return ["unavailable"];
    if (isLive && !this.hasLiveRoom(prefix)) return ["unavailable"];
    if (token !== undefined && spend !== undefined) {
      const paid = await spend(token, prefix);
      if (!paid.ok) return paid.code === "rate-limited" ? ["rate-limited", paid.waitMs ?? minuteMs] : ["bad-token"];
    }
    if (!one.isOpen || this.isGoing) return undefined;
    const old = this.isFull ? whoMakesWay(this.rooms, prefix) : undefined;
    if (old !== undefined) this.endRoom(old);
    if (this.isFull) return ["unavailable"];
    if (isLive && !this.enterLive(prefix)) return ["unavailable"];
    // Only what was opened counts: wrong tokens have limits of their own, and keep no neighbour from calling.
    if (prefix !== undefined) this.opens.take(prefix, clock.nowMs());
    this.add(key, prefix, isLive);
    return undefined;
  }

  /** Whether one more Live may be opened from there, where another makes way if all are. */
  private hasLiveRoom(prefix: string | undefined): boolean {
    return this.lives.has(prefix) || liveThatMakesWay(this.rooms, this.lives, prefix) !== undefined;
  }

  private enterLive(prefix: string | undefined): boolean {
    if (this.lives.enter(prefix)) return true;
    const old = liveThatMakesWay(this.rooms, this.lives, prefix);
    if (old !== undefined) this.endRoom(old);
    return this.lives.enter(prefix);
  }

  private get isFull(): boolean {
    return this.rooms.size >= this.roomsMax;
  }

  private add(key: string, prefix: string | undefined, isLive: boolean): void {
    const { clock, random } = this.ports;
    const room: Room = {
      key,
      prefix,
      alias: toBase64Url(random(12)),
      seats: new Map(),
      listeners: new Set(),
      live: isLive ? new LiveRoom(this.liveBudget, clock, prefix) : undefined,
      isCountDue: false,
      next: 1,
      endEmpty: undefined,
      endOld: undefined,
    };
    room.endOld = clock.after(roomLimits.roomMs, () => this.endRoom(room));
    // Who opened it may find no room among the sockets that sit (CA67), or be gone.
    room.endEmpty = clock.after(roomLimits.emptyMs, () => this.endRoom(room));
    this.rooms.set(key, room);
    this.opened++;
  }

  private newSeat(room: Room): Seat {
    // A number is not given again while there are others: who left is not taken for who came.
    while (room.seats.has(room.next)) room.next = (room.next + 1) % noSeat;
    const number = room.next;
    room.next = (room.next + 1) % noSeat;
    const seat: Seat = {
      number,
      secret: this.ports.random(roomLimits.seatSecretBytes),
      room,
      connection: undefined,
      stopWaiting: undefined,
      secondMs: 0,
      says: 0,
      bytes: new Bucket(),
      joinedMs: undefined,
      joins: 0,
      leaveMedia: undefined,
      stopAsking: undefined,
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
    const relay = room.live === undefined ? this.ports.relay.access(room.alias, seat.number) : undefined;
    const { number, secret } = seat;
    const timeMs = this.ports.clock.nowMs();
    one.send({ type: "entered", entered: { seat: number, secret, others, timeMs, ...(relay && { relay }) } });
    this.tellSeats(room, seat);
  }

  /** @returns 0, or after how many milliseconds it may be said. */
  private say(from: Seat, prefix: string | undefined, to: number, bytes: Bytes): number {
    const { seats, listeners, live } = from.room;
    const hearing = to === everySeat ? listeners.size : 0;
    const nowMs = this.ports.clock.nowMs();
    if (live !== undefined) {
      const waitMs = from.bytes.take(bytes.length, nowMs);
      if (waitMs > 0) return waitMs;
      this.said++;
      live.say(encodeRoomServerFrame({ type: "said", from: from.number, bytes }), nowMs);
      return 0;
    }
    const all = to === everySeat ? [...seats.values()] : [seats.get(to)];
    const heard = all.filter((seat) => seat !== undefined && seat !== from) as readonly Seat[];
    const waitMs =
      from.bytes.take(bytes.length, nowMs) || this.handed.take(prefix, bytes.length * (heard.length + hearing), nowMs);
    if (waitMs > 0) return waitMs;
    const frame = encodeRoomServerFrame({ type: "said", from: from.number, bytes });
    this.said++;
    for (const { connection } of heard) hand(connection, frame);
    if (hearing > 0) for (const one of listeners) hand(one, frame);
    return 0;
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
    const heard = one.listensTo;
    heard?.listeners.delete(one);
    heard?.live?.went(one);
    if (heard?.live !== undefined) this.tellCount(heard);
    one.listensTo = undefined;
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
    room.live?.forget();
    this.gone(room, seat);
    this.tellSeats(room, undefined);
    if (room.seats.size === 0) room.endEmpty = this.ports.clock.after(roomLimits.emptyMs, () => this.endRoom(room));
  }

  private gone({ alias }: Room, { number, joinedMs, leaveMedia, stopAsking }: Seat): void {
    stopAsking?.();
    this.ports.relay.seatGone(alias, number);
    leaveMedia?.();
    if (joinedMs !== undefined) this.ports.media?.left(alias, number);
  }

  private endRoom(room: Room): void {
    room.endEmpty?.();
    room.endOld?.();
    if (this.rooms.get(room.key) === room) {
      this.rooms.delete(room.key);
      if (room.live !== undefined) this.lives.leave(room.prefix);
    }
    room.live?.forget();
    for (const one of room.listeners) one.end("going");
    for (const seat of room.seats.values()) {
      const { connection } = seat;
      seat.stopWaiting?.();
      seat.connection = undefined;
      room.seats.delete(seat.number);
      this.gone(room, seat);
      if (connection === undefined) continue;
      connection.seat = undefined;
      connection.end("going");
    }
  }

  private tellSeats(room: Room, but: Seat | undefined): void {
    const frame = encodeRoomServerFrame({ type: "seats", seats: [...room.seats.keys()] });
    for (const seat of room.seats.values()) if (seat !== but) hand(seat.connection, frame);
    for (const one of room.listeners) hand(one, frame);
  }
}

function showName(secret: Bytes): Bytes {
  const named = createHash("sha256").update(concat(utf8("yanshu show v1\0"), secret));
  return new Uint8Array(named.digest()).slice(0, roomLimits.nameBytes);
}
