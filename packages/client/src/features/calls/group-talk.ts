/**
 * Talk of a group call: what devices say to each other in its room, who is known to be there by it, and the keys of
 * frames that they give each other (docs/spec/calls.md CA91–CA94, CA98, CA112, CA114).
 */
import type { BodyOf, CallSay } from "@yanshu/content";
import { type Bytes, type DeviceId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex } from "../../feature.ts";
import { openKeys } from "./group-keys.ts";
import { type GroupRoom, type Inside, tellChanged } from "./group-room.ts";
import type { Here } from "./group-roster.ts";
import { openSay, sealSay } from "./say.ts";

const hereEveryMs = 5_000;
/** While a key is lacking. */
const askEveryMs = 1_000;
/** However often seats come and go: the others hear of this one four times a second at most. */
const hereGapMs = 250;
/** Many who come at once are answered by one say. */
const answerMs = 100;
/** One device is given the key that it asks for so often at most: it asks once a second itself. */
const answeredEveryMs = 500;
/** Where nobody went the others hear of a new key before it is used. */
const newKeyMs = 300;
/** Those who were there before one came say so within this time; who is heard later is taken to have come later. */
const beforeMs = 5_000;

export class GroupTalk {
  private readonly context: FeatureContext;
  /** Whether the desk has this room still. */
  private readonly isKnown: (room: GroupRoom) => boolean;

  constructor(context: FeatureContext, isKnown: (room: GroupRoom) => boolean) {
    this.context = context;
    this.isKnown = isKnown;
  }

  /** Home gave this device its seat: the call is said where it is its own, and that it is here. */
  entered(room: GroupRoom, inside: Inside, seat: number): void {
    const isNewSeat = inside.seat !== undefined && inside.seat !== seat;
    if (inside.isAway) room.roster.age();
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

  sayHere(room: GroupRoom): void {
    const { inside } = room;
    if (inside?.seat === undefined) return;
    const dueMs = inside.hereMs + hereGapMs - this.context.nowMs();
    if (dueMs > 0) {
      this.answerSoon(room, inside, dueMs);
      return;
    }
    inside.hereMs = this.context.nowMs();
    const asks = lackedBy(room, inside).map((device) => fromHex(device) as DeviceId);
    const {
      seat,
      own,
      sends: { voice, picture, screen },
    } = inside;
    this.say(room, { kind: "here", seat, key: own.pair.publicKey, voice, picture, ...(asks.length > 0 && { asks }) });
    // Who came since has not heard it; who heard that it is so hears that it is so no more.
    if (screen || inside.isScreenTold) this.say(room, { kind: "shows", screen });
    inside.isScreenTold = screen;
  }

  /** Sealed and signed, after what was said before; to one seat, or to all. */
  say(room: GroupRoom, what: CallSay | Promise<CallSay>, to?: number): void {
    const { rooms, device } = this.context;
    const { line } = room;
    room.saying.add(async () => {
      const by = { device: device(), n: ++room.n, nonce: room.nonce, heard: [...room.nonces.values()] };
      line?.say(await sealSay(rooms.crypto, room.keys, by, await what), to);
    });
  }

  async hear(room: GroupRoom, seat: number, bytes: Bytes): Promise<void> {
    const { rooms, device } = this.context;
    const heard = await openSay(rooms.crypto, room.keys, bytes, (one) => rooms.keyOf(room.conversation, one));
    if (heard === undefined || !this.isKnown(room)) return;
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
    } else if (say.kind === "shows") {
      if (room.roster.shows(from, seat, say.screen)) tellChanged(this.context, room);
    } else if (say.kind === "bye") this.gone(room, room.roster.left(from) ? [from] : []);
    else if (say.kind === "keys" && room.inside !== undefined) {
      const key = await openKeys(rooms.crypto, room.keys.name, room.inside.own, { by: from, own: device() }, say);
      if (key === undefined || room.inside === undefined || room.roster.get(from) === undefined) return;
      room.inside.theirs.set(from, key);
      tellChanged(this.context, room);
    }
  }

  /** A device said under its signature that it is here. */
  heardHere(room: GroupRoom, here: Here, isAsked: boolean): void {
    const change = room.roster.heard(here, this.context.nowMs());
    if (change.kind === "refused") return;
    const { inside } = room;
    if (change.kind === "came" && change.out !== undefined) this.gone(room, [change.out]);
    // Another device of one's own answered.
    if (here.account === toHex(this.context.own()) && inside === undefined) room.ringUntilMs = 0;
    if (inside?.seat !== undefined && change.kind === "came") this.came(room, inside, here, change.isAgain);
    else if (inside?.seat !== undefined && isAsked) this.giveAsked(room, inside, here);
    room.isOpen = true;
    tellChanged(this.context, room);
  }

  /** Now and then: who said nothing for long, or is no member any more, is gone; and one says that one is here. */
  look(room: GroupRoom): void {
    const { rooms, nowMs } = this.context;
    const isMember = (device: Hex) => rooms.keyOf(room.conversation, fromHex(device) as DeviceId) !== undefined;
    const { inside } = room;
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
  }

  private answerSoon(room: GroupRoom, inside: Inside, inMs = answerMs): void {
    if (inside.isAnswering) return;
    inside.isAnswering = true;
    this.context.after(inMs, () => {
      inside.isAnswering = false;
      if (room.inside === inside) this.sayHere(room);
    });
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
    tellChanged(this.context, room);
  }

  /** However often one asks, what this device may say (CA6) is left for the others. */
  private giveAsked(room: GroupRoom, inside: Inside, here: Here): void {
    const nowMs = this.context.nowMs();
    // @checks CA253
    if (nowMs - (inside.answeredMs.get(here.device) ?? Number.NEGATIVE_INFINITY) < answeredEveryMs) return;
    inside.answeredMs.set(here.device, nowMs);
    this.give(room, inside, [here], here.seat);
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
      tellChanged(this.context, room);
      return;
    }
    // From the first on: whatever is due meanwhile puts it off no further.
    if (inside.isKeyDue) return;
    inside.isKeyDue = true;
    this.context.after(newKeyMs, () => {
      inside.isKeyDue = false;
      if (room.inside !== inside || inside.own.sending === inside.own.giving) return;
      inside.own.sending = inside.own.giving;
      tellChanged(this.context, room);
    });
  }

  private post(room: GroupRoom, rings: readonly Hex[]): void {
    const { conversation, media, secret, home } = room;
    const { context } = this;
    const accounts = rings.map((one) => fromHex(one) as BodyOf<"call">["rings"][number]);
    const of = { device: context.device(), media, secret, ...(home !== undefined && { home }) };
    const id = context.say(conversation, { kind: "call", rings: accounts, ...of });
    room.message = { author: context.own(), id: fromHex(id) };
    for (const one of rings) room.rangMs.set(one, context.nowMs());
  }
}

function lackedBy({ roster }: GroupRoom, { theirs }: Inside): readonly Hex[] {
  return roster.all.flatMap(({ device }) => (theirs.has(device) ? [] : [device]));
}
