/**
 * Desk: the calls of this device (docs/spec/calls.md CA20–CA36): the ring state machine, the rooms of its calls, and
 * the signals for the page that carries the media. Only in memory; the chat's message is what stays of a call.
 */
import type { BodyOf, CallMedia, CallSay } from "@yanshu/content";
import { readMembers, readPerson } from "@yanshu/store";
import {
  type Bytes,
  type ConversationId,
  type DeviceId,
  equalBytes,
  fromHex,
  type RelayAccess,
  toHex,
} from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, type RoomLine } from "../../feature.ts";
import { InOrder } from "../../values/in-order.ts";
import { readPrivacy } from "../../values/privacy.ts";
import { callHome } from "./call-home.ts";
import { fingerprintOf, tamed } from "./description.ts";
import { mayBeIn } from "./group-rings.ts";
import { callMsMax, type EndedAs, idleView, type RingEffect, type RingEvent, type RingSay, ringStep } from "./ring.ts";
import { openSay, type RoomKeys, roomKeys, roomName, roomNonceBytes, sealSay } from "./say.ts";
import { type CallMessage, isItsMessage, storedCall } from "./stored-call.ts";

/** Signals for the page that carries the media, in the order of arrival. */
export type CallSignal =
  | {
      readonly kind: "offer" | "answer";
      readonly n: number;
      readonly from: Hex;
      readonly round: number;
      /** Ready for the browser. */
      readonly sdp: string;
    }
  | {
      readonly kind: "sending";
      readonly n: number;
      readonly from: Hex;
      readonly voice: boolean;
      readonly picture: boolean;
      readonly screen: boolean;
      readonly weak: boolean;
      readonly again: number;
    };

/** What this device sends. `screen`: the video is the screen. `weak`: asks the other to adapt to a bad connection. */
export type Sending = {
  readonly voice: boolean;
  readonly picture: boolean;
  readonly screen?: boolean;
  readonly weak?: boolean;
  /** How often this device asked the offering side for a new offer. */
  readonly again?: number;
};

export type CallPlace = {
  readonly conversation: ConversationId;
  readonly account: Hex;
  readonly media: CallMedia;
  readonly isOutgoing: boolean;
};

type Room = CallPlace & {
  readonly call: Hex;
  readonly keys: RoomKeys;
  readonly secret: Bytes;
  /** The name of its message; undefined until that is sent. */
  message: CallMessage | undefined;
  readonly relayOnly: boolean;
  /** The other home at which the room is: that of who made it. */
  readonly at: string | undefined;
  /** Nobody is asked there before this person takes the call (PE70). */
  readonly isMet: boolean;
  line: RoomLine | undefined;
  relay: RelayAccess | undefined;
  /** Seats by device, once a message of theirs was decrypted; and the last number received of each. */
  readonly seatOf: Map<Hex, number>;
  readonly heard: Map<Hex, number>;
  /** This device's nonce in this room, and the latest of each other device (CA120). */
  readonly nonce: Bytes;
  readonly nonces: Map<Hex, Bytes>;
  /** The own seat, and the others' seats. */
  seat: number | undefined;
  seats: readonly number[];
  /** Devices whose seat is empty, with the time since when. */
  readonly emptyMs: Map<Hex, number>;
  enteredMs: number | undefined;
  /** When the room was last dialled anew because the other's seat was empty. */
  soughtMs: number;
  /** If the caller is not heard there, and nobody sits there, by then, they have gone. */
  aloneUntilMs: number;
  /** What the page sends, said once more to a device on another seat. */
  sends: Sending | undefined;
  /** How often it was said once more. */
  repeats: number;
  /** `said`: within the last second. `due`: the same, and it is to be said again after that. */
  repeat: "none" | "said" | "due";
  /**
   * An outgoing call whose message is not sent yet: that follows once this device is in the room (CA70), so that the
   * other finds the caller there.
   */
  isUnsaid: boolean;
  /** The caller chose this device for the call. */
  isTaken: boolean;
  n: number;
  isAway: boolean;
  /** Encryption is asynchronous: these queues keep the order of messages. */
  readonly saying: InOrder;
  readonly hearing: InOrder;
  readonly signals: CallSignal[];
  /** The page that carries its media. */
  host: string | undefined;
};

export type Over = CallPlace & { readonly call: Hex; readonly as: EndedAs; readonly atMs: number };

const tickMs = 500;
/** Only devices in the room at that moment get a message: those that others wait for are repeated (CA71). */
const againMs = 2_000;
/** So often at most, and so many times a call, this device repeats what it sends (CA240). */
const repeatMs = 1_000;
const repeatsMax = 64;
/** If the caller is not in the room this long after this device entered, they have gone. */
const absentMs = 3_000;
/** The same where this device sits there anew, as after home started anew: the caller may come back later. */
const backMs = 10_000;
/** How long a device whose network changed may take to return to its seat. */
const emptyMsMax = 3_000;
/** The same while the two talk: voice may flow all the while, and its page knows (CA242). */
const emptyTalkingMsMax = 30_000;
/**
 * A seat that is empty for so long while the two talk: the other may sit at another server of home since (CA267); and
 * how long it is looked for there until the next time.
 */
const elsewhereMs = 5_000;
const elsewhereAgainMs = 10_000;
/** Home refused the room of a call that goes on: it is asked again. */
const dialAgainMs = 5_000;
const relayMs = 1_000;
const signalsKept = 128;
const saysHeldMax = 64;

export class CallDesk {
  view = idleView("", "");
  readonly rooms = new Map<Hex, Room>();
  /** The last call that ended here, shown for a moment. */
  over: Over | undefined;
  private readonly context: FeatureContext;
  /** Messages of calls that another own device answered. */
  private readonly elsewhere = new Set<string>();
  private isTicking = false;
  private saidMs = 0;
  private n = 0;

  constructor(context: FeatureContext) {
    this.context = context;
  }

  /**
   * @throws ClientError `not-allowed` if nobody can be called there, `server-unreachable` if home offers no calls or
   * was not reached.
   */
  start(conversation: ConversationId, media: CallMedia, host: string): Hex {
    const { context } = this;
    const account = this.callable(conversation);
    if (account === undefined) throw new ClientError("not-allowed");
    // not a check: one's own page shows no telephone there.
    if (context.rooms.areThere() !== true) throw new ClientError("server-unreachable");
    // not a check: of one's own call.
    if (this.view.main.at !== "idle") throw new ClientError("too-often");
    const secret = context.random(32);
    const relayOnly = readPrivacy(context.db).relaysCalls;
    const room = this.make({
      conversation,
      account,
      media,
      isOutgoing: true,
      secret,
      relayOnly,
      at: undefined,
      isMet: true,
    });
    room.host = host;
    this.take({ kind: "tap-call", call: room.call, account });
    return room.call;
  }

  /** A `call` message of another account or another own device was applied. Not inside a transaction. */
  posted(said: {
    readonly conversation: ConversationId;
    readonly by: Bytes;
    readonly id: Bytes;
    readonly sentAtMs: number;
    readonly body: BodyOf<"call">;
  }): void {
    const { rooms } = this.context;
    const { conversation, by, id, sentAtMs, body } = said;
    const { secret, media, device } = body;
    if (secret === undefined || equalBytes(device, this.context.device())) return;
    if (equalBytes(by, this.context.own()) || this.callable(conversation) !== toHex(by)) return;
    const ageMs = rooms.nowMs() - sentAtMs;
    const caller = rooms.keyOf(conversation, device);
    // A sender who names a device that is not theirs calls nobody.
    if (
      Math.abs(ageMs) >= callMsMax ||
      rooms.areThere() === false ||
      caller === undefined ||
      !equalBytes(caller.account, by)
    )
      return;
    // A room belongs to one call: somebody who knows its secret cannot start another call with it.
    if (this.rooms.has(toHex(roomName(rooms.crypto, secret)))) return;
    // Either side may require the relay.
    const relayOnly = body.relayOnly === true || readPrivacy(this.context.db).relaysCalls;
    const home = callHome(this.context, conversation, by, device, body.home);
    const room = this.make({ conversation, account: toHex(by), media, isOutgoing: false, secret, relayOnly, ...home });
    room.message = { author: by, id };
    this.take({ kind: "posted", call: room.call, from: toHex(device), account: toHex(by), ageMs: Math.max(0, ageMs) });
    if (room.line === undefined && !this.rings(room)) this.rooms.delete(room.call);
  }

  /** The record of a call was applied. Not inside a transaction. */
  recorded(message: CallMessage, as: EndedAs): void {
    for (const room of this.rooms.values())
      if (isItsMessage(room.message, message)) this.take({ kind: "recorded", call: room.call, as });
  }

  take(event: RingEvent): void {
    if (this.view.device === "")
      this.view = { ...this.view, device: toHex(this.context.device()), account: toHex(this.context.own()) };
    const host = this.main?.host;
    const { view, effects } = ringStep(this.view, event, this.context.nowMs());
    this.view = view;
    // Of two calls that crossed one goes on, on the page on which this person called.
    const { main } = this;
    if (main !== undefined && view.main.at === "joining") main.host ??= host;
    for (const effect of effects) this.apply(effect);
    if (this.main !== undefined && this.main.line === undefined && view.main.at !== "ringing") this.enter(this.main);
    this.context.changed("calls");
    this.tickSoon();
  }

  private enter(room: Room): void {
    room.line = this.context.rooms.enter(room.keys.name, this.eventsOf(room), room.at);
  }

  private rings({ call }: Room): boolean {
    const { main, waiting } = this.view;
    return (main.at === "ringing" && main.call === call) || waiting?.call === call;
  }

  /** Sends an SDP description of the page. @throws ClientError `refused` if it names no fingerprint. */
  describe(call: Hex, kind: "offer" | "answer", to: Hex, round: number, sdp: string): void {
    const fingerprint = fingerprintOf(sdp);
    if (fingerprint === undefined) throw new ClientError("refused");
    const room = this.rooms.get(call);
    if (room !== undefined) this.say(room, { kind, to: fromHex(to), round, sdp, fingerprint } as CallSay);
  }

  sending(call: Hex, sends: Sending): void {
    const room = this.rooms.get(call);
    if (room === undefined) return;
    room.sends = sends;
    // All seats hear it now.
    if (room.repeat === "due") room.repeat = "said";
    this.saySends(room, sends);
  }

  /**
   * The seat of a say is home's word, and the other repeats as well: unbounded, home could make the two answer each
   * other without end.
   */
  private repeatSends(room: Room): void {
    if (room.sends === undefined || this.rooms.get(room.call) !== room) return;
    // @checks CA240
    if (room.repeat !== "none") {
      room.repeat = "due";
      return;
    }
    // @checks CA240
    if (room.repeats >= repeatsMax) return;
    room.repeats++;
    room.repeat = "said";
    this.saySends(room, room.sends);
    this.context.after(repeatMs, () => {
      const isDue = room.repeat === "due";
      room.repeat = "none";
      if (isDue) this.repeatSends(room);
    });
  }

  private saySends(room: Room, { voice, picture, screen = false, weak = false, again = 0 }: Sending): void {
    const more = { ...(screen && { screen }), ...(weak && { weak }), ...(again > 0 && { again }) };
    this.say(room, { kind: "sending", voice, picture, ...more });
  }

  private get main(): Room | undefined {
    const { main } = this.view;
    return main.at === "idle" ? undefined : this.rooms.get(main.call);
  }

  /** The other account of the call that this device is in, or makes. */
  get talksWith(): Hex | undefined {
    return this.main?.account;
  }

  /** Whether home offers calls. */
  get areThere(): boolean {
    return this.context.rooms.areThere() === true;
  }

  /** Sets the page that carries the media: the first one, or the one on which the person answers. */
  host(call: Hex, host: string, isChosen: boolean): void {
    const room = this.rooms.get(call);
    if (room === undefined || (room.host !== undefined && !isChosen)) return;
    room.host = host;
    this.context.changed("calls");
  }

  /** Whether a call without a record goes on, as far as this device knows. */
  goesOn(author: Bytes, id: Bytes): boolean {
    if ([...this.rooms.values()].some(({ message }) => isItsMessage(message, { author, id }))) return true;
    return this.elsewhere.has(`${toHex(author)} ${toHex(id)}`);
  }

  /** The call is over: deletes its secret from the stored message. */
  forget(conversation: ConversationId, message: CallMessage): void {
    const { db, rewrite } = this.context;
    const found = storedCall(this.context, conversation, message);
    if (found === undefined) return;
    const { secret, ...rest } = found.body;
    if (secret !== undefined) db.transaction(() => rewrite(conversation, found.name, rest));
  }

  /** The network changed, or audio stopped: connects to the room again, with a fresh credential for the relay. */
  again(call: Hex): void {
    this.rooms.get(call)?.line?.again();
  }

  /** The contact that can be called in an open chat of two; undefined if there is none. */
  callable(conversation: ConversationId): Hex | undefined {
    const { context } = this;
    if (context.group(conversation)?.kind.hasCalls !== true) return undefined;
    if (!mayBeIn(context, conversation)) return undefined;
    const other = readMembers(context.db, conversation).find(
      ({ account }) => !equalBytes(account, context.own()),
    )?.account;
    if (other === undefined || readPerson(context.db, other) === undefined) return undefined;
    return toHex(other);
  }

  /**
   * Enters a room of its own, so that a page can test the relay; leaves it after `ms`. Undefined if home has no relay.
   * @throws ClientError `server-unreachable` if home gives no room.
   */
  tryRelay(ms: number): Promise<RelayAccess | undefined> {
    const { rooms, random, after } = this.context;
    const name = roomName(rooms.crypto, random(32));
    return new Promise((resolve, reject) => {
      const refused = () => reject(new ClientError("server-unreachable"));
      const line = rooms.enter(name, {
        // Home sends the relay right after the seat, if it has one.
        entered: () => after(relayMs, () => resolve(undefined)),
        relay: resolve,
        refused,
        said: () => undefined,
        seats: () => undefined,
        away: () => undefined,
      });
      after(ms, () => {
        line.leave();
        refused();
      });
    });
  }

  private make(place: CallPlace & Pick<Room, "secret" | "relayOnly" | "at" | "isMet">): Room {
    const keys = roomKeys(this.context.rooms.crypto, place.secret);
    const call = toHex(keys.name);
    const known = this.rooms.get(call);
    if (known !== undefined) return known;
    const room: Room = {
      ...place,
      call,
      keys,
      message: undefined,
      line: undefined,
      relay: undefined,
      seatOf: new Map(),
      heard: new Map(),
      nonce: this.context.random(roomNonceBytes),
      nonces: new Map(),
      seat: undefined,
      seats: [],
      emptyMs: new Map(),
      enteredMs: undefined,
      soughtMs: 0,
      aloneUntilMs: 0,
      sends: undefined,
      repeats: 0,
      repeat: "none",
      isUnsaid: false,
      isTaken: false,
      // Above every number that this device used here before a restart.
      n: this.context.nowMs(),
      isAway: false,
      saying: new InOrder(this.context.failed),
      hearing: new InOrder(this.context.failed, saysHeldMax),
      signals: [],
      host: undefined,
    };
    this.rooms.set(call, room);
    return room;
  }

  private apply(effect: RingEffect): void {
    const room = this.rooms.get(effect.call);
    if (room === undefined) return;
    switch (effect.kind) {
      case "enter":
        // @checks PE70
        if (room.isMet) this.enter(room);
        break;
      case "post":
        room.isUnsaid = true;
        break;
      case "record":
        this.record(room, effect.as, effect.seconds);
        break;
      case "say":
        this.say(room, sayOf(effect.say));
        break;
      case "leave": {
        const as = this.view.ended.get(room.call) ?? "ended";
        const { call, conversation, account, media, isOutgoing } = room;
        this.over = { call, conversation, account, media, isOutgoing, as, atMs: this.context.nowMs() };
        this.rooms.delete(room.call);
        if (as === "elsewhere" && room.message !== undefined)
          this.elsewhere.add(`${toHex(room.message.author)} ${toHex(room.message.id)}`);
        this.context.changedIn(conversation);
        this.context.changed("chats"); // The list says of a call that it was missed (CA262).
        void room.saying.done().then(() => room.line?.leave());
        break;
      }
    }
  }

  /** This device sits on a seat that it did not have: those of others may be other ones too (CA240). */
  private sitsAnew(room: Room): void {
    const nowMs = this.context.nowMs();
    room.aloneUntilMs = nowMs + (room.enteredMs === undefined ? absentMs : backMs);
    room.enteredMs ??= nowMs;
    room.seatOf.clear();
    room.emptyMs.clear();
    // So the one that was called says `accept` until it hears `taken`: then each knows where the other sits.
    room.isTaken = false;
    const { main } = this.view;
    if ((main.at === "joining" || main.at === "talking") && main.call === room.call && main.isCaller)
      this.say(room, { kind: "taken", device: fromHex(main.other) as never });
  }

  private post(room: Room): void {
    const { conversation, media, secret, relayOnly } = room;
    const home = this.context.rooms.homeToName(conversation);
    const id = this.context.say(conversation, {
      kind: "call",
      device: this.context.device(),
      media,
      rings: [fromHex(room.account) as never],
      secret,
      ...(relayOnly && { relayOnly }),
      ...(home !== undefined && { home }),
    });
    room.message = { author: this.context.own(), id: fromHex(id) };
  }

  private record({ conversation, message }: Room, as: EndedAs, seconds: number): void {
    // Without a record, each device decides for itself how the call ended.
    if (message === undefined || !this.context.isHome() || !mayBeIn(this.context, conversation)) return;
    const { author, id } = message;
    const outcome = as === "elsewhere" ? "ended" : as;
    this.context.say(conversation, { kind: "callEnd", author: author as never, id: id as never, as: outcome, seconds });
  }

  private say(room: Room, say: CallSay): void {
    const { rooms, device } = this.context;
    const { keys, nonce } = room;
    const by = { device: device(), n: ++room.n, nonce, heard: [...room.nonces.values()] };
    room.saying.add(async () => room.line?.say(await sealSay(rooms.crypto, keys, by, say)));
  }

  private eventsOf(room: Room): Parameters<FeatureContext["rooms"]["enter"]>[1] {
    const isHere = () => this.rooms.get(room.call) === room;
    return {
      entered: (others, seat, _timeMs, isBack) => {
        if (isBack !== true) this.sitsAnew(room);
        room.isAway = false;
        room.seat = seat;
        room.seats = others;
        if (room.isUnsaid && isHere()) {
          room.isUnsaid = false;
          this.post(room);
        }
        this.context.changed("calls");
      },
      said: (from, bytes) => {
        if (isHere()) room.hearing.add(() => this.heard(room, from, bytes));
      },
      seats: (seats) => {
        room.seats = seats.filter((one) => one !== room.seat);
      },
      relay: (relay) => {
        room.relay = relay;
        this.context.changed("calls");
      },
      away: () => {
        room.isAway = true;
        this.context.changed("calls");
      },
      refused: () => {
        if (!isHere()) return;
        const { main } = this.view;
        if ((main.at === "joining" || main.at === "talking") && main.call === room.call) {
          room.isAway = true;
          this.context.changed("calls");
          this.context.after(dialAgainMs, () => {
            if (isHere()) this.enter(room);
          });
        } else if (main.at === "calling" && main.call === room.call) this.take({ kind: "tap-end" });
        else this.take({ kind: "recorded", call: room.call, as: "missed" });
      },
    };
  }

  private async heard(room: Room, seat: number, bytes: Bytes): Promise<void> {
    const { rooms } = this.context;
    const heard = await openSay(rooms.crypto, room.keys, bytes, (device) => rooms.keyOf(room.conversation, device));
    if (heard === undefined || this.rooms.get(room.call) !== room) return;
    const from = toHex(heard.device);
    // A repeat, or out of order: home cannot have a message applied twice.
    if (from === this.view.device || heard.n <= (room.heard.get(from) ?? 0)) return;
    room.heard.set(from, heard.n);
    room.nonces.delete(from);
    room.nonces.set(from, heard.nonce);
    // The message is from before this device entered, or before it restarted. An outgoing call needs no such check: its
    // secret is as new as this run.
    if (!room.isOutgoing && !heard.heard.some((one) => equalBytes(one, room.nonce))) return;
    const isElsewhere = room.seatOf.get(from) !== seat;
    room.seatOf.set(from, seat);
    const { main } = this.view;
    if (isElsewhere && "other" in main && main.other === from) this.repeatSends(room);
    const { say } = heard;
    if (say.kind === "here" || say.kind === "shows" || say.kind === "keys") return; // These belong to group calls.
    if (say.kind === "offer" || say.kind === "answer") this.described(room, from, say);
    else if (say.kind === "sending")
      this.signal(room, { screen: false, weak: false, again: 0, ...say, n: ++this.n, from });
    else {
      const said = ringSayOf(say);
      if (said.kind === "taken" && said.device === this.view.device) room.isTaken = true;
      this.take({ kind: "said", call: room.call, from, account: toHex(heard.account), say: said });
    }
  }

  private described(room: Room, from: Hex, say: Extract<CallSay, { kind: "offer" | "answer" }>): void {
    if (toHex(say.to) !== this.view.device) return;
    const fingerprint = fingerprintOf(say.sdp);
    // The SDP must name exactly the certificate that the other device signed.
    if (fingerprint === undefined || !equalBytes(fingerprint, say.fingerprint)) {
      this.take({ kind: "failed", call: room.call, as: "unproven" });
      return;
    }
    this.signal(room, { kind: say.kind, n: ++this.n, from, round: say.round, sdp: tamed(say.sdp) });
  }

  private signal(room: Room, signal: CallSignal): void {
    room.signals.push(signal);
    if (room.signals.length > signalsKept) room.signals.shift();
    this.context.changed("calls");
  }

  private tickSoon(): void {
    if (this.isTicking || (this.rooms.size === 0 && this.view.main.at === "idle")) return;
    this.isTicking = true;
    this.context.after(tickMs, () => {
      this.isTicking = false;
      for (const room of this.rooms.values()) this.lookForGone(room);
      this.endBarred();
      this.sayAgain();
      this.take({ kind: "tick" });
    });
  }

  /** Ends calls with an account that may no longer call (CA213). */
  private endBarred(): void {
    const { main, waiting } = this.view;
    if (waiting !== undefined && this.isBarred(waiting.call, waiting.from))
      this.take({ kind: "recorded", call: waiting.call, as: "missed" });
    if (main.at === "idle") return;
    const other = main.at === "ringing" ? main.from : main.at === "calling" ? undefined : main.other;
    if (!this.isBarred(main.call, other)) return;
    this.take(main.at === "ringing" ? { kind: "recorded", call: main.call, as: "missed" } : { kind: "tap-end" });
  }

  /** @checks CA213 */
  private isBarred(call: Hex, device: Hex | undefined): boolean {
    const room = this.rooms.get(call);
    if (room === undefined) return false;
    if (!this.context.isHome() || this.callable(room.conversation) !== room.account) return true;
    if (device === undefined) return false;
    const owner = this.context.rooms.keyOf(room.conversation, fromHex(device) as DeviceId);
    return owner === undefined || toHex(owner.account) !== room.account;
  }

  private sayAgain(): void {
    const nowMs = this.context.nowMs();
    if (nowMs - this.saidMs < againMs) return;
    this.saidMs = nowMs;
    const { main, waiting } = this.view;
    const say = (call: string, what: RingSay) => this.apply({ kind: "say", call, say: what });
    if (main.at === "ringing") say(main.call, { kind: "ringing", waiting: false });
    else if (main.at !== "idle" && main.at !== "calling" && !main.isCaller && this.main?.isTaken === false)
      say(main.call, { kind: "accept" });
    if (waiting !== undefined) say(waiting.call, { kind: "ringing", waiting: true });
  }

  /** Whether the seat of the other device has been empty for longer than a change of network takes. */
  isEmpty(call: Hex, device: Hex): boolean {
    const sinceMs = this.rooms.get(call)?.emptyMs.get(device);
    return sinceMs !== undefined && this.context.nowMs() - sinceMs >= emptyMsMax;
  }

  private seek(room: Room, device: Hex, sinceMs: number): void {
    const nowMs = this.context.nowMs();
    const { main } = this.view;
    if (main.at !== "talking" || main.call !== room.call || main.other !== device) return;
    if (nowMs - sinceMs < elsewhereMs || nowMs - room.soughtMs < elsewhereAgainMs) return;
    room.soughtMs = nowMs;
    room.line?.again();
  }

  private emptyMsMaxOf({ call }: Room): number {
    const { main } = this.view;
    return main.at === "talking" && main.call === call ? emptyTalkingMsMax : emptyMsMax;
  }

  private lookForGone(room: Room): void {
    const nowMs = this.context.nowMs();
    if (room.isAway || room.enteredMs === undefined) return;
    for (const [device, seat] of room.seatOf) {
      if (room.seats.includes(seat)) room.emptyMs.delete(device);
      else {
        const sinceMs = room.emptyMs.get(device) ?? nowMs;
        room.emptyMs.set(device, sinceMs);
        this.seek(room, device, sinceMs);
        if (nowMs - sinceMs >= this.emptyMsMaxOf(room)) this.take({ kind: "gone", call: room.call, device });
      }
    }
    const { main, waiting } = this.view;
    const caller =
      main.at === "ringing" && main.call === room.call
        ? main.from
        : waiting?.call === room.call
          ? waiting.from
          : undefined;
    if (caller === undefined || room.seatOf.has(caller)) return;
    if (room.seats.length === 0 && nowMs >= room.aloneUntilMs)
      this.take({ kind: "gone", call: room.call, device: caller });
  }
}

function sayOf(say: RingSay): CallSay {
  return say.kind === "taken" ? { kind: "taken", device: fromHex(say.device) as never } : say;
}

function ringSayOf(
  say: Exclude<CallSay, { kind: "offer" | "answer" | "sending" | "here" | "shows" | "keys" }>,
): RingSay {
  return say.kind === "taken" ? { kind: "taken", device: toHex(say.device) } : say;
}
