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
  decodeRoomClientFrame,
  type EnterRoom,
  encodeRoomServerFrame,
  equalBytes,
  everySeat,
  type JoinMedia,
  MalformedError,
  type MediaAnswer,
  type RelayAccess,
  type RoomClientFrame,
  type RoomRefusal,
  type RoomServerFrame,
  roomLimits,
  toBase64Url,
  toHex,
  type UploadToken,
  utf8,
  type WantSlots,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import type { Outcome } from "../../core/outcome.ts";
import { type Cancel, type Clock, type CloseReason, closeCodes, type Random, type Sink } from "../../core/ports.ts";
import { minuteMs, RateLimit } from "../../core/rate.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { GuardedSink } from "../../gateway/guarded-sink.ts";
import { LiveBudget } from "./live-budget.ts";
import { LiveRoom } from "./live-room.ts";
import type { RelayCounts } from "./relay.ts";
import { Bucket, Handed } from "./say-limits.ts";
import type { SfuCounts } from "./sfu.ts";

/** The relay as rooms see it: with what a seat sits down there, and that it is gone. */
export type RelayDesk = {
  /** Undefined while there is no relay: then the room works, and only direct ways are left. */
  readonly access: (room: string, seat: number) => RelayAccess | undefined;
  readonly seatGone: (room: string, seat: number) => void;
  /**
   * The seat joined the media, or joined anew: its ways there are those of now (CA138).
   * @param icePassword of the media's answer: by it the relay signs answers to ICE checks (CA236).
   */
  readonly joined?: (room: string, seat: number, icePassword: string) => void;
  /** Settles once it is there, or will not be: it is begun with the first room. Absent: it is there. */
  readonly ready?: () => Promise<void>;
  readonly counts?: () => RelayCounts;
};

/** What forwards media of group calls, as rooms see it (docs/spec/calls.md CA80). */
export type MediaDesk = {
  /** Undefined where it does not answer. */
  readonly join: (room: string, seat: number, join: JoinMedia) => Promise<MediaAnswer | undefined>;
  readonly want: (room: string, seat: number, want: WantSlots) => void;
  readonly left: (room: string, seat: number) => void;
  /** All that joined is gone, and may join anew. */
  readonly whenGone: (run: () => void) => void;
  readonly counts?: () => SfuCounts & { readonly deaths: number };
};

export type RoomsPorts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly relay: RelayDesk;
  /** Absent: no group calls here. */
  readonly media?: MediaDesk | undefined;
  /** Spends one upload token; absent: this server knows none, and a room costs nothing. */
  readonly spend?: ((token: UploadToken, prefix: string | undefined) => Promise<Outcome<unknown>>) | undefined;
  /** In one room. */
  readonly seatsMax?: number;
  /** Held at once; 10,000, if absent. */
  readonly roomsMax?: number;
  /** What all Lives hand on; 25,000,000, if absent. */
  readonly liveBytesPerSecond?: number;
};

type Seat = {
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
type Room = {
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
const noSeat = everySeat - 1;
/** Between two joins of the media by one seat. */
const joinMs = 400;
/** Joins of one seat: so many at once, and one more in each such time. */
const joinsOfSeat = { burst: 8, eachMs: 5_000 } as const;
const joinsPerMinute = { prefix: 240, all: 1_200 } as const;
/** Seats whose media is forwarded at once. */
const mediaSeatsMax = { prefix: 128, all: 512 } as const;
const roomsMax = 10_000;
const opensPerMinute = 60;
/** What one seat has not read of what was said: more is not handed to it. */
const unreadBytesMax = 512 * 1024;
const liveBytesPerSecond = 25_000_000;
/** Lives at once. */
const livesMax = { prefix: 16, all: 512 } as const;
/** How many watch is told so often at most. */
const watchingMs = 1_000;
/** A connection that was refused so often in a row of seconds is closed. */
const refusalsMax = 600;

type ConnectionHooks = {
  /** Answers why it did not. */
  readonly enter: (args: EnterRoom) => Promise<readonly [RoomRefusal, number?] | undefined>;
  readonly frame: (seat: Seat, frame: Exclude<RoomClientFrame, { type: "enter" }>) => void;
  readonly watcher: (live: Room, frame: Exclude<RoomClientFrame, { type: "enter" }>) => void;
  readonly lost: () => void;
};

/** One client's socket: it enters first, and sits from then on. */
class RoomConnection {
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
      else if (this.listensTo?.live === undefined && this.listensTo !== undefined && isToNobody(frame)) this.stays();
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
    if (++this.refusals > refusalsMax) this.end("flooding");
  }

  /** Who listens by a tunnel says so that it does not end (docs/spec/peers.md PE47). */
  private stays(): void {
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
  private readonly joinsByPrefix = new RateLimit(joinsPerMinute.prefix, minuteMs);
  private readonly joins = new RateLimit(joinsPerMinute.all, minuteMs);
  private readonly mediaSeats = new ConnectionLimits(mediaSeatsMax);
  private isGoing = false;
  private opened = 0;
  private said = 0;

  constructor(ports: RoomsPorts) {
    this.ports = ports;
    this.roomsMax = ports.roomsMax ?? roomsMax;
    this.liveBudget = new LiveBudget(ports.liveBytesPerSecond ?? liveBytesPerSecond);
    this.seatsMax = Math.min(ports.seatsMax ?? 16, roomLimits.seatsMax);
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
    } else if (frame.type === "joinMedia") this.join(one, seat, frame.join);
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
    if (frame.type === "wantLayer") live?.wants(one, frame.layer);
    else if (frame.type !== "say" || live?.maySay(one, frame.bytes, nowMs) !== true) one.refuse("rate-limited", 1_000);
    else {
      this.said++;
      const said = encodeRoomServerFrame({ type: "said", from: noSeat, bytes: frame.bytes });
      for (const { connection } of seats.values()) hand(connection, said);
    }
  }

  private join(one: RoomConnection, seat: Seat, join: JoinMedia) {
    const { clock, media, faults } = this.ports;
    const nowMs = clock.nowMs();
    if (media === undefined) return one.refuse("unavailable");
    if (seat.joinedMs !== undefined && Math.abs(nowMs - seat.joinedMs) < joinMs)
      return one.refuse("rate-limited", joinMs);
    const waitMs = this.mayJoin(seat, one.prefix, nowMs);
    if (waitMs > 0) {
      this.askLater(seat, waitMs);
      return one.refuse("rate-limited", waitMs);
    }
    if (!this.takeMediaSeat(seat, one.prefix)) {
      this.askLater(seat, minuteMs);
      return one.refuse("unavailable");
    }
    seat.stopAsking?.();
    seat.joinedMs = nowMs;
    const { alias } = seat.room;
    media.join(alias, seat.number, join).then(
      (answer) => {
        if (seat.room.seats.get(seat.number) !== seat) return media.left(alias, seat.number);
        if (answer !== undefined) this.ports.relay.joined?.(alias, seat.number, answer.pwd);
        if (seat.connection !== one) return;
        if (answer === undefined) one.refuse("unavailable");
        else one.send({ type: "media", media: answer });
      },
      (error) => {
        faults.caught("joining the media", error);
        if (seat.connection === one) one.refuse("unavailable");
      },
    );
  }

  /** Counts a join, where it may be. @returns 0, or after how many milliseconds it may. */
  private mayJoin(seat: Seat, prefix: string | undefined, nowMs: number): number {
    const { burst, eachMs } = joinsOfSeat;
    const before = Math.max(0, seat.joins - Math.max(0, nowMs - (seat.joinedMs ?? nowMs)) / eachMs);
    if (before + 1 > burst) return Math.ceil((before + 1 - burst) * eachMs);
    if (!this.joins.has("", nowMs)) return this.joins.waitMs(nowMs);
    if (prefix !== undefined && !this.joinsByPrefix.take(prefix, nowMs)) return this.joinsByPrefix.waitMs(nowMs);
    this.joins.take("", nowMs);
    seat.joins = before + 1;
    return 0;
  }

  /** Among those whose media is forwarded: a seat counts from its first join until it goes. */
  private takeMediaSeat(seat: Seat, prefix: string | undefined): boolean {
    if (seat.leaveMedia !== undefined) return true;
    // @checks CA132
    if (!this.mediaSeats.enter(prefix)) return false;
    seat.leaveMedia = () => this.mediaSeats.leave(prefix);
    return true;
  }

  /** A seat that was refused is asked to join anew once it may: its page waits for an answer. */
  private askLater(seat: Seat, waitMs: number): void {
    seat.stopAsking?.();
    seat.stopAsking = this.ports.clock.after(waitMs, () => seat.connection?.send({ type: "mediaGone" }));
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
    if (this.isFull && this.whoMakesWay(prefix) === undefined) return ["unavailable"];
    if (isLive && !this.hasLiveRoom(prefix)) return ["unavailable"];
    if (token !== undefined && spend !== undefined) {
      const paid = await spend(token, prefix);
      if (!paid.ok) return paid.code === "rate-limited" ? ["rate-limited", paid.waitMs ?? minuteMs] : ["bad-token"];
    }
    if (!one.isOpen || this.isGoing) return undefined;
    const old = this.isFull ? this.whoMakesWay(prefix) : undefined;
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
    return this.lives.has(prefix) || this.liveThatMakesWay(prefix) !== undefined;
  }

  private enterLive(prefix: string | undefined): boolean {
    if (this.lives.enter(prefix)) return true;
    const old = this.liveThatMakesWay(prefix);
    if (old !== undefined) this.endRoom(old);
    return this.lives.enter(prefix);
  }

  /** Where all Lives are taken: the newest of the place that has most, where that has more than `prefix` would then. */
  private liveThatMakesWay(prefix: string | undefined): Room | undefined {
    if (this.lives.of(prefix) >= livesMax.prefix) return undefined;
    let most = this.lives.of(prefix) + 1;
    let found: Room | undefined;
    for (const room of this.rooms.values()) {
      if (room.live === undefined || this.lives.of(room.prefix) < most) continue;
      if (found === undefined && this.lives.of(room.prefix) === most) continue;
      most = this.lives.of(room.prefix);
      found = room;
    }
    return found;
  }

  private get isFull(): boolean {
    return this.rooms.size >= this.roomsMax;
  }

  /** The oldest empty room of the place that holds most, where that one holds more than `prefix` would then. */
  private whoMakesWay(prefix: string | undefined): Room | undefined {
    const counts = new Map<string, number>();
    for (const room of this.rooms.values())
      if (room.prefix !== undefined) counts.set(room.prefix, (counts.get(room.prefix) ?? 0) + 1);
    let most = 1 + (prefix === undefined ? 0 : (counts.get(prefix) ?? 0));
    let found: Room | undefined;
    for (const room of this.rooms.values()) {
      const count = room.prefix === undefined ? 0 : (counts.get(room.prefix) ?? 0);
      if (room.seats.size > 0 || count <= most) continue;
      most = count;
      found = room;
    }
    return found;
  }

  private add(key: string, prefix: string | undefined, isLive: boolean): void {
    const { clock, random } = this.ports;
    const room: Room = {
      key,
      prefix,
      alias: toBase64Url(random(12)),
      seats: new Map(),
      listeners: new Set(),
      live: isLive ? new LiveRoom(this.liveBudget, prefix) : undefined,
      isCountDue: false,
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

function isToNobody(frame: RoomClientFrame): boolean {
  return frame.type === "say" && frame.to === noSeat;
}

function showName(secret: Bytes): Bytes {
  const named = createHash("sha256").update(concat(utf8("yanshu show v1\0"), secret));
  return new Uint8Array(named.digest()).slice(0, roomLimits.nameBytes);
}

/** Nothing is kept for who does not read. */
function hand(connection: RoomConnection | undefined, frame: Bytes): void {
  if (connection !== undefined && connection.sink.unread() <= unreadBytesMax) connection.sink.send(frame);
}
