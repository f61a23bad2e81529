/**
 * Group desk: the group calls that this device rings for, listens to, or is in (docs/spec/calls.md CA90–CA96). In
 * memory alone: what stays of a call is its message. One is in one at a time, on one page.
 */
import type { BodyOf, CallMedia, CallSay } from "@yanshu/content";
import { readContact, readMembers, readNewestOf } from "@yanshu/store";
import {
  type AccountId,
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
  readonly heard: Map<Hex, number>;
  n: number;
  /** This device's own, since it came into the room, and the latest of each of the others (CA120). */
  nonce: Bytes;
  readonly nonces: Map<Hex, Bytes>;
  ringUntilMs: number;
  isWatched: boolean;
  inside: Inside | undefined;
  readonly madeMs: number;
  saying: Promise<void>;
  hearing: Promise<void>;
};

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

const tickMs = 500;
const hereEveryMs = 5_000;
/** While a key is lacking. */
const askEveryMs = 1_000;
/** However often seats come and go: the others hear of this one four times a second at most. */
const hereGapMs = 250;
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
/** Rooms that are listened to at once, in all; of one chat, and of how many of its newest calls they are chosen. */
const listensMax = 4;
const offersMax = 3;
const lookedAtMax = 64;
/** Names of rooms that home refused: they are not dialled again. */
const overMax = 1_024;
const overAgainMs = 60_000;
const heldMax = 256;

export class GroupDesk {
  readonly rooms = new Map<Hex, GroupRoom>();
  private readonly context: FeatureContext;
  /** Whether a call between two goes on. */
  private readonly isBusy: () => boolean;
  private isTicking = false;
  private watched: Hex | undefined;
  private readonly over = new Set<Hex>();
  /** By conversation and author: the call of theirs that rang last. */
  private readonly rung = new Map<string, { readonly call: Hex; readonly atMs: number }>();
  missed: GroupMissed | undefined;

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
    if (this.isBusy()) return undefined; // One is in one call at a time.
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
  posted(said: CallSaid & { readonly sentAtMs: number }): void {
    const { conversation, by, sentAtMs } = said;
    const chat = toHex(conversation);
    const room = this.mayRing(said) ? this.known(said) : undefined;
    if (room === undefined) {
      if (this.watched === chat) this.watch(chat);
      return;
    }
    if (!this.listen(room)) {
      this.drop(room);
      return;
    }
    const nowMs = this.context.nowMs();
    const ageMs = this.context.rooms.nowMs() - sentAtMs;
    room.ringUntilMs = nowMs + ringMs - Math.max(0, Math.min(ageMs, ringMs));
    for (const [who, { atMs }] of this.rung) if (nowMs - atMs >= ringMs) this.rung.delete(who);
    this.rung.set(`${chat} ${toHex(by)}`, { call: room.call, atMs: nowMs });
    this.changed(room);
  }

  private mayRing({ conversation, by, body, sentAtMs }: CallSaid & { readonly sentAtMs: number }): boolean {
    const { context } = this;
    const own = context.own();
    if (equalBytes(by, own) || !body.rings.some((one) => equalBytes(one, own))) return false;
    if (Math.abs(context.rooms.nowMs() - sentAtMs) >= freshMsMax || !this.areThere) return false;
    if (this.isBusy() || this.current !== undefined) return false;
    // Who says so of a device that is not theirs calls nobody.
    const caller = context.rooms.keyOf(conversation, body.device);
    if (caller === undefined || !equalBytes(caller.account, by)) return false;
    if (readContact(context.db, by as AccountId)?.state === "blocked" || !this.mayBeIn(conversation)) return false;
    const nowMs = context.nowMs();
    for (const room of this.rooms.values())
      if (room.ringUntilMs > nowMs && equalBytes(room.conversation, conversation)) return false;
    const before = this.rung.get(`${toHex(conversation)} ${toHex(by)}`);
    return before === undefined || nowMs - before.atMs >= ringMs;
  }

  /** Its author said that it is over. */
  recorded({ author, id }: { readonly author: Bytes; readonly id: Bytes }): void {
    for (const room of this.rooms.values())
      if (room.message !== undefined && equalBytes(room.message.id, id) && equalBytes(room.message.author, author))
        if (room.inside === undefined) {
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
    if (!this.isGroup(conversation) || !this.mayBeIn(conversation)) return;
    for (const room of this.offered(conversation)) {
      room.isWatched = true;
      if (room.inside === undefined && !this.listen(room)) this.drop(room);
    }
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
    if (isLast || this.watched !== toHex(room.conversation)) this.rooms.delete(room.call);
    else this.watch(this.watched);
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

  /** The room of a call that was not known; undefined of one that is. */
  private known({ conversation, by, id, body }: CallSaid): GroupRoom | undefined {
    const { secret, media, device } = body;
    if (secret === undefined || !this.isGroup(conversation)) return undefined;
    const call = toHex(roomKeys(this.context.rooms.crypto, secret).name);
    // A room is of one call: a message that names one that is known changes nothing.
    if (this.rooms.has(call)) return undefined;
    const message = { author: by, id };
    return this.make({ conversation, media, secret, caller: toHex(by), callerDevice: toHex(device), message });
  }

  /** Calls of a chat that may go on: the newest, and one of each author, so that nobody hides another's. */
  private offered(conversation: ConversationId): readonly GroupRoom[] {
    // Of messages that name the same room the oldest is its call.
    const calls = new Map<Hex, CallSaid>();
    for (const message of readNewestOf(this.context.db, conversation, "call", lookedAtMax)) {
      const said = this.stored(conversation, message);
      if (said?.body.secret !== undefined)
        calls.set(toHex(roomKeys(this.context.rooms.crypto, said.body.secret).name), said);
    }
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
  private stored(
    conversation: ConversationId,
    { author, id }: { readonly author: Bytes; readonly id: Bytes },
  ): CallSaid | undefined {
    const { context } = this;
    try {
      const { name, body } = context.find(conversation, { author: toHex(author), id: toHex(id) }, "call");
      const ageMs = context.rooms.nowMs() - context.message(conversation, name).sent_ms;
      if (ageMs >= roomMsMax || ageMs <= -freshMsMax) return undefined;
      return { conversation, by: author, id, body };
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
      heard: new Map(),
      n: 0,
      nonce: this.context.random(roomNonceBytes),
      nonces: new Map(),
      ringUntilMs: 0,
      isWatched: this.watched === toHex(of.conversation),
      inside: undefined,
      madeMs: this.context.nowMs(),
      saying: Promise.resolve(),
      hearing: Promise.resolve(),
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
    for (const [who, { call }] of this.rung) if (call === room.call) this.rung.delete(who);
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

  /** Returns whether it is listened to: where all ways are taken by calls that ring it is not. */
  private listen(room: GroupRoom): boolean {
    if (room.line !== undefined) return true;
    const others = [...this.rooms.values()].filter(({ line, inside }) => line !== undefined && inside === undefined);
    if (others.length >= listensMax) {
      const nowMs = this.context.nowMs();
      const oldest = others.find(({ isWatched, ringUntilMs }) => !isWatched && ringUntilMs <= nowMs);
      if (oldest === undefined) return false;
      this.drop(oldest);
    }
    room.line = this.context.rooms.listen(room.keys.name, this.eventsOf(room));
    this.tickSoon();
    return true;
  }

  /** Listens no more. */
  private deafen(room: GroupRoom): void {
    if (room.inside !== undefined) return;
    room.line?.close();
    room.line = undefined;
    room.isOpen = false;
    room.roster.clear();
  }

  /** It ended by itself while it rang: the next call of its author may ring at once. */
  private ringEnded(room: GroupRoom): void {
    if (room.ringUntilMs <= this.context.nowMs()) return;
    room.ringUntilMs = 0;
    for (const [who, { call }] of this.rung) if (call === room.call) this.rung.delete(who);
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
        if (room.inside !== undefined) this.entered(room, room.inside, seat);
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
        if (seats.length === 0 && room.inside === undefined) this.ringEnded(room);
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
      refused: (code) => {
        if (!isHere()) return;
        room.line = undefined;
        // Nobody holds it open: it is over. Or it is full, and one cannot be in it.
        if (room.inside === undefined) this.isOver(room);
        else {
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
    if (message === undefined || !equalBytes(message.author, this.context.own())) return;
    const { author, id } = message as BodyOf<"callEnd">;
    const seconds = Math.max(0, Math.floor((this.context.nowMs() - sinceMs) / 1_000));
    this.context.say(conversation, { kind: "callEnd", author, id, as: "ended", seconds });
  }

  private sayHere(room: GroupRoom): void {
    const { inside } = room;
    if (inside?.seat === undefined) return;
    const dueMs = inside.hereMs + hereGapMs - this.context.nowMs();
    if (dueMs > 0) {
      this.answerSoon(room, inside, dueMs);
      return;
    }
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

  private answerSoon(room: GroupRoom, inside: Inside, inMs = answerMs): void {
    if (inside.isAnswering) return;
    inside.isAnswering = true;
    this.context.after(inMs, () => {
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
    if (inside !== undefined && !this.mayBeIn(room.conversation)) return this.leave();
    if (inside === undefined && nowMs() - room.madeMs >= roomMsMax) return this.drop(room);
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

  private mayBeIn(conversation: ConversationId): boolean {
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
