/**
 * Group desk: the group calls that this device rings for, listens to, or is in (docs/spec/calls.md CA90–CA96). In
 * memory alone: what stays of a call is its message. One is in one at a time, on one page.
 */
import type { BodyOf, CallMedia, CallSay } from "@yanshu/content";
import { readContact, readMembers, readNewestOf } from "@yanshu/store";
import {
  type Bytes,
  type ConversationId,
  type DeviceId,
  equalBytes,
  fromHex,
  type JoinMedia,
  type MediaAnswer,
  type RelayAccess,
  toHex,
  type WantSlots,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, type RoomEvents, type RoomLine } from "../../feature.ts";
import { type BaseKey, kidOf, OwnKeys, openKeys } from "./group-keys.ts";
import { type Here, Roster } from "./group-roster.ts";
import { openSay, type RoomKeys, roomKeys, roomNonceBytes, sealSay } from "./say.ts";

/** What a device seals or opens frames with: to be handed to the worker that does. */
type FrameKeyView = { readonly kid: number; readonly seat: number; readonly key: Bytes };

/** Keys of frames of the call that this device is in: for the worker that seals and opens them, and for no page. */
export type FrameKeysView = { readonly own: FrameKeyView | undefined; readonly others: readonly FrameKeyView[] };

type Inside = {
  readonly own: OwnKeys;
  readonly host: string;
  seat: number | undefined;
  isAway: boolean;
  relay: RelayAccess | undefined;
  media: MediaAnswer | undefined;
  /** Counts answers: a page takes each once; and how often the media ended. */
  mediaN: number;
  mediaGoneN: number;
  sends: { voice: boolean; picture: boolean };
  readonly theirs: Map<Hex, BaseKey>;
  /** Seats that home said were taken when this device came: who is heard there soon may open all that it says. */
  before: ReadonlySet<number>;
  hereMs: number;
  enteredMs: number;
  isAnswering: boolean;
  /** Keys that were given are used in a moment. */
  isKeyDue: boolean;
  sinceMs: number;
  /** One's own call, which is said once one sits there (CA70). */
  rings: readonly Hex[] | undefined;
};

export type GroupRoom = {
  readonly call: Hex;
  readonly conversation: ConversationId;
  readonly media: CallMedia;
  readonly secret: Bytes;
  readonly keys: RoomKeys;
  readonly caller: Hex;
  readonly callerDevice: Hex;
  message: { readonly author: Bytes; readonly id: Bytes } | undefined;
  line: RoomLine | undefined;
  readonly roster: Roster;
  seats: ReadonlySet<number>;
  isOpen: boolean;
  /** It is dialled to listen, and was neither heard nor refused yet. */
  isDialled: boolean;
  /** Nobody was there when it was listened to. */
  isEmpty: boolean;
  readonly heard: Map<Hex, number>;
  n: number;
  /** This device's own, since it came into the room, and the latest of each of the others (CA120). */
  nonce: Bytes;
  readonly nonces: Map<Hex, Bytes>;
  ringUntilMs: number;
  isWatched: boolean;
  inside: Inside | undefined;
  saying: Promise<void>;
  hearing: Promise<void>;
};

const tickMs = 500;
const hereEveryMs = 5_000;
/** While a key is lacking. */
const askEveryMs = 1_000;
/** Many who come at once are answered by one say. */
const answerMs = 100;
const ringMs = 60_000;
/** As one-to-one calls have it (CA22). */
const freshMsMax = 90_000;
const roomMsMax = 12 * 3_600_000;
/** Where nobody went the others hear of a new key before it is used. */
const newKeyMs = 300;
const ringsMax = 16;
/** Those who were there before one came say so within this time; who is heard later is taken to have come later. */
const beforeMs = 5_000;
/** Where a device listens to so many, no further one rings. */
const listensMax = 4;
/** Calls that are neither rung, looked at nor joined, and may be: one was silenced, for one. */
const idleMax = 16;
/** Of a chat that is looked at: where nobody is in the newest the one before it is tried. */
const triedMax = 4;
const heldMax = 256;

export class GroupDesk {
  readonly rooms = new Map<Hex, GroupRoom>();
  private readonly context: FeatureContext;
  /** Whether a call between two goes on. */
  private readonly isBusy: () => boolean;
  private isTicking = false;
  private watched: Hex | undefined;

  constructor(context: FeatureContext, isBusy: () => boolean) {
    this.context = context;
    this.isBusy = isBusy;
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
    const nowMs = this.context.nowMs();
    return [...this.rooms.values()].find(({ ringUntilMs, inside }) => inside === undefined && nowMs < ringUntilMs);
  }

  /** Of a message: the name of its call, where somebody is known to be in it. */
  goesOn({ author, id }: { readonly author: Bytes; readonly id: Bytes }): Hex | undefined {
    return [...this.rooms.values()].find(
      ({ message, isOpen }) =>
        isOpen && message !== undefined && equalBytes(message.id, id) && equalBytes(message.author, author),
    )?.call;
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
      message: undefined,
    });
    await this.enter(room, host, rings);
    return room.call;
  }

  /** A `call` message of a group was applied. Not inside a transaction. */
  posted(said: {
    readonly conversation: ConversationId;
    readonly by: Bytes;
    readonly id: Bytes;
    readonly sentAtMs: number;
    readonly body: BodyOf<"call">;
  }): void {
    const room = this.known(said);
    if (room === undefined) return;
    const { body, by, sentAtMs } = said;
    const ageMs = this.context.rooms.nowMs() - sentAtMs;
    const own = this.context.own();
    const isRung = !equalBytes(by, own) && body.rings.some((one) => equalBytes(one, own));
    const isFree = !this.isBusy() && this.current === undefined && this.areThere;
    if (isRung && Math.abs(ageMs) < freshMsMax && isFree && this.mayRing(room, by)) {
      room.ringUntilMs = this.context.nowMs() + ringMs - Math.max(0, Math.min(ageMs, ringMs));
      this.listen(room);
    } else if (this.watched === toHex(said.conversation)) this.watch(toHex(said.conversation));
    // What is not listened to is found again by its message.
    if (room.line === undefined && room.inside === undefined) this.rooms.delete(room.call);
    this.changed(room);
  }

  /** One call of a conversation rings at a time, by a device of who says so, and of nobody who is blocked. */
  private mayRing({ conversation, callerDevice }: GroupRoom, by: Bytes): boolean {
    const { context } = this;
    const device = context.rooms.keyOf(conversation, fromHex(callerDevice) as DeviceId);
    if (device === undefined || !equalBytes(device.account, by)) return false;
    if (readContact(context.db, by as Parameters<typeof readContact>[1])?.state === "blocked") return false;
    const listened = [...this.rooms.values()].filter(({ line, inside }) => line !== undefined && inside === undefined);
    const nowMs = context.nowMs();
    const isRinging = listened.some((one) => one.ringUntilMs > nowMs && equalBytes(one.conversation, conversation));
    return !isRinging && listened.length < listensMax;
  }

  /** Its author said that it is over. */
  recorded({ author, id }: { readonly author: Bytes; readonly id: Bytes }): void {
    for (const room of this.rooms.values())
      if (room.message !== undefined && equalBytes(room.message.id, id) && equalBytes(room.message.author, author))
        if (room.inside === undefined) this.drop(room);
  }

  /** The person looks at this chat: whether a call goes on there is heard from its room. Undefined: at none. */
  watch(chat: Hex | undefined): void {
    this.watched = chat;
    for (const room of this.rooms.values()) {
      room.isWatched = toHex(room.conversation) === chat;
      if (!room.isWatched && room.inside === undefined && room.ringUntilMs <= this.context.nowMs()) this.deafen(room);
    }
    if (chat === undefined || !this.areThere) return;
    const conversation = fromHex(chat) as ConversationId;
    if (!this.isGroup(conversation)) return;
    const rooms = [...this.rooms.values()].filter((room) => toHex(room.conversation) === chat);
    // Nothing newer takes the place of one that goes on.
    if (rooms.some(({ line, isOpen, isDialled }) => line !== undefined && (isOpen || isDialled))) return;
    for (const room of rooms) room.isEmpty = false;
    const next = this.newestOf(conversation);
    if (next !== undefined) this.listenInstead(next);
  }

  /** The newest call of a conversation of which it is not known that nobody is there. */
  private newestOf(conversation: ConversationId): GroupRoom | undefined {
    for (const message of readNewestOf(this.context.db, conversation, "call", triedMax)) {
      const room = this.stored(conversation, message);
      if (room !== undefined && !room.isEmpty) return room;
    }
    return undefined;
  }

  /** Of the calls of a chat that is looked at this one is listened to, and those that ring. */
  private listenInstead(room: GroupRoom): void {
    const nowMs = this.context.nowMs();
    for (const other of this.rooms.values())
      if (other !== room && other.ringUntilMs <= nowMs && equalBytes(other.conversation, room.conversation))
        this.deafen(other);
    room.isWatched = true;
    if (room.inside === undefined) this.listen(room);
  }

  /** Nobody is in that one: where its chat is looked at, the one before it may go on. */
  private passOn(room: GroupRoom): void {
    room.isDialled = false;
    room.isEmpty = true;
    if (!room.isWatched) {
      this.deafen(room);
      return;
    }
    const next = this.newestOf(room.conversation);
    if (next !== undefined) this.listenInstead(next);
  }

  async join(call: Hex, host: string): Promise<void> {
    const room = this.rooms.get(call);
    if (room === undefined) throw new ClientError("unknown-message");
    if (this.current === room) return;
    if (this.isBusy() || this.current !== undefined) throw new ClientError("too-often");
    await this.enter(room, host, undefined);
  }

  /** It rings here no more; the call goes on. */
  silence(call: Hex): void {
    const room = this.rooms.get(call);
    if (room === undefined) return;
    room.ringUntilMs = 0;
    if (!room.isWatched) this.deafen(room);
    this.changed(room);
  }

  leave(): void {
    const room = this.current;
    if (room?.inside === undefined) return;
    const { sinceMs } = room.inside;
    this.say(room, { kind: "bye" });
    const isLast = room.roster.all.length === 0;
    const { line } = room;
    room.inside = undefined;
    room.line = undefined;
    void room.saying.then(() => line?.leave());
    if (isLast && room.callerDevice === toHex(this.context.device())) this.record(room, sinceMs);
    room.roster.clear();
    room.isOpen = false;
    if (isLast) this.rooms.delete(room.call);
    else if (this.watched === toHex(room.conversation)) this.watch(this.watched);
    this.changed(room);
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

  sends(call: Hex, voice: boolean, picture: boolean): void {
    const room = this.rooms.get(call);
    if (room?.inside === undefined) return;
    room.inside.sends = { voice, picture };
    this.sayHere(room);
    this.changed(room);
  }

  /** Keys of frames, for the worker that seals and opens them. */
  frameKeys({ inside, roster }: GroupRoom): FrameKeysView {
    if (inside?.seat === undefined) return { own: undefined, others: [] };
    const view = (seat: number, key: BaseKey): FrameKeyView => ({ kid: kidOf(seat, key), seat, key: key.base });
    const others = roster.all.flatMap(({ device, seat }) => {
      const key = inside.theirs.get(device);
      return key === undefined ? [] : [view(seat, key)];
    });
    return { own: view(inside.seat, inside.own.sending), others };
  }

  private known(said: {
    readonly conversation: ConversationId;
    readonly by: Bytes;
    readonly id: Bytes;
    readonly body: BodyOf<"call">;
  }): GroupRoom | undefined {
    const { conversation, by, id, body } = said;
    const { secret, media, device } = body;
    if (secret === undefined || !this.isGroup(conversation)) return undefined;
    const call = toHex(roomKeys(this.context.rooms.crypto, secret).name);
    const before = this.rooms.get(call);
    const message = { author: by, id };
    // A room is of one call (CA59).
    if (before !== undefined) {
      before.message ??= before.caller === toHex(by) ? message : undefined;
      return undefined;
    }
    return this.make({ conversation, media, secret, caller: toHex(by), callerDevice: toHex(device), message });
  }

  /** The call of a message that is on this disk; undefined where it is over, or too old to go on. */
  private stored(
    conversation: ConversationId,
    { author, id }: { readonly author: Bytes; readonly id: Bytes },
  ): GroupRoom | undefined {
    const there = [...this.rooms.values()].find(({ message }) => message !== undefined && equalBytes(message.id, id));
    if (there !== undefined) return there;
    const { context } = this;
    try {
      const { name, body } = context.find(conversation, { author: toHex(author), id: toHex(id) }, "call");
      const { sent_ms } = context.message(conversation, name);
      if (context.rooms.nowMs() - sent_ms >= roomMsMax) return undefined;
      return this.known({ conversation, by: author, id, body });
    } catch (error) {
      if (error instanceof ClientError) return undefined; // It was deleted, or recalled.
      throw error;
    }
  }

  private make(
    of: Pick<GroupRoom, "conversation" | "media" | "secret" | "caller" | "callerDevice" | "message">,
  ): GroupRoom {
    const keys = roomKeys(this.context.rooms.crypto, of.secret);
    const room: GroupRoom = {
      ...of,
      call: toHex(keys.name),
      keys,
      line: undefined,
      roster: new Roster(),
      seats: new Set(),
      isOpen: false,
      isDialled: false,
      isEmpty: false,
      heard: new Map(),
      n: 0,
      nonce: this.context.random(roomNonceBytes),
      nonces: new Map(),
      ringUntilMs: 0,
      isWatched: this.watched === toHex(of.conversation),
      inside: undefined,
      saying: Promise.resolve(),
      hearing: Promise.resolve(),
    };
    const idle = [...this.rooms.values()].filter(({ line, inside }) => line === undefined && inside === undefined);
    for (const { call } of idle.slice(0, Math.max(0, idle.length - idleMax))) this.rooms.delete(call);
    this.rooms.set(room.call, room);
    return room;
  }

  private async enter(room: GroupRoom, host: string, rings: readonly Hex[] | undefined): Promise<void> {
    const { rooms } = this.context;
    const pair = await rooms.crypto.sealKeyPair();
    if (this.current !== undefined) throw new ClientError("too-often");
    this.deafen(room);
    room.ringUntilMs = 0;
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
      sends: { voice: true, picture: room.media === "video" },
      theirs: new Map(),
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
    room.line = rooms.enter(room.keys.name, this.eventsOf(room));
    this.changed(room);
    this.tickSoon();
  }

  private listen(room: GroupRoom): void {
    if (room.line !== undefined) return;
    room.isDialled = true;
    room.line = this.context.rooms.listen(room.keys.name, this.eventsOf(room));
    this.tickSoon();
  }

  /** Listens no more. */
  private deafen(room: GroupRoom): void {
    if (room.inside !== undefined) return;
    room.line?.close();
    room.line = undefined;
    room.isOpen = false;
    room.isDialled = false;
    room.roster.clear();
  }

  private drop(room: GroupRoom): void {
    room.line?.close();
    room.line = undefined;
    room.inside = undefined;
    room.isOpen = false;
    room.ringUntilMs = 0;
    this.rooms.delete(room.call);
    this.changed(room);
  }

  private eventsOf(room: GroupRoom): RoomEvents {
    let line: RoomLine | undefined;
    // Of a line that was let go nothing is heard any more.
    const isHere = () => {
      line ??= room.line;
      return this.rooms.get(room.call) === room && room.line !== undefined && room.line === line;
    };
    let held = 0;
    return {
      entered: (others, seat) => {
        if (!isHere()) return;
        room.seats = new Set(others);
        room.isOpen = others.length > 0 || room.inside !== undefined;
        room.isDialled = false;
        if (room.inside !== undefined) this.entered(room, room.inside, seat);
        else if (!room.isOpen) this.nobodyIn(room);
        this.changed(room);
      },
      said: (from, bytes) => {
        if (!isHere() || held >= heldMax) return;
        held++;
        room.hearing = room.hearing
          .then(() => this.hear(room, from, bytes))
          .catch(this.context.failed)
          .finally(() => held--);
      },
      seats: (seats) => {
        if (!isHere()) return;
        const isNew = seats.some((seat) => !room.seats.has(seat));
        room.seats = new Set(seats);
        if (room.inside !== undefined && isNew) this.sayHere(room);
        else if (room.inside === undefined) room.isOpen = seats.length > 0;
        if (seats.length === 0 && room.inside === undefined) this.nobodyIn(room);
        this.changed(room);
      },
      relay: (relay) => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.relay = relay;
        this.changed(room);
      },
      media: (media) => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.media = media;
        room.inside.mediaN++;
        this.changed(room);
      },
      mediaGone: () => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.mediaGoneN++;
        this.changed(room);
      },
      away: () => {
        if (room.inside === undefined || !isHere()) return;
        room.inside.isAway = true;
        this.changed(room);
      },
      refused: () => {
        if (!isHere()) return;
        // Nobody holds it open: it is over. Or it is full, and one cannot be in it.
        room.line = undefined;
        room.isOpen = false;
        const wasIn = room.inside !== undefined;
        room.inside = undefined;
        room.ringUntilMs = 0;
        if (!wasIn) this.passOn(room);
        this.changed(room);
      },
    };
  }

  /** Of one that is listened to. */
  private nobodyIn(room: GroupRoom): void {
    room.ringUntilMs = 0;
    this.passOn(room);
  }

  private entered(room: GroupRoom, inside: Inside, seat: number): void {
    const isNewSeat = inside.seat !== undefined && inside.seat !== seat;
    inside.isAway = false;
    if (inside.seat === undefined || isNewSeat) {
      inside.before = room.seats;
      inside.enteredMs = this.context.nowMs();
    }
    inside.seat = seat;
    if (inside.rings !== undefined) {
      this.post(room, inside.rings);
      inside.rings = undefined;
    }
    this.sayHere(room);
    // On another seat one's keys have other names: they are given anew.
    if (isNewSeat) this.giveNext(room, inside, "at once");
  }

  private post(room: GroupRoom, rings: readonly Hex[]): void {
    const { conversation, media, secret } = room;
    const { context } = this;
    const accounts = rings.map((one) => fromHex(one) as BodyOf<"call">["rings"][number]);
    const id = context.say(conversation, { kind: "call", device: context.device(), media, rings: accounts, secret });
    room.message = { author: context.own(), id: fromHex(id) };
  }

  private record({ conversation, message }: GroupRoom, sinceMs: number): void {
    if (message === undefined) return;
    const { author, id } = message as BodyOf<"callEnd">;
    const seconds = Math.max(0, Math.floor((this.context.nowMs() - sinceMs) / 1_000));
    this.context.say(conversation, { kind: "callEnd", author, id, as: "ended", seconds });
  }

  private sayHere(room: GroupRoom): void {
    const { inside } = room;
    if (inside?.seat === undefined) return;
    inside.hereMs = this.context.nowMs();
    const asks = lackedBy(room, inside).map((device) => fromHex(device) as DeviceId);
    const { seat, own, sends } = inside;
    this.say(room, { kind: "here", seat, key: own.pair.publicKey, ...sends, ...(asks.length > 0 && { asks }) });
  }

  private say(room: GroupRoom, what: CallSay | Promise<CallSay>, to?: number): void {
    const { rooms, device, failed } = this.context;
    const { line } = room;
    room.saying = room.saying
      .then(async () => {
        const by = { device: device(), n: ++room.n, nonce: room.nonce, heard: [...room.nonces.values()] };
        line?.say(await sealSay(rooms.crypto, room.keys, by, await what), to);
      })
      .catch(failed);
  }

  private async hear(room: GroupRoom, seat: number, bytes: Bytes): Promise<void> {
    const { rooms, device } = this.context;
    const heard = await openSay(rooms.crypto, room.keys, bytes, (one) => rooms.keyOf(room.conversation, one));
    if (heard === undefined || this.rooms.get(room.call) !== room) return;
    const from = toHex(heard.device);
    if (from === toHex(device()) || heard.n <= (room.heard.get(from) ?? 0)) return;
    room.heard.set(from, heard.n);
    // The latest last: of more than a say holds the oldest are left out.
    room.nonces.delete(from);
    room.nonces.set(from, heard.nonce);
    const { say } = heard;
    // Who is in it believes what was said since it came: who has not heard it yet is told that it is here.
    if (room.inside !== undefined && !heard.heard.some((one) => equalBytes(one, room.nonce))) {
      if (say.kind === "here") this.answerSoon(room, room.inside);
      return;
    }
    if (say.kind === "here") {
      // A device that says it sits elsewhere than where it speaks is not believed.
      const { voice, picture, asks = [] } = say;
      const here: Here = { device: from, account: toHex(heard.account), seat, key: toHex(say.key), voice, picture };
      const isAsked = asks.some((one) => equalBytes(one, device()));
      if (say.seat === seat) this.heardHere(room, here, isAsked);
    } else if (say.kind === "bye") this.gone(room, room.roster.left(from) ? [from] : []);
    else if (say.kind === "keys" && room.inside !== undefined) {
      const key = await openKeys(rooms.crypto, room.keys.name, room.inside.own, { by: from, own: device() }, say);
      if (key === undefined || room.inside === undefined || room.roster.get(from) === undefined) return;
      room.inside.theirs.set(from, key);
      this.changed(room);
    }
  }

  private answerSoon(room: GroupRoom, inside: Inside): void {
    if (inside.isAnswering) return;
    inside.isAnswering = true;
    this.context.after(answerMs, () => {
      inside.isAnswering = false;
      if (room.inside === inside) this.sayHere(room);
    });
  }

  private heardHere(room: GroupRoom, here: Here, isAsked: boolean): void {
    const change = room.roster.heard(here, this.context.nowMs());
    if (change.kind === "refused") return;
    const { inside } = room;
    // Another device of one's own answered.
    if (here.account === toHex(this.context.own()) && inside === undefined) room.ringUntilMs = 0;
    if (inside?.seat !== undefined && change.kind === "came") this.came(room, inside, here, change.isAgain);
    else if (inside?.seat !== undefined && isAsked) this.give(room, inside, [here], here.seat);
    room.isOpen = true;
    this.changed(room);
  }

  private came(room: GroupRoom, inside: Inside, here: Here, isAgain: boolean): void {
    // Who came has heard nobody yet, and takes keys of those alone whom it knows to be here.
    this.sayHere(room);
    if (isAgain) {
      inside.theirs.delete(here.device);
      this.giveNext(room, inside, "soon");
    } else if (this.wasBefore(inside, here) || inside.own.ratchet()) this.give(room, inside, [here], here.seat);
    else this.giveNext(room, inside, "soon");
  }

  private wasBefore({ before, enteredMs }: Inside, { seat }: Here): boolean {
    return before.has(seat) && this.context.nowMs() - enteredMs < beforeMs;
  }

  private gone(room: GroupRoom, who: readonly Hex[]): void {
    if (who.length === 0) return;
    const { inside } = room;
    if (inside !== undefined) {
      for (const device of who) inside.theirs.delete(device);
      this.giveNext(room, inside, "at once");
    }
    this.changed(room);
  }

  private give(room: GroupRoom, inside: Inside, to: readonly Here[], seat?: number): void {
    if (to.length === 0) return;
    this.say(room, inside.own.boxed(room.keys.name, this.context.device(), to), seat);
  }

  /**
   * A new generation for those who are there. Where somebody went it is used at once: what is sent before the others
   * have it is lost to them, and to who went. Else a moment later, when they have it.
   */
  private giveNext(room: GroupRoom, inside: Inside, used: "at once" | "soon"): void {
    inside.own.next();
    const { giving } = inside.own;
    this.give(room, inside, room.roster.all);
    if (used === "at once") {
      inside.own.sending = giving;
      this.changed(room);
      return;
    }
    // From the first on: whatever is due meanwhile puts it off no further.
    if (inside.isKeyDue) return;
    inside.isKeyDue = true;
    this.context.after(newKeyMs, () => {
      inside.isKeyDue = false;
      if (room.inside !== inside || inside.own.sending === inside.own.giving) return;
      inside.own.sending = inside.own.giving;
      this.changed(room);
    });
  }

  private tickSoon(): void {
    if (this.isTicking || ![...this.rooms.values()].some(({ line }) => line !== undefined)) return;
    this.isTicking = true;
    this.context.after(tickMs, () => {
      this.isTicking = false;
      for (const room of this.rooms.values()) this.tick(room);
      this.tickSoon();
    });
  }

  private tick(room: GroupRoom) {
    if (room.line === undefined) return;
    const { rooms, nowMs } = this.context;
    const isMember = (device: Hex) => rooms.keyOf(room.conversation, fromHex(device) as DeviceId) !== undefined;
    const { inside } = room;
    // Removed from the group: one is in its call no more.
    if (inside !== undefined && !this.mayBeIn(room)) return this.leave();
    const seats =
      inside?.isAway === true || (inside !== undefined && inside.seat === undefined) ? undefined : room.seats;
    this.gone(
      room,
      room.roster.sweep(nowMs(), seats, isMember).map(({ device }) => device),
    );
    if (inside?.seat !== undefined) {
      const everyMs = lackedBy(room, inside).length > 0 ? askEveryMs : hereEveryMs;
      if (nowMs() - inside.hereMs >= everyMs) this.sayHere(room);
    }
    if (room.ringUntilMs !== 0 && nowMs() >= room.ringUntilMs) this.silence(room.call);
  }

  private mayBeIn({ conversation }: GroupRoom): boolean {
    try {
      this.context.writable(toHex(conversation));
      return true;
    } catch {
      return false;
    }
  }

  private changed(room: GroupRoom): void {
    this.context.changed("calls");
    this.context.changedIn(room.conversation);
  }
}

function lackedBy({ roster }: GroupRoom, { theirs }: Inside): readonly Hex[] {
  return roster.all.flatMap(({ device }) => (theirs.has(device) ? [] : [device]));
}
