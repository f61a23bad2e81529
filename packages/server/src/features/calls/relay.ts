/**
 * Relay: the relaying part of a TURN server (RFC 8656) that owns no port to relay from and reaches nobody
 * (docs/spec/calls.md CA10–CA14).
 *
 * A relayed address is a name in memory, written as 192.0.2.x:port (TEST-NET-1). What a leg sends to it is handed to
 * the leg of that name where both belong to one room, and to nobody else: no socket towards the world, no range of
 * ports, no way into a private network. Who may sit down shows a credential that the server of rooms made; nothing is
 * kept of others.
 */
import { mediaPlace } from "@yanshu/wire";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { credentialMs, hmac, passwordOf, readUser, type Shown } from "./relay-credential.ts";
import {
  type Attribute,
  attributes,
  buildStun,
  classes,
  isIntact,
  longTermKey,
  methods,
  type Place,
  parseStun,
  readXorPlace,
  type Stun,
  u32,
  u32Of,
  xorPlace,
} from "./stun.ts";

/** One client's socket as the relay sees it: a UDP address and port, or a TCP connection. */
export type Leg = Place & {
  /** Unique among all listeners. */
  readonly id: string;
  /** What stands for "where from" in limits. */
  readonly from: string;
  /** A connection: its address cannot be made up. */
  readonly isStream?: boolean;
  readonly send: (packet: Uint8Array) => void;
  /** Is called when it sits no more. */
  readonly left?: () => void;
  /** The relay's own: where it sits. A leg that was made anew for the same socket is found by its name. */
  seat?: Seat | undefined;
};

export type RelayPorts = {
  readonly secret: Uint8Array;
  readonly nowMs: () => number;
  /** Whole, from 0 up to 2³² − 1. */
  readonly draw: () => number;
  /** In all, of what is handed on. */
  readonly bytesPerSecond?: number;
  /** In all, instead of `relayLimits.legs`. */
  readonly legsMax?: number;
  /**
   * What stands behind the one inside address (docs/spec/calls.md CA81): media of group calls. Absent: there is none,
   * and it is refused.
   */
  readonly inside?: {
    readonly receive: (legId: string, packet: Uint8Array) => void;
    /** The leg sits no more. */
    readonly left: (legId: string) => void;
  };
};

export const relayLimits = {
  credentialMs,
  legs: 20_000,
  legsOfRoom: 80,
  /** A browser opens one for each way that it tries, and anew when its network changed. */
  legsOfSeat: 8,
  /** Of one place, once half of all legs are taken. */
  legsOfPlace: 200,
  permissions: 64,
  channels: 64,
  packetBytes: 1_500,
  /** What one leg may send. */
  legBytesPerSecond: 500_000,
  /** What the legs of one room may send together. */
  roomBytesPerSecond: 2_500_000,
  /** What is handed to one leg, and to those of one room, from the inside address. */
  legDownBytesPerSecond: 1_250_000,
  roomDownBytesPerSecond: 12_500_000,
  /** Legs with a way to the inside address: of one seat that joined, of one place, and in all. */
  waysOfSeat: 4,
  waysOfPlace: 256,
  ways: 2_048,
  /** What a packet costs beyond its data: the headers that it travels with. */
  packetCostBytes: 64,
  /** Answers to legs that do not sit, of one place. */
  challengesPerSecond: 20,
  /** The same in all; connections are not counted, since nobody can make up where they come from. */
  challengesPerSecondInAll: 5_000,
  /** A shorter request is not answered: an answer of 60 bytes would be more than 2.2 times its size. */
  requestBytesMin: 28,
  lifetimeSeconds: 600,
} as const;

/** What one room uses. */
type RoomUse = { legs: number; secondMs: number; bytes: number; downBytes: number };

type Seat = {
  readonly leg: Leg;
  readonly room: string;
  readonly use: RoomUse;
  readonly user: string;
  readonly name: number;
  readonly allocateId: string;
  /** Its room and number, as one word. */
  readonly place: string;
  untilMs: number;
  /** By name: until when it may reach us, and we it. */
  readonly may: Map<number, number>;
  readonly channelOf: Map<number, number>;
  readonly nameOf: Map<number, number>;
  secondMs: number;
  bytes: number;
  downBytes: number;
  isGone: boolean;
};

export type RelayCounts = {
  readonly legs: number;
  readonly passed: number;
  readonly bytes: number;
  readonly dropped: number;
  readonly refused: number;
};

const realm = "yanshu";
const nonceSlotMs = 900_000;
const nonceChars = 16;
const permissionMs = 300_000;
const channelMs = 600_000;
const namesPerAddress = 64_000;
const firstPort = 1_024;
const addresses = 250;
/** Beyond all names of legs. */
const insideName = addresses * namesPerAddress;
const insideHost = 254;
const userBytesMax = 128;

export class Relay {
  private readonly ports: RelayPorts;
  private readonly byLeg = new Map<string, Seat>();
  private readonly byName = new Map<number, Seat>();
  private readonly useOfRoom = new Map<string, RoomUse>();
  private readonly legsOfPlace = new Map<string, number>();
  private readonly legsOfUser = new Map<string, Set<Seat>>();
  /** Seats that went, while a credential of theirs could still be shown. */
  private readonly left = new Map<string, number>();
  /** Seats that joined the media, and their legs that have a way there. */
  private readonly waysOf = new Map<string, Set<Leg>>();
  /** By seat: the ICE password of the media's answer. */
  private readonly icePasswords = new Map<string, Buffer>();
  private readonly ways = new ConnectionLimits({ prefix: relayLimits.waysOfPlace, all: relayLimits.ways });
  private readonly challenged = new Map<string, number>();
  private challengesFromMs = 0;
  private challengesInAll = 0;
  private secondMs = 0;
  private secondBytes = 0;
  /** Of `secondBytes`: beyond the rooms' shares. */
  private commonBytes = 0;
  /** Rooms that sent in this second, and in the one before. */
  private roomsNow = 0;
  private roomsBefore = 0;
  private passed = 0;
  private bytes = 0;
  private dropped = 0;
  private refused = 0;

  constructor(ports: RelayPorts) {
    this.ports = ports;
  }

  counts(): RelayCounts {
    const { passed, bytes, dropped, refused } = this;
    return { legs: this.byLeg.size, passed, bytes, dropped, refused };
  }

  /** One packet, or one message of a stream. It may be changed and handed on. */
  receive(leg: Leg, packet: Buffer) {
    const first = packet[0];
    // @checks CA13
    if (first === undefined || packet.length > relayLimits.packetBytes) return this.drop();
    if (first >= 0x40 && first < 0x80) return this.channelData(leg, packet);
    const message = parseStun(packet);
    if (message === undefined) return this.drop();
    if (message.class === classes.indication && message.method === methods.send)
      return this.sendIndication(leg, message);
    // A bare Binding is not answered: a seat tells its own address. @checks CA13
    if (message.class !== classes.request || message.method === methods.binding) return this.drop();
    this.request(leg, message);
  }

  private seatOf(leg: Leg): Seat | undefined {
    if (leg.seat === undefined || leg.seat.isGone) leg.seat = this.byLeg.get(leg.id);
    return leg.seat;
  }

  /** The socket is gone. */
  gone(legId: string): void {
    const seat = this.byLeg.get(legId);
    if (seat !== undefined) this.leave(seat);
  }

  sits(legId: string): boolean {
    return this.byLeg.has(legId);
  }

  /** The seat in the room is gone: so are its legs, and what was given it to sit down with. */
  seatGone(room: string, seat: number): void {
    const place = placeOf(room, seat);
    this.endWays(place);
    this.waysOf.delete(place);
    this.icePasswords.delete(place);
    this.left.set(place, this.ports.nowMs() + relayLimits.credentialMs);
    for (const one of this.legsOfUser.get(place) ?? []) this.leave(one);
  }

  /**
   * The seat joined the media: from now on legs of it may go there. Ways that it had before are closed.
   * @param icePassword of the media's answer; absent: its answers to ICE checks are handed on as they are.
   */
  joined(room: string, seat: number, icePassword?: string): void {
    const place = placeOf(room, seat);
    this.endWays(place);
    this.waysOf.set(place, new Set());
    if (icePassword === undefined) this.icePasswords.delete(place);
    else this.icePasswords.set(place, Buffer.from(icePassword));
  }

  /** To be called every few seconds. */
  sweep(): void {
    const nowMs = this.ports.nowMs();
    for (const seat of this.byLeg.values()) if (seat.untilMs < nowMs) this.leave(seat);
    for (const [place, untilMs] of this.left) if (untilMs < nowMs) this.left.delete(place);
  }

  /** @checks CA12, CA63 */
  private request(leg: Leg, message: Stun) {
    const seat = this.seatOf(leg);
    // Before anything is hashed: a flood of wrong credentials costs no more than looking this up.
    if (seat === undefined && !this.mayBeAnswered(leg, message)) return this.drop();
    const user = message.attributes.get(attributes.username)?.toString("latin1");
    const nonce = message.attributes.get(attributes.nonce)?.toString("latin1");
    // @checks CA12
    const isShown = message.integrityAt >= 0 && user !== undefined && user.length <= userBytesMax;
    if (!isShown || nonce === undefined) return this.challenge(leg, message, 401);
    if (nonce !== this.nonce(leg, 0) && nonce !== this.nonce(leg, -1)) return this.challenge(leg, message, 438);
    const key = longTermKey(user, realm, passwordOf(this.ports.secret, user));
    if (!isIntact(message, key)) return this.challenge(leg, message, 401);
    const shown = readUser(user);
    if (shown === undefined) return this.challenge(leg, message, 401);
    if (seat === undefined && !this.maySit(shown)) return this.challenge(leg, message, 401);
    if (seat !== undefined && seat.user !== user) return this.refuse(leg, message, 441, "Wrong Credentials", key);
    if (message.method === methods.allocate) return this.allocate(leg, message, { user, key, ...shown }, seat);
    if (seat === undefined) return this.refuse(leg, message, 437, "Allocation Mismatch", key);
    if (message.method === methods.refresh) return this.refresh(seat, message, key);
    if (message.method === methods.permission) return this.permit(seat, message, key);
    if (message.method === methods.channel) return this.bindChannel(seat, message, key);
    this.refuse(leg, message, 400, "Bad Request", key);
  }

  /** @checks CA12 */
  private maySit({ untilSeconds, room, seat }: Shown): boolean {
    const nowMs = this.ports.nowMs();
    return untilSeconds * 1_000 > nowMs && (this.left.get(placeOf(room, seat)) ?? 0) < nowMs;
  }

  /** @checks CA12, CA13, CA62 */
  private allocate(leg: Leg, message: Stun, by: Shown & { user: string; key: Buffer }, there: Seat | undefined) {
    const { key, room, user } = by;
    const allocateId = message.id.toString("latin1");
    if (there !== undefined && there.allocateId !== allocateId)
      return this.refuse(leg, message, 437, "Allocation Mismatch", key);
    if (message.attributes.get(attributes.transport)?.[0] !== 17)
      return this.refuse(leg, message, 442, "Unsupported Transport Protocol", key);
    let seat = there;
    if (seat === undefined) {
      const place = placeOf(room, by.seat);
      const legs = this.legsOfUser.get(place) ?? new Set<Seat>();
      const use = this.useOfRoom.get(room) ?? { legs: 0, secondMs: 0, bytes: 0, downBytes: 0 };
      const here = this.legsOfPlace.get(leg.from) ?? 0;
      const { legsMax = relayLimits.legs } = this.ports;
      const isScarce = 2 * this.byLeg.size >= legsMax;
      if (legs.size >= relayLimits.legsOfSeat || use.legs >= relayLimits.legsOfRoom)
        return this.refuse(leg, message, 486, "Allocation Quota Reached", key);
      if (isScarce && here >= relayLimits.legsOfPlace)
        return this.refuse(leg, message, 486, "Allocation Quota Reached", key);
      if (this.byLeg.size >= legsMax) return this.refuse(leg, message, 508, "Insufficient Capacity", key);
      seat = {
        leg,
        room,
        use,
        user,
        name: this.freeName(),
        allocateId,
        place,
        untilMs: this.ports.nowMs() + relayLimits.lifetimeSeconds * 1_000,
        may: new Map(),
        channelOf: new Map(),
        nameOf: new Map(),
        secondMs: 0,
        bytes: 0,
        downBytes: 0,
        isGone: false,
      };
      legs.add(seat);
      this.legsOfUser.set(place, legs);
      this.byLeg.set(leg.id, seat);
      leg.seat = seat;
      this.byName.set(seat.name, seat);
      use.legs++;
      this.useOfRoom.set(room, use);
      this.legsOfPlace.set(leg.from, here + 1);
    }
    this.answer(leg, message, key, [
      [attributes.relayed, xorPlace(placeOfName(seat.name), message.id)],
      [attributes.mapped, xorPlace(leg, message.id)],
      [attributes.lifetime, u32(relayLimits.lifetimeSeconds)],
    ]);
  }

  private freeName(): number {
    let name: number;
    do name = this.ports.draw() % (addresses * namesPerAddress);
    while (this.byName.has(name));
    return name;
  }

  private refresh(seat: Seat, message: Stun, key: Buffer): void {
    const asked = u32Of(message.attributes.get(attributes.lifetime)) ?? relayLimits.lifetimeSeconds;
    const seconds = asked === 0 ? 0 : Math.min(relayLimits.lifetimeSeconds, Math.max(60, asked));
    if (seconds === 0) this.leave(seat);
    else seat.untilMs = this.ports.nowMs() + seconds * 1_000;
    this.answer(seat.leg, message, key, [[attributes.lifetime, u32(seconds)]]);
  }

  /** @checks CA11, CA13 */
  private permit(seat: Seat, message: Stun, key: Buffer) {
    const names = namesIn(message);
    if (names.length === 0) return this.refuse(seat.leg, message, 400, "Bad Request", key);
    // What is no seat's name can never be reached: said at once, so that ICE lets go of the pair. @checks CA11, CA81
    const known = names.filter((name): name is number => name !== undefined && !this.isNobody(name));
    if (known.length < names.length) return this.refuse(seat.leg, message, 403, "Forbidden", key);
    this.forgetOld(seat.may);
    const fresh = known.filter((name) => !seat.may.has(name));
    if (seat.may.size + fresh.length > relayLimits.permissions)
      return this.refuse(seat.leg, message, 508, "Insufficient Capacity", key);
    for (const name of known) this.allow(seat, name, permissionMs);
    this.answer(seat.leg, message, key, []);
  }

  /** @checks CA11, CA13 */
  private bindChannel(seat: Seat, message: Stun, key: Buffer) {
    const number = u32Of(message.attributes.get(attributes.channel));
    const channel = number === undefined ? 0 : number >>> 16;
    const [name] = namesIn(message);
    if (channel < 0x4000 || channel > 0x4fff || message.peers.length !== 1)
      return this.refuse(seat.leg, message, 400, "Bad Request", key);
    if (name === undefined || this.isNobody(name)) return this.refuse(seat.leg, message, 403, "Forbidden", key);
    const boundTo = seat.nameOf.get(channel);
    const bound = seat.channelOf.get(name);
    if ((boundTo !== undefined && boundTo !== name) || (bound !== undefined && bound !== channel))
      return this.refuse(seat.leg, message, 400, "Bad Request", key);
    this.forgetOld(seat.may);
    const isFull = boundTo === undefined && seat.nameOf.size >= relayLimits.channels;
    if (isFull || (!seat.may.has(name) && seat.may.size >= relayLimits.permissions))
      return this.refuse(seat.leg, message, 508, "Insufficient Capacity", key);
    seat.nameOf.set(channel, name);
    seat.channelOf.set(name, channel);
    this.allow(seat, name, channelMs);
    this.answer(seat.leg, message, key, []);
  }

  private isNobody(name: number): boolean {
    return name === insideName && this.ports.inside === undefined;
  }

  private allow(seat: Seat, name: number, forMs: number): void {
    seat.may.set(name, Math.max(seat.may.get(name) ?? 0, this.ports.nowMs() + forMs));
  }

  private forgetOld(may: Map<number, number>): void {
    const nowMs = this.ports.nowMs();
    for (const [name, untilMs] of may) if (untilMs < nowMs) may.delete(name);
  }

  /** @checks CA10, CA62 */
  private sendIndication(leg: Leg, message: Stun) {
    const seat = this.seatOf(leg);
    const data = message.attributes.get(attributes.data);
    const [name] = namesIn(message);
    if (seat === undefined || data === undefined || data.length === 0 || name === undefined) return this.drop();
    this.pass(seat, name, data);
  }

  /**
   * Most of all that comes: nothing is copied or made for it, and the same bytes go on under the other's channel.
   *
   * @checks CA10, CA13, CA62
   */
  private channelData(leg: Leg, packet: Buffer) {
    const seat = this.seatOf(leg);
    // not a check: what is shorter has no length, or one beyond its end.
    if (seat === undefined || packet.length < 4) return this.drop();
    const name = seat.nameOf.get(((packet[0] as number) << 8) | (packet[1] as number));
    const length = ((packet[2] as number) << 8) | (packet[3] as number);
    const end = 4 + length;
    if (name === undefined || length === 0 || packet.length < end) return this.drop();
    if (name === insideName) return this.pass(seat, name, packet.subarray(4, end));
    const nowMs = this.ports.nowMs();
    const to = this.reached(seat, name, nowMs);
    if (to === undefined || !this.takes(seat, length, nowMs)) return this.drop();
    const number = to.channelOf.get(seat.name);
    if (number === undefined) return this.hand(to, seat.name, packet.subarray(4, end));
    packet[0] = number >> 8;
    packet[1] = number & 0xff;
    to.leg.send(packet.length === end ? packet : packet.subarray(0, end));
  }

  /** @checks CA10, CA81 */
  private pass(from: Seat, name: number, data: Buffer) {
    const nowMs = this.ports.nowMs();
    if (name === insideName) {
      if ((from.may.get(name) ?? 0) < nowMs) return this.drop();
      return this.enter(from, data, nowMs);
    }
    const to = this.reached(from, name, nowMs);
    if (to === undefined || !this.takes(from, data.length, nowMs)) return this.drop();
    this.hand(to, from.name, data);
  }

  /** Whom a name means for this seat: one of its room, where each permitted the other. @checks CA10, CA11 */
  private reached(from: Seat, name: number, nowMs: number): Seat | undefined {
    if ((from.may.get(name) ?? 0) < nowMs) return undefined;
    const to = this.byName.get(name);
    return to === undefined || to.room !== from.room || (to.may.get(from.name) ?? 0) < nowMs ? undefined : to;
  }

  /** @checks CA13 */
  private takes(from: Seat, bytes: number, nowMs: number): boolean {
    if (!this.hasRoom(from, bytes + relayLimits.packetCostBytes, nowMs)) return false;
    this.passed++;
    this.bytes += bytes;
    return true;
  }

  private hand(to: Seat, from: number, data: Uint8Array) {
    const number = to.channelOf.get(from);
    if (number === undefined) return this.indicate(to, from, data);
    const packet = Buffer.allocUnsafe(4 + data.length);
    packet.writeUInt16BE(number, 0);
    packet.writeUInt16BE(data.length, 2);
    packet.set(data, 4);
    to.leg.send(packet);
  }

  /** @checks CA81, CA138 */
  private enter(from: Seat, data: Buffer, nowMs: number) {
    if (!this.hasWay(from)) return this.drop();
    if (!this.hasRoom(from, data.length + relayLimits.packetCostBytes, nowMs)) return this.drop();
    this.passed++;
    this.bytes += data.length;
    this.ports.inside?.receive(from.leg.id, data);
  }

  /** @checks CA138 */
  private hasWay({ leg, place }: Seat): boolean {
    const ways = this.waysOf.get(place);
    if (ways === undefined) return false;
    if (ways.has(leg)) return true; // not a check: it has its way.
    if (ways.size >= relayLimits.waysOfSeat || !this.ways.enter(leg.from)) return false;
    ways.add(leg);
    return true;
  }

  private endWays(place: string): void {
    for (const leg of this.waysOf.get(place) ?? []) this.endWay(place, leg);
  }

  private endWay(place: string, leg: Leg): void {
    if (this.waysOf.get(place)?.delete(leg) !== true) return;
    this.ways.leave(leg.from);
    this.ports.inside?.left(leg.id);
  }

  /** From the inside address to the leg that had sent there. @checks CA81 */
  fromInside(legId: string, data: Uint8Array) {
    const to = this.byLeg.get(legId);
    const nowMs = this.ports.nowMs();
    if (to === undefined || data.length > relayLimits.packetBytes) return this.drop();
    if ((to.may.get(insideName) ?? 0) < nowMs) return this.drop();
    if (!this.hasRoom(to, data.length + relayLimits.packetCostBytes, nowMs, true)) return this.drop();
    this.passed++;
    this.bytes += data.length;
    this.hand(to, insideName, data[0] === 1 && data[1] === 1 ? this.checkedBy(to, data) : data);
  }

  /** The media's answer to an ICE check, with the relayed address of who checked (CA236). */
  private checkedBy({ place, name }: Seat, data: Uint8Array): Uint8Array {
    const key = this.icePasswords.get(place);
    const message = parseStun(Buffer.from(data.buffer, data.byteOffset, data.length));
    if (key === undefined || message?.attributes.has(attributes.mapped) !== true || !isIntact(message, key))
      return data;
    const { id } = message;
    const list = [...message.attributes].flatMap(([type, value]): Attribute[] => {
      if (type === attributes.integrity || type === attributes.fingerprint) return [];
      return [[type, type === attributes.mapped ? xorPlace(placeOfName(name), id) : value]];
    });
    return buildStun(message, list, key);
  }

  /**
   * Counts them, where there is room. Half of all is divided among the rooms that send now, so that a room that comes
   * later has a share as well; the other half is taken as it comes.
   *
   * @checks CA13, CA62, CA81
   */
  private hasRoom(from: Seat, bytes: number, nowMs: number, isDown = false): boolean {
    const second = nowMs - (nowMs % 1_000);
    const { use } = from;
    if (this.secondMs !== second) {
      this.roomsBefore = second === this.secondMs + 1_000 ? this.roomsNow : 0;
      this.roomsNow = 0;
      this.secondMs = second;
      this.secondBytes = 0;
      this.commonBytes = 0;
    }
    if (from.secondMs !== second) {
      from.secondMs = second;
      from.bytes = 0;
      from.downBytes = 0;
    }
    if (use.secondMs !== second) {
      use.secondMs = second;
      use.bytes = 0;
      use.downBytes = 0;
      this.roomsNow++;
    }
    const { bytesPerSecond = Number.POSITIVE_INFINITY } = this.ports;
    const { legBytesPerSecond, roomBytesPerSecond, legDownBytesPerSecond, roomDownBytesPerSecond } = relayLimits;
    if (!isDown && (from.bytes + bytes > legBytesPerSecond || use.bytes + bytes > roomBytesPerSecond)) return false;
    if (isDown && (from.downBytes + bytes > legDownBytesPerSecond || use.downBytes + bytes > roomDownBytesPerSecond))
      return false;
    if (this.secondBytes + bytes > bytesPerSecond) return false;
    const share = bytesPerSecond / 2 / (Math.max(this.roomsBefore, this.roomsNow) + 1);
    if (use.bytes + use.downBytes + bytes > share) {
      if (this.commonBytes + bytes > bytesPerSecond / 2) return false;
      this.commonBytes += bytes;
    }
    if (isDown) {
      from.downBytes += bytes;
      use.downBytes += bytes;
    } else {
      from.bytes += bytes;
      use.bytes += bytes;
    }
    this.secondBytes += bytes;
    return true;
  }

  private indicate(to: Seat, from: number, data: Uint8Array): void {
    const id = Buffer.concat([u32(this.ports.draw()), u32(this.ports.draw()), u32(this.ports.draw())]);
    to.leg.send(
      buildStun(
        { method: methods.data, class: classes.indication, id },
        [
          [attributes.peer, xorPlace(placeOfName(from), id)],
          [attributes.data, data],
        ],
        undefined,
        false,
      ),
    );
  }

  private answer(leg: Leg, { method, id }: Stun, key: Buffer, list: readonly Attribute[]): void {
    leg.send(buildStun({ method, class: classes.success, id }, list, key));
  }

  private refuse(leg: Leg, { method, id }: Stun, code: number, reason: string, key: Buffer): void {
    this.refused++;
    if (!this.byLeg.has(leg.id)) this.countAnswer(leg);
    const list: Attribute[] = [[attributes.error, Buffer.concat([errorCode(code), Buffer.from(reason)])]];
    leg.send(buildStun({ method, class: classes.error, id }, list, key));
  }

  /**
   * Tells what is to be shown, as short as it can be said: it must not be worth asking in another's name.
   *
   * @checks CA63
   */
  private challenge(leg: Leg, message: Stun, code: 401 | 438) {
    if (!this.mayBeAnswered(leg, message)) return this.drop();
    this.refused++;
    this.countAnswer(leg);
    const { method, id } = message;
    const list: Attribute[] = [
      [attributes.error, errorCode(code)],
      [attributes.realm, Buffer.from(realm)],
      [attributes.nonce, Buffer.from(this.nonce(leg, 0))],
    ];
    leg.send(buildStun({ method, class: classes.error, id }, list, undefined, false));
  }

  /**
   * Whether a leg that does not sit is answered: so often a second from its place, and so often in all.
   *
   * @checks CA13, CA63
   */
  private mayBeAnswered(leg: Leg, { raw }: Stun): boolean {
    const nowMs = this.ports.nowMs();
    if (nowMs - this.challengesFromMs >= 1_000 || nowMs < this.challengesFromMs) {
      this.challengesFromMs = nowMs;
      this.challengesInAll = 0;
      this.challenged.clear();
    }
    if (raw.length < relayLimits.requestBytesMin) return false;
    if (leg.isStream !== true && this.challengesInAll >= relayLimits.challengesPerSecondInAll) return false;
    return (this.challenged.get(askedFrom(leg)) ?? 0) < relayLimits.challengesPerSecond;
  }

  private countAnswer(leg: Leg): void {
    if (leg.isStream !== true) this.challengesInAll++;
    const from = askedFrom(leg);
    this.challenged.set(from, (this.challenged.get(from) ?? 0) + 1);
  }

  /** Bound to the leg's address and a quarter of an hour: nothing is kept for who asks. */
  private nonce(leg: Leg, slots: number): string {
    const slot = Math.floor(this.ports.nowMs() / nonceSlotMs) + slots;
    return hmac(this.ports.secret, `nonce ${leg.id} ${slot}`).slice(0, nonceChars);
  }

  private leave(seat: Seat): void {
    this.byLeg.delete(seat.leg.id);
    seat.leg.seat = undefined;
    seat.isGone = true;
    this.byName.delete(seat.name);
    if (--seat.use.legs === 0) this.useOfRoom.delete(seat.room);
    const here = (this.legsOfPlace.get(seat.leg.from) ?? 1) - 1;
    if (here > 0) this.legsOfPlace.set(seat.leg.from, here);
    else this.legsOfPlace.delete(seat.leg.from);
    const { place } = seat;
    const legs = this.legsOfUser.get(place);
    legs?.delete(seat);
    if (legs?.size === 0) this.legsOfUser.delete(place);
    this.endWay(place, seat.leg);
    seat.leg.left?.();
  }

  private drop(): void {
    this.dropped++;
  }
}

function placeOf(room: string, seat: number): string {
  return `${room}:${seat}`;
}

/** One who makes up where packets come from uses up nothing of what connections from there have. */
function askedFrom({ from, isStream }: Leg): string {
  return isStream === true ? `${from} tcp` : from;
}

function errorCode(code: number): Buffer {
  return Buffer.from([0, 0, Math.floor(code / 100), code % 100]);
}

function placeOfName(name: number): Place {
  if (name === insideName) return { ip: Uint8Array.of(192, 0, 2, insideHost), port: mediaPlace.port };
  return {
    ip: Uint8Array.of(192, 0, 2, 1 + Math.floor(name / namesPerAddress)),
    port: firstPort + (name % namesPerAddress),
  };
}

/** Each peer address of a message; undefined where it is none of ours. @checks CA11, CA81 */
function namesIn({ peers, id }: Stun): readonly (number | undefined)[] {
  return peers.map((peer) => {
    const place = readXorPlace(peer, id);
    if (place === undefined || place.ip.length !== 4) return undefined;
    const [a, b, c, host = 0] = place.ip;
    if (a === 192 && b === 0 && c === 2 && host === insideHost && place.port === mediaPlace.port) return insideName;
    // @checks CA11
    const isOurs = a === 192 && b === 0 && c === 2 && host >= 1 && host <= addresses;
    const at = place.port - firstPort;
    return isOurs && at >= 0 && at < namesPerAddress ? (host - 1) * namesPerAddress + at : undefined;
  });
}
