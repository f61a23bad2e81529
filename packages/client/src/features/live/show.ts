/**
 * Show: the Live that this device shows (docs/spec/live.md CA160, CA167–CA170). It seals pieces, steps the key where
 * somebody was removed, and hands on what those who watch say, at its own rate.
 */
import {
  type BodyOf,
  encodeSignedLive,
  type LiveSaid,
  liveSaidLimits,
  liveSecondsMax,
  type SignedLive,
} from "@yanshu/content";
import { type Bytes, type DeviceId, fromHex, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex, RoomEvents, RoomLine } from "../../feature.ts";
import { InOrder } from "../../values/in-order.ts";
import { FreshReplies } from "./fresh.ts";
import { Comments, type LivePlace, mayBeIn } from "./place.ts";
import { type LiveKey, nextLiveN, openLive, provenLive, sealLive, signLive } from "./seal.ts";

type Head = { readonly type: string; readonly bytes: Bytes };

/** Between two states at least, and at most. */
const stateMs = 500;
const stateEveryMs = 5_000;
/** Of one person. */
const commentMs = 1_500;
const waitingMax = 24;
/** Between two new keys for newcomers at least. */
const newKeyMs = 10_000;
/** Of what came and was not read yet, and of what is to be sealed. */
const heldMax = 256;
const sealingMax = 8;

/** As the record says it: a clock that was set meanwhile, or a Live of days, ends all the same (CA160). */
export function lastedSeconds(sinceMs: number, nowMs: number): number {
  return Math.min(Math.max(0, Math.floor((nowMs - sinceMs) / 1_000)), liveSecondsMax);
}

export class Show {
  readonly place: LivePlace;
  readonly host: string;
  readonly comments = new Comments();
  id: Hex | undefined;
  isIn = false;
  isAway = false;
  watching = 0;
  watchedMost = 0;
  readonly sinceMs: number;
  private readonly context: FeatureContext;
  private readonly changed: () => void;
  private readonly closed: () => void;
  private line: RoomLine | undefined;
  private readonly keys = new Map<number, Bytes>();
  private readonly secret: Bytes;
  private key: LiveKey;
  private devices: ReadonlySet<Hex>;
  /** Somebody came who was not told of it yet; and when those before were. */
  private hasNew = false;
  private steppedMs = Number.NEGATIVE_INFINITY;
  private readonly heads = new Map<number, Head>();
  private n: number;
  /** One after the other, so that `n` rises on the way. */
  private readonly sealing: InOrder;
  private inSealing = 0;
  private readonly hearing: InOrder;
  private readonly heard = new Map<Hex, number>();
  private readonly commentedMs = new Map<Hex, number>();
  private readonly hearted = new Map<Hex, { second: number; count: number }>();
  private readonly fresh = new FreshReplies();
  private waiting: Bytes[] = [];
  private saidMs = 0;
  private isDue = true;

  /** @param closed home has no room for it. @param secret of the first key, said to all. */
  constructor(
    context: FeatureContext,
    place: LivePlace,
    host: string,
    { secret, showSecret }: { readonly secret: Bytes; readonly showSecret: Bytes },
    told: { readonly changed: () => void; readonly closed: () => void },
  ) {
    this.context = context;
    this.sealing = new InOrder(context.failed);
    this.hearing = new InOrder(context.failed, heldMax);
    this.place = place;
    this.host = host;
    this.changed = told.changed;
    this.closed = told.closed;
    this.sinceMs = context.nowMs();
    this.n = 0;
    this.secret = secret;
    this.key = place.key;
    this.keys.set(this.key.generation, this.key.key);
    this.devices = this.members();
    this.line = context.rooms.show(place.room, showSecret, this.events());
  }

  head(layer: number, type: string, bytes: Bytes): void {
    this.heads.set(layer, { type, bytes });
    this.show(layer, { kind: "head", layer, type, bytes });
  }

  /** A piece that comes while too many are being sealed is left out. */
  piece(layer: number, bytes: Bytes): void {
    if (this.inSealing < sealingMax) this.show(layer, { kind: "piece", layer, bytes });
  }

  comment(text: string): void {
    this.sealing.add(async () => {
      const signed = await this.signed({ kind: "comment", text });
      this.commented(toHex(this.context.own()), text, encodeSignedLive(signed));
    });
  }

  heart(count: number): void {
    this.comments.hearts += Math.min(count, liveSaidLimits.heartsMax);
    this.isDue = true;
    this.changed();
  }

  /** The network changed. */
  again(): void {
    this.line?.again();
  }

  /** Twice a second. @returns false once this device may show there no more. */
  tick(): boolean {
    const { context, place } = this;
    if (!mayBeIn(context, toHex(place.conversation))) return false;
    const devices = this.members();
    const before = this.devices;
    this.devices = devices;
    const isGone = [...before].some((one) => !devices.has(one));
    if ([...devices].some((one) => !before.has(one))) this.hasNew = true;
    if (this.id === undefined)
      this.hasNew = false; // The message itself is yet to be said, to all who are there.
    else if (isGone || (this.hasNew && Math.abs(context.nowMs() - this.steppedMs) >= newKeyMs)) this.step();
    this.sayFresh();
    this.sayState();
    return true;
  }

  end(): void {
    const { line, id } = this;
    this.line = undefined;
    line?.leave();
    if (id === undefined || !mayBeIn(this.context, toHex(this.place.conversation))) return;
    const { conversation, author } = this.place;
    const named = { author: fromHex(author), id: fromHex(id) } as Pick<BodyOf<"liveEnd">, "author" | "id">;
    const seconds = lastedSeconds(this.sinceMs, this.context.nowMs());
    this.context.say(conversation, { kind: "liveEnd", ...named, seconds, watched: this.watchedMost });
  }

  private members(): ReadonlySet<Hex> {
    const { rooms } = this.context;
    const { conversation } = this.place;
    const all = rooms.devicesIn(conversation).filter((one) => rooms.keyOf(conversation, one) !== undefined);
    return new Set(all.map(toHex));
  }

  /** Another key, for those who are there now; newcomers among them are told of the Live. */
  private step(): void {
    const { context, place, id } = this;
    const generation = this.key.generation + 1;
    const key = context.random(32);
    this.key = { generation, key };
    this.keys.set(generation, key);
    const named = { author: fromHex(place.author), id: fromHex(id as Hex) } as Pick<BodyOf<"liveKey">, "author" | "id">;
    context.say(place.conversation, { kind: "liveKey", ...named, generation, key });
    this.showHeads(); // Who comes from now on opens no head of before.
    if (!this.hasNew) return;
    this.hasNew = false;
    this.steppedMs = context.nowMs();
    const { device, room, sinceMs, title, home } = place;
    context.say(place.conversation, {
      kind: "liveOn",
      ...named,
      device,
      room,
      sinceMs,
      ...(title !== "" && { title }),
      ...(home !== undefined && { home }),
    });
  }

  private events(): RoomEvents {
    return {
      entered: () => this.entered(),
      said: (_from, bytes) => {
        this.hearing.add(() => this.hear(bytes));
      },
      watching: (count) => {
        this.watching = count;
        this.watchedMost = Math.max(this.watchedMost, count);
        this.changed();
      },
      seats: () => undefined,
      relay: () => undefined,
      away: () => {
        this.isAway = true;
        this.changed();
      },
      refused: () => {
        this.line = undefined;
        this.closed();
      },
    };
  }

  private entered(): void {
    this.isAway = false;
    if (!this.isIn) {
      this.isIn = true;
      const { conversation, room, title, device, home } = this.place;
      const named = { ...(title !== "" && { title }), ...(home !== undefined && { home }) };
      this.id = this.context.say(conversation, { kind: "live", device, secret: this.secret, room, ...named });
    }
    // Home may have started anew, and knows no head then.
    this.showHeads();
    this.isDue = true;
    this.changed();
  }

  private showHeads(): void {
    for (const [layer, { type, bytes }] of this.heads) this.show(layer, { kind: "head", layer, type, bytes });
  }

  private show(layer: number, said: LiveSaid): void {
    this.inSealing++;
    this.seal(said, (sealed) => this.line?.show(layer, said.kind === "head", sealed));
    this.sealing.add(() => {
      this.inSealing--;
    });
  }

  private signed(said: LiveSaid): Promise<SignedLive> {
    const { rooms, device } = this.context;
    this.n = nextLiveN(this.n, rooms.nowMs());
    return signLive(rooms.crypto, this.place.room, { device: device(), n: this.n }, said);
  }

  private seal(said: LiveSaid, then: (sealed: Bytes) => void): void {
    const { crypto } = this.context.rooms;
    this.sealing.add(async () => then(await sealLive(crypto, this.place.room, this.key, await this.signed(said))));
  }

  private async hear(bytes: Bytes): Promise<void> {
    const { rooms } = this.context;
    const { room, conversation } = this.place;
    const signed = await openLive(rooms.crypto, room, bytes, (generation) => this.keys.get(generation));
    const from = signed && toHex(signed.device);
    if (signed === undefined || from === undefined || signed.n <= (this.heard.get(from) ?? 0)) return;
    const heard = await provenLive(rooms.crypto, room, signed, (one: DeviceId) => rooms.keyOf(conversation, one));
    if (heard === undefined) return;
    this.heard.set(from, heard.n);
    const account = toHex(heard.account);
    if (heard.said.kind === "comment") this.commented(account, heard.said.text, encodeSignedLive(signed));
    else if (heard.said.kind === "ask") this.fresh.ask(heard.device, heard.said.nonce);
    else if (heard.said.kind === "hearts") this.gaveHearts(account, heard.said.count);
  }

  private commented(account: Hex, text: string, signed: Bytes): void {
    const nowMs = this.context.nowMs();
    const before = this.commentedMs.get(account);
    if (before !== undefined && Math.abs(nowMs - before) < commentMs) return;
    if (text.trim() === "" || signed.length > liveSaidLimits.commentBytesMax) return;
    this.commentedMs.set(account, nowMs);
    this.waiting = [...this.waiting, signed].slice(-waitingMax);
    this.comments.add(account, text);
    this.isDue = true;
    this.changed();
  }

  private gaveHearts(account: Hex, count: number): void {
    const second = Math.floor(this.context.nowMs() / 1_000);
    const before = this.hearted.get(account);
    const had = before?.second === second ? before.count : 0;
    const taken = Math.min(count, liveSaidLimits.heartsMax - had);
    if (taken <= 0) return;
    this.hearted.set(account, { second, count: had + taken });
    this.comments.hearts += taken;
    this.isDue = true;
    this.changed();
  }

  private sayFresh(): void {
    const nonces = this.isIn ? this.fresh.take() : [];
    if (nonces.length > 0) this.seal({ kind: "fresh", nonces }, (sealed) => this.line?.say(sealed));
  }

  private sayState(): void {
    const nowMs = this.context.nowMs();
    const passedMs = Math.abs(nowMs - this.saidMs);
    if (!this.isIn || passedMs < (this.isDue ? stateMs : stateEveryMs)) return;
    this.saidMs = nowMs;
    const comments = this.waiting.slice(0, liveSaidLimits.commentsMax);
    this.waiting = this.waiting.slice(comments.length);
    this.isDue = this.waiting.length > 0;
    this.seal({ kind: "state", hearts: this.comments.hearts, comments }, (sealed) => this.line?.say(sealed));
  }
}
