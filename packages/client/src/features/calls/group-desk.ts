/**
 * Group desk: the group calls that this device rings for, listens to, or is in (docs/spec/calls.md CA90–CA96). In
 * memory alone: what stays of a call is its message. One is in one at a time, on one page.
 */
import type { BodyOf, CallMedia, SyncItemOf } from "@yanshu/content";
import { type MessageName, readContact, readMembers, readNewestOf } from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  equalBytes,
  fromHex,
  type JoinMedia,
  toHex,
  type UnixMs,
  type WantSlots,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, pack, type RoomEvents, type RoomLine } from "../../feature.ts";
import { InOrder } from "../../values/in-order.ts";
import { type CallHome, callHome } from "./call-home.ts";
import { OwnKeys } from "./group-keys.ts";
import { GroupRings, mayBeIn } from "./group-rings.ts";
import { type GroupRoom, type RingSaid, tellChanged } from "./group-room.ts";
import { Roster } from "./group-roster.ts";
import { GroupTalk } from "./group-talk.ts";
import { callMsMax, ringMs } from "./ring.ts";
import { roomKeys, roomName, roomNonceBytes } from "./say.ts";
import { type CallMessage, isItsMessage, rungFor, storedCall } from "./stored-call.ts";

/** A call that one meant to be in, and was not let into: `full`, or `closed` where home had it no more. */
export type GroupMissed = Pick<GroupRoom, "call" | "conversation" | "media"> & {
  readonly as: "full" | "closed";
  readonly atMs: number;
};

type CallSaid = {
  readonly conversation: ConversationId;
  readonly by: Bytes;
  readonly id: Bytes;
  readonly body: BodyOf<"call">;
};

/** What a `callRing` says besides: its own name, that of the call, and what the call is. */
export type MoreSaid = {
  readonly ring: CallMessage;
  readonly named: CallMessage;
  /** What the call is: absent where an older version says it. */
  readonly of: Pick<BodyOf<"callRing">, "device" | "media" | "secret" | "home">;
};

const tickMs = 500;
const roomMsMax = 12 * 3_600_000;
const ringsMax = 16;
/** Rooms that are listened to at once, in all; of one chat, and of how many of its newest calls they are chosen. */
const listensMax = 4;
const offersMax = 3;
const lookedAtMax = 64;
/** Names of rooms that home refused: they are not dialled again. */
const overMax = 1_024;
const overAgainMs = 60_000;
/** As long as a call rings. */
const fullAgainMs = ringMs;
const heldMax = 256;

export class GroupDesk {
  readonly rooms = new Map<Hex, GroupRoom>();
  private readonly context: FeatureContext;
  /** Whether a call between two goes on. */
  private readonly isBusy: () => boolean;
  /** Whether it is with this person. */
  private readonly isWith: (account: Hex) => boolean;
  readonly talk: GroupTalk;
  private isTicking = false;
  private watched: Hex | undefined;
  private readonly over = new Set<Hex>();
  /** Calls that this person took since the app was opened. */
  private readonly taken = new Set<Hex>();
  private readonly rings: GroupRings;
  missed: GroupMissed | undefined;

  constructor(context: FeatureContext, isBusy: () => boolean, isWith: (account: Hex) => boolean = () => false) {
    this.context = context;
    this.isBusy = isBusy;
    this.isWith = isWith;
    this.rings = new GroupRings(context, this.rooms);
    this.talk = new GroupTalk(context, (room) => this.rooms.get(room.call) === room);
  }

  get areThere(): boolean {
    const { rooms } = this.context;
    return rooms.areThere() === true && rooms.haveMedia();
  }

  /** The one that this device is in. */
  get current(): GroupRoom | undefined {
    return [...this.rooms.values()].find(({ inside }) => inside !== undefined);
  }

  get ringing(): GroupRoom | undefined {
    if (this.isBusy()) return undefined; // One is in one call at a time.
    const nowMs = this.context.nowMs();
    return [...this.rooms.values()].find(({ ringUntilMs, inside }) => inside === undefined && nowMs < ringUntilMs);
  }

  /** Of a message: the name of its call, where somebody is known to be in it, or it rings. */
  goesOn(named: CallMessage): Hex | undefined {
    const nowMs = this.context.nowMs();
    return this.roomOf(named, ({ isOpen, ringUntilMs }) => isOpen || ringUntilMs > nowMs)?.call;
  }

  /** Of a message: whether home is asked who is in its call, so that it may ring in a moment. */
  isAsked(named: CallMessage): boolean {
    return this.roomOf(named, ({ asked }) => asked.size > 0) !== undefined;
  }

  private roomOf(named: CallMessage, is: (room: GroupRoom) => boolean): GroupRoom | undefined {
    return [...this.rooms.values()].find(
      (room) => is(room) && (isItsMessage(room.message, named) || room.rungAs.some((one) => isItsMessage(one, named))),
    );
  }

  isGroup(conversation: ConversationId): boolean {
    return this.context.group(conversation)?.kind.hasGroupCalls === true;
  }

  /**
   * @param rings whom: members of the group, at most 16; nobody is well.
   * @throws ClientError `not-allowed`, `server-unreachable` where home forwards no media, `too-often` where a call goes
   * on here.
   */
  async start(conversation: ConversationId, media: CallMedia, rings: readonly Hex[], host: string): Promise<Hex> {
    const { context } = this;
    const members = new Set(readMembers(context.db, conversation).map(({ account }) => toHex(account)));
    if (!this.isGroup(conversation) || rings.length > ringsMax || rings.some((one) => !members.has(one)))
      throw new ClientError("not-allowed");
    if (!this.areThere) throw new ClientError("server-unreachable");
    if (this.isBusy() || this.current !== undefined) throw new ClientError("too-often");
    const room = this.make({
      conversation,
      media,
      secret: context.random(32),
      caller: toHex(context.own()),
      callerDevice: toHex(context.device()),
      home: context.rooms.homeToName(conversation),
      message: undefined,
    });
    room.begunMs = this.context.nowMs();
    await this.enter(room, host, rings);
    return room.call;
  }

  /** A `call` message of a group was applied. Not inside a transaction. */
  posted(said: CallSaid & { readonly sentAtMs: number }): void {
    const { conversation, by, sentAtMs, body } = said;
    const chat = toHex(conversation);
    const isTheirs = this.isOf(said, body);
    const rings: RingSaid = { conversation, by, rings: body.rings, sentAtMs };
    const room = isTheirs && this.isFreeFor(by) && this.rings.mayRing(rings) ? this.known(said) : undefined;
    const isDue = room !== undefined && this.rings.mayRingBy(room);
    if (room !== undefined && !isDue) this.drop(room);
    if (room !== undefined && isDue) {
      this.rings.asked(room, by, false);
      this.ring(room, rings);
    } else if (this.watched === chat) this.watch(chat);
  }

  /** Somebody who is in a call of a group rings more of its members. Not inside a transaction. */
  ringsMore(said: RingSaid & MoreSaid): void {
    if (!this.isFreeFor(said.by) || !this.rings.mayRing(said)) return;
    const named = this.namedBy(said);
    if (named === undefined) return;
    const [call, first] = named;
    // Where the ring is all that is here of the call, its device is the sender's (CA141).
    if (isItsMessage({ ...first, author: first.by }, said.ring) && !this.isOf(said, first.body)) return;
    const room = this.rooms.get(call) ?? this.known(first);
    if (room === undefined || !isItsMessage(room.message, { author: first.by, id: first.id })) return;
    if (!isItsMessage(room.message, said.ring)) room.rungAs.push(said.ring);
    this.rings.asked(room, said.by, true);
    room.asked.set(toHex(said.by), said);
    // Home is asked who sits there now: it rings once the one who rings was heard there.
    if (!this.rings.mayRingBy(room) || !this.listen(room)) {
      if (!room.isWatched && room.line === undefined) this.drop(room);
    } else {
      this.ringAsked(room);
      this.dropsIfLost(room);
    }
  }

  /**
   * What stands in the chat of who is rung by this (CA207): the call itself, for a device that has no message of it
   * (CA206); else that it rang, and by whom. Undefined: nothing. Inside a transaction.
   */
  ringStandsAs({
    conversation,
    by,
    rings,
    sentAtMs,
    ring,
    named,
    of,
  }: RingSaid & MoreSaid): BodyOf<"call"> | undefined {
    const { context } = this;
    const { device, media, secret, home } = of;
    const own = context.own();
    if (equalBytes(by, own) || !rings.some((one) => equalBytes(one, own)) || !this.isGroup(conversation))
      return undefined;
    if (readContact(context.db, by as AccountId)?.state === "blocked" || device === undefined || media === undefined)
      return undefined;
    const call: BodyOf<"call"> = { kind: "call", device, media, rings: [own], ...(home !== undefined && { home }) };
    const first = secret && this.callsOf(conversation).get(toHex(roomName(context.rooms.crypto, secret)));
    const { author, id } =
      first === undefined ? named : rungFor(context, conversation, { author: first.by, id: first.id });
    const value = pack({ author, id });
    context.setMark(conversation, ring as MessageName, { kind: "callOf", by: own, key: "", value, stamp_ms: sentAtMs });
    return secret !== undefined && first === undefined ? { ...call, secret } : call;
  }

  /**
   * The call that is meant, by its room: of messages that name the same one the oldest (CA143), which is the ring
   * itself where this device has no other.
   */
  private namedBy(said: RingSaid & MoreSaid): readonly [Hex, CallSaid] | undefined {
    const calls = this.callsOf(said.conversation);
    const { secret } = said.of;
    if (secret === undefined) return [...calls].find(([, one]) => isItsMessage({ ...one, author: one.by }, said.named));
    const call = toHex(roomName(this.context.rooms.crypto, secret));
    const first = calls.get(call);
    return first && [call, first];
  }

  /** Rings where one who asked is known to sit there, or home does not say who does (CA200) or is not asked (PE70). */
  private ringAsked(room: GroupRoom): void {
    const { asked, roster } = room;
    const nowMs = this.context.nowMs();
    for (const [by, said] of asked) {
      if (this.context.rooms.nowMs() - said.sentAtMs >= ringMs) asked.delete(by);
      else if (nowMs < room.fullUntilMs || !this.mayAsk(room) || roster.all.some(({ account }) => account === by)) {
        asked.delete(by);
        if (this.isFreeFor(said.by) && this.rings.mayRing(said, true) && this.rings.mayRingBy(room))
          this.ring(room, said);
      }
    }
  }

  private ring(room: GroupRoom, { by, sentAtMs }: RingSaid): void {
    if (!this.listen(room)) {
      this.drop(room);
      return;
    }
    const nowMs = this.context.nowMs();
    const ageMs = this.context.rooms.nowMs() - sentAtMs;
    room.ringUntilMs = nowMs + ringMs - Math.max(0, Math.min(ageMs, ringMs));
    room.ringsBy = toHex(by);
    this.rings.rang(room, by);
    this.tickSoon();
    tellChanged(this.context, room);
  }

  /** Of the device: one is in one call at a time. With whom one talks may go on in a group (CA193). */
  private isFreeFor(by: Bytes): boolean {
    return this.current === undefined && (!this.isBusy() || this.isWith(toHex(by)));
  }

  /** Who says so of a device that is not theirs calls nobody. */
  private isOf(
    { conversation, by }: { readonly conversation: ConversationId; readonly by: Bytes },
    { device }: BodyOf<"call">,
  ): boolean {
    const owner = this.context.rooms.keyOf(conversation, device);
    return owner !== undefined && equalBytes(owner.account, by);
  }

  /** Its author said that it is over. */
  recorded(message: CallMessage): void {
    for (const room of this.rooms.values())
      if (room.inside === undefined && isItsMessage(room.message, message)) {
        this.ringEnded(room);
        this.drop(room);
      }
  }

  /**
   * The person looks at this chat: whether calls go on there is heard from their rooms. Undefined: at none. Home is
   * dialled once for each, and not at every look: a room is listened to until nobody holds it any more.
   */
  watch(chat: Hex | undefined): void {
    this.watched = chat;
    for (const room of this.rooms.values()) room.isWatched = toHex(room.conversation) === chat;
    if (chat === undefined || !this.areThere) return;
    const conversation = fromHex(chat) as ConversationId;
    if (!this.isGroup(conversation) || !mayBeIn(this.context, conversation)) return;
    for (const room of this.offered(conversation)) {
      room.isWatched = true;
      const isKept = this.mayAsk(room) ? this.listen(room) : room.ringUntilMs > this.context.nowMs();
      if (room.inside === undefined && !isKept) this.drop(room);
    }
  }

  async join(call: Hex, host: string): Promise<void> {
    const room = this.rooms.get(call);
    if (room === undefined) throw new ClientError("unknown-message");
    if (this.current === room) return;
    if (this.isBusy() || this.current !== undefined) throw new ClientError("too-often");
    await this.enter(room, host, undefined);
  }

  /**
   * Rings more members of the group whose call this device is in. Who is in it already, or was rung from here within a
   * minute, is not rung again.
   * @throws ClientError `not-allowed` where one of them is no member, or this device is in no such call.
   */
  ringMore(call: Hex, rings: readonly Hex[]): void {
    const { context } = this;
    const room = this.current;
    if (room?.call !== call || room.message === undefined) throw new ClientError("not-allowed");
    const { conversation, message, rangMs, roster } = room;
    const members = new Set(readMembers(context.db, conversation).map(({ account }) => toHex(account)));
    if (rings.length > ringsMax || rings.some((one) => !members.has(one))) throw new ClientError("not-allowed");
    const nowMs = context.nowMs();
    const there = new Set([toHex(context.own()), ...roster.all.map(({ account }) => account)]);
    const due = [...new Set(rings)].filter((one) => !there.has(one) && nowMs - (rangMs.get(one) ?? 0) >= ringMs);
    if (due.length === 0) return;
    for (const one of due) rangMs.set(one, nowMs);
    const { author, id } = rungFor(context, conversation, message) as BodyOf<"callRing">;
    const accounts = due.map((one) => fromHex(one) as AccountId);
    const { media, secret, home } = room;
    const of = { device: context.device(), media, secret, ...(home !== undefined && { home }) };
    context.say(conversation, { kind: "callRing", author, id, rings: accounts, ...of });
    tellChanged(context, room);
    // When it rings there no longer.
    context.after(ringMs, () => tellChanged(context, room));
  }

  /** It rings here no more (CA201); the call goes on. */
  silence(call: Hex): void {
    const room = this.rooms.get(call);
    if (room === undefined) return;
    this.rings.declined(room);
    this.hush(room);
  }

  private hush(room: GroupRoom): void {
    room.ringUntilMs = 0;
    if (!this.dropsIfLost(room)) tellChanged(this.context, room);
  }

  /** Where it neither rings nor is listened to, since its home is not asked (PE70), it is dropped. */
  private dropsIfLost(room: GroupRoom): boolean {
    const isLost = !isTicking(room) && !this.mayAsk(room);
    if (isLost) this.drop(room);
    return isLost;
  }

  leave(): void {
    const room = this.current;
    if (room?.inside === undefined) return;
    const { sinceMs } = room.inside;
    this.talk.say(room, { kind: "bye" });
    const isLast = room.roster.all.length === 0;
    const { line } = room;
    room.inside = undefined;
    room.line = undefined;
    void room.saying.done().then(() => line?.leave());
    const isOwn = room.callerDevice === toHex(this.context.device());
    if (isOwn) room.begunMs ??= sinceMs;
    room.seenMs = this.context.nowMs();
    if (isLast) this.ended(room);
    room.roster.clear();
    room.isOpen = false;
    // Who began it listens on, and says how long it was once nobody is in it any more.
    if (isOwn && !isLast) this.listen(room);
    else if (isLast || this.watched !== toHex(room.conversation)) this.rooms.delete(room.call);
    else this.watch(this.watched);
    tellChanged(this.context, room);
  }

  joinMedia(call: Hex, join: JoinMedia): void {
    const room = this.rooms.get(call);
    if (room?.inside !== undefined) room.line?.joinMedia(join);
  }

  wantSlots(call: Hex, want: WantSlots): void {
    const room = this.rooms.get(call);
    if (room?.inside !== undefined) room.line?.wantSlots(want);
  }

  /** The network changed, or the way of media was lost. */
  again(call: Hex): void {
    const room = this.rooms.get(call);
    if (room?.inside !== undefined) room.line?.again();
  }

  sends(call: Hex, voice: boolean, picture: boolean, screen: boolean): void {
    const room = this.rooms.get(call);
    if (room?.inside === undefined) return;
    room.inside.sends = { voice, picture, screen: picture && screen };
    this.talk.sayHere(room);
    tellChanged(this.context, room);
  }

  /** The room of a call that was not known; undefined of one that is. */
  private known({ conversation, by, id, body }: CallSaid): GroupRoom | undefined {
    const { secret, media, device, home } = body;
    if (secret === undefined || !this.isGroup(conversation)) return undefined;
    const call = toHex(roomName(this.context.rooms.crypto, secret));
    // A room is of one call: a message that names one that is known changes nothing.
    if (this.rooms.has(call)) return undefined;
    const message = { author: by, id };
    return this.make({ conversation, media, secret, caller: toHex(by), callerDevice: toHex(device), home, message });
  }

  /** The newest calls of a chat that are not over, by their rooms: of messages that name the same one the oldest. */
  private callsOf(conversation: ConversationId): ReadonlyMap<Hex, CallSaid> {
    const calls = new Map<Hex, CallSaid>();
    for (const message of readNewestOf(this.context.db, conversation, "call", lookedAtMax)) {
      const said = this.stored(conversation, message);
      if (said?.body.secret !== undefined)
        calls.set(toHex(roomName(this.context.rooms.crypto, said.body.secret)), said);
    }
    return calls;
  }

  /** Calls of a chat that may go on: the newest, and one of each author, so that nobody hides another's. */
  private offered(conversation: ConversationId): readonly GroupRoom[] {
    const calls = this.callsOf(conversation);
    const offered: GroupRoom[] = [];
    const authors = new Set<Hex>();
    for (const [call, said] of calls) {
      const by = toHex(said.by);
      if (offered.length >= offersMax || authors.has(by) || this.over.has(call)) continue;
      const room = this.rooms.get(call) ?? this.known(said);
      if (room === undefined || !equalBytes(room.conversation, conversation)) continue;
      authors.add(by);
      offered.push(room);
    }
    return offered;
  }

  /** The call of a message that is on this disk; undefined where it is over, or too old or too new to go on. */
  private stored(conversation: ConversationId, message: CallMessage): CallSaid | undefined {
    const { context } = this;
    const found = storedCall(context, conversation, message);
    if (found === undefined) return undefined;
    const ageMs = context.rooms.nowMs() - context.message(conversation, found.name).sent_ms;
    if (ageMs >= roomMsMax || ageMs <= -callMsMax) return undefined;
    return { conversation, by: message.author, id: message.id, body: found.body };
  }

  private make(
    of: Pick<GroupRoom, "conversation" | "media" | "secret" | "caller" | "callerDevice" | "home" | "message">,
  ): GroupRoom {
    const keys = roomKeys(this.context.rooms.crypto, of.secret);
    const room: GroupRoom = {
      ...of,
      call: toHex(keys.name),
      keys,
      rungAs: [],
      line: undefined,
      roster: new Roster(),
      seats: new Set(),
      isOpen: false,
      heard: new Map(),
      n: 0,
      nonce: this.context.random(roomNonceBytes),
      nonces: new Map(),
      fullUntilMs: 0,
      ringUntilMs: 0,
      ringsBy: of.caller,
      asked: new Map(),
      rangMs: new Map(),
      isWatched: this.watched === toHex(of.conversation),
      inside: undefined,
      madeMs: this.context.nowMs(),
      begunMs: undefined,
      seenMs: this.context.nowMs(),
      saying: new InOrder(this.context.failed),
      hearing: new InOrder(this.context.failed, heldMax),
    };
    this.rooms.set(room.call, room);
    return room;
  }

  private async enter(room: GroupRoom, host: string, rings: readonly Hex[] | undefined): Promise<void> {
    const { rooms } = this.context;
    const pair = await rooms.crypto.sealKeyPair();
    if (this.current !== undefined) throw new ClientError("too-often");
    this.deafen(room);
    room.ringUntilMs = 0;
    this.missed = undefined;
    room.asked.clear();
    this.rings.answered(room);
    room.roster.clear();
    room.inside = {
      own: new OwnKeys(rooms.crypto, pair),
      host,
      seat: undefined,
      isAway: false,
      relay: undefined,
      media: undefined,
      mediaN: 0,
      mediaGoneN: 0,
      sends: { voice: true, picture: room.media === "video", screen: false },
      isScreenTold: false,
      theirs: new Map(),
      answeredMs: new Map(),
      before: new Set(),
      hereMs: 0,
      enteredMs: 0,
      isAnswering: false,
      isKeyDue: false,
      sinceMs: this.context.nowMs(),
      rings,
    };
    room.nonce = this.context.random(roomNonceBytes);
    room.nonces.clear();
    // Numbers go on above those of an earlier time in this room, also after a restart.
    room.n = Math.max(room.n, this.context.nowMs());
    this.taken.add(room.call);
    room.line = rooms.enter(room.keys.name, this.eventsOf(room), this.homeOf(room).at);
    tellChanged(this.context, room);
    this.tickSoon();
  }

  /**
   * Returns whether it is listened to, or need not be, as at a home that is not asked: where all ways are taken by
   * calls that ring it is not.
   */
  private listen(room: GroupRoom): boolean {
    if (room.line !== undefined || this.context.nowMs() < room.fullUntilMs || !this.mayAsk(room)) return true;
    // Those that this device began are few, and are not among them.
    const others = [...this.rooms.values()].filter(
      ({ line, inside, begunMs }) => line !== undefined && inside === undefined && begunMs === undefined,
    );
    if (others.length >= listensMax) {
      const nowMs = this.context.nowMs();
      const oldest = others.find(({ isWatched, ringUntilMs }) => !isWatched && ringUntilMs <= nowMs);
      if (oldest === undefined) return false;
      this.drop(oldest);
    }
    room.line = this.context.rooms.listen(room.keys.name, this.eventsOf(room), this.homeOf(room).at);
    this.tickSoon();
    return true;
  }

  /** The other home at which the room is: that of who began the call, no matter who rang by it (CA249). */
  private homeOf({ conversation, message, caller, callerDevice, home }: GroupRoom): CallHome {
    const { context } = this;
    const author = message === undefined ? fromHex(caller) : rungFor(context, conversation, message).author;
    return callHome(context, conversation, author, fromHex(callerDevice), home);
  }

  /** Whether its home is asked before it is taken. */
  private mayAsk(room: GroupRoom): boolean {
    return this.taken.has(room.call) || this.homeOf(room).isMet;
  }

  /** Listens no more. */
  private deafen(room: GroupRoom): void {
    if (room.inside !== undefined) return;
    room.line?.close();
    room.line = undefined;
    room.isOpen = false;
    room.roster.clear();
  }

  /** Nobody sits there any more. */
  private empty(room: GroupRoom): void {
    this.ringEnded(room);
    this.ended(room);
  }

  /** It ended by itself while it rang. */
  private ringEnded(room: GroupRoom): void {
    if (room.ringUntilMs <= this.context.nowMs()) return;
    room.ringUntilMs = 0;
    this.rings.forget(room);
  }

  /** All own devices know that one was in it (CA208): what rang for it is nothing that was missed. */
  private noteIn({ conversation, message, rungAs, caller }: GroupRoom): void {
    const { context } = this;
    const own = context.own();
    const names = (caller === toHex(own) ? rungAs : [message, ...rungAs]) as readonly (BodyOf<"callEnd"> | undefined)[];
    const stampMs = context.nowMs();
    const items = names.flatMap((name) =>
      name === undefined || context.marks(conversation, name, "callIn").some(({ by }) => equalBytes(by, own))
        ? []
        : [{ kind: "callIn", conversation, author: name.author, id: name.id, stampMs } as const],
    );
    if (items.length === 0) return;
    context.db.transaction(() => {
      for (const one of items) setCallIn(context, one);
      context.tellOwnDevices(items);
    });
    context.sendSoon();
  }

  private drop(room: GroupRoom): void {
    room.line?.close();
    room.line = undefined;
    room.inside = undefined;
    room.isOpen = false;
    room.ringUntilMs = 0;
    this.rooms.delete(room.call);
    tellChanged(this.context, room);
  }

  private eventsOf(room: GroupRoom): RoomEvents {
    let line: RoomLine | undefined;
    // Of a line that was let go nothing is heard any more.
    const isHere = () => {
      line ??= room.line;
      return this.rooms.get(room.call) === room && room.line !== undefined && room.line === line;
    };
    return {
      entered: (others, seat) => {
        if (!isHere()) return;
        room.seats = new Set(others);
        room.isOpen = others.length > 0 || room.inside !== undefined;
        if (room.inside !== undefined) {
          this.talk.entered(room, room.inside, seat);
          this.noteIn(room);
        } else if (!room.isOpen) this.empty(room);
        if (room.isOpen) room.seenMs = this.context.nowMs();
        tellChanged(this.context, room);
      },
      said: (from, bytes) => {
        if (!isHere()) return;
        room.seenMs = this.context.nowMs();
        room.hearing.add(() => this.talk.hear(room, from, bytes));
      },
      seats: (seats) => {
        if (!isHere()) return;
        const isNew = seats.some((seat) => !room.seats.has(seat));
        room.seats = new Set(seats);
        if (room.inside !== undefined && isNew) this.talk.sayHere(room);
        else if (room.inside === undefined) room.isOpen = seats.length > 0;
        // Until now somebody was there.
        room.seenMs = this.context.nowMs();
        if (seats.length === 0 && room.inside === undefined) this.empty(room);
        tellChanged(this.context, room);
      },
      relay: (relay) => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.relay = relay;
        tellChanged(this.context, room);
      },
      media: (media) => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.media = media;
        room.inside.mediaN++;
        tellChanged(this.context, room);
      },
      mediaGone: () => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.mediaGoneN++;
        tellChanged(this.context, room);
      },
      away: () => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.isAway = true;
        tellChanged(this.context, room);
      },
      refused: (code) => {
        if (!isHere()) return;
        room.line = undefined;
        // Nobody holds it open: it is over. Or it is full, and one cannot be in it.
        if (room.inside === undefined && code === "full") return this.full(room);
        if (room.inside === undefined) {
          this.isOver(room);
          this.ended(room);
        } else {
          const { call, conversation, media } = room;
          this.missed = {
            call,
            conversation,
            media,
            as: code === "full" ? "full" : "closed",
            atMs: this.context.nowMs(),
          };
        }
        this.drop(room);
        if (this.watched === toHex(room.conversation)) this.watch(this.watched);
      },
    };
  }

  /**
   * So many listen already: somebody is in it. It rings on, and is offered; who is in it is asked for a minute later.
   */
  private full(room: GroupRoom): void {
    room.isOpen = true;
    room.seats = new Set();
    room.roster.clear();
    room.fullUntilMs = this.context.nowMs() + fullAgainMs;
    this.context.after(fullAgainMs, () => {
      if (this.rooms.get(room.call) !== room || room.line !== undefined || room.inside !== undefined) return;
      if (!room.isWatched || !this.listen(room)) this.drop(room);
    });
    this.ringAsked(room);
    tellChanged(this.context, room);
  }

  /**
   * It is not dialled at a look any more, so that looking at the chat tells home nothing; once more by itself, a minute
   * later, for home may have started anew.
   */
  private isOver({ call, conversation, message }: GroupRoom): void {
    if (this.over.has(call)) return;
    this.over.add(call);
    this.context.after(overAgainMs, () => {
      const said = message && this.stored(conversation, message);
      const room = said && this.known(said);
      if (room !== undefined && !this.listen(room)) this.drop(room);
    });
    const [first] = this.over;
    if (this.over.size > overMax && first !== undefined) this.over.delete(first);
  }

  /** Nobody is in it any more: the device that began it says how long it was. */
  private ended(room: GroupRoom): void {
    const { conversation, message, begunMs, seenMs } = room;
    if (begunMs === undefined || message === undefined || !equalBytes(message.author, this.context.own())) return;
    room.begunMs = undefined;
    const { author, id } = message as BodyOf<"callEnd">;
    const seconds = Math.max(0, Math.floor((seenMs - begunMs) / 1_000));
    this.context.say(conversation, { kind: "callEnd", author, id, as: "ended", seconds });
  }

  private tickSoon(): void {
    if (this.isTicking || ![...this.rooms.values()].some(isTicking)) return;
    this.isTicking = true;
    this.context.after(tickMs, () => {
      this.isTicking = false;
      for (const room of this.rooms.values()) this.tick(room);
      this.tickSoon();
    });
  }

  private tick(room: GroupRoom) {
    if (!isTicking(room)) return;
    const { nowMs } = this.context;
    const { inside } = room;
    // Removed from the group: one is in its call no more.
    if (inside !== undefined && !mayBeIn(this.context, room.conversation)) return this.leave();
    if (inside === undefined && nowMs() - room.madeMs >= roomMsMax) return this.drop(room);
    this.talk.look(room);
    if (room.ringUntilMs !== 0 && (nowMs() >= room.ringUntilMs || !this.rings.mayRingOn(room))) this.hush(room);
    if (room.asked.size > 0) this.ringAsked(room);
  }
}

function isTicking({ line, ringUntilMs }: GroupRoom): boolean {
  return line !== undefined || ringUntilMs !== 0;
}

/** Inside a transaction. @param item as an own device tells it. */
export function setCallIn(context: FeatureContext, item: SyncItemOf<"callIn">): void {
  const { conversation, author, id, stampMs } = item;
  const stamp_ms = stampMs as UnixMs;
  context.setMark(
    conversation,
    { author, id },
    { kind: "callIn", by: context.own(), key: "", value: pack({}), stamp_ms },
  );
}
