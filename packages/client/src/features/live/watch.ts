/**
 * Watch: the Live that this device watches (docs/spec/live.md CA162–CA172). It puts pieces together, opens them, and
 * hands them to the page that plays them.
 */
import { decodeSignedLive, type LiveSaid, liveSaidLimits } from "@yanshu/content";
import { type Bytes, concat, type DeviceId, equalBytes, fromHex, liveLimits, toHex } from "@yanshu/wire";
import { type FeatureContext, type RoomEvents, type RoomLine, unpack } from "../../feature.ts";
import { InOrder } from "../../values/in-order.ts";
import { FreshAsked } from "./fresh.ts";
import { Comments, farOf, type LivePlace, mayBeIn } from "./place.ts";
import { isAheadLive, isLateLive, nextLiveN, openLive, provenLive, sealLive, signLive } from "./seal.ts";

/** What a page plays: a head says how the pieces of its layer are read. */
export type LivePiece =
  | { readonly kind: "head"; readonly layer: number; readonly type: string; readonly bytes: Bytes }
  | { readonly kind: "piece"; readonly layer: number; readonly bytes: Bytes };

type LiveHeadSaid = Extract<LivePiece, { kind: "head" }>;

export type WatchEnd = "over" | "full" | "closed";

/** Nobody shows, or home has no such room, for so long: it is over. */
const awayMsMax = 20_000;
const againMs = 2_000;
/** Without a piece for so long the person reads that the one who shows is away. */
const silentMs = 5_000;
/** Pieces that no page took. */
const piecesMax = 12;
const takeMs = 5_000;
const heldMax = 64;
/** Of one device, as the one who shows takes them. */
const commentMs = 2_000;
const heartsMs = 1_000;

export class Watch {
  readonly place: LivePlace;
  readonly host: string;
  readonly comments = new Comments();
  at: "joining" | "on" | "away" = "joining";
  watching = 0;
  /** The small picture is what comes. */
  isSmall = false;
  private readonly context: FeatureContext;
  private readonly changed: () => void;
  private readonly entered: () => void;
  private readonly ended: (as: WatchEnd) => void;
  private line: RoomLine | undefined;
  private wanted: number | undefined;
  private wasIn = false;
  /** Its room is at another home, and how far that one's clock is ahead of this device's. */
  private isFar = false;
  private aheadMs: number | undefined;
  private isOver = false;
  private awaySinceMs: number | undefined;
  private pieceMs: number;
  private readonly beganMs: number;
  private readonly coming = new Map<number, Bytes[]>();
  private pieces: LivePiece[] = [];
  private taker: (() => void) | undefined;
  private readonly keys = new Map<number, Bytes>();
  private newest = 0;
  /** The newest `n` of each stream; it outlives this watch. */
  private readonly heard: Map<string, number>;
  private readonly hearing: InOrder;
  private readonly fresh = new FreshAsked();
  private n = 0;
  private readonly saying: InOrder;
  private commentedMs = 0;
  private hearts = 0;
  private isHeartDue = false;

  constructor(
    context: FeatureContext,
    place: LivePlace,
    host: string,
    heard: Map<string, number>,
    told: { readonly changed: () => void; readonly entered: () => void; readonly ended: (as: WatchEnd) => void },
  ) {
    this.context = context;
    this.hearing = new InOrder(context.failed, heldMax);
    this.saying = new InOrder(context.failed);
    this.place = place;
    this.host = host;
    this.heard = heard;
    this.changed = told.changed;
    this.entered = told.entered;
    this.ended = told.ended;
    this.pieceMs = context.nowMs();
    this.beganMs = this.pieceMs;
    this.keys.set(place.key.generation, place.key.key);
    this.newest = place.key.generation;
    this.dial();
  }

  /** Resolves with what came since the last time; with nothing after five seconds. Undefined once it is over. */
  async take(): Promise<readonly LivePiece[] | undefined> {
    if (this.pieces.length === 0 && !this.isOver)
      await new Promise<void>((resolve) => {
        this.taker?.();
        this.taker = resolve;
        this.context.after(takeMs, resolve);
      });
    return this.isOver ? undefined : this.pieces.splice(0);
  }

  wantLayer(layer: number): void {
    this.wanted = layer;
    this.line?.wantLayer(layer);
  }

  again(): void {
    this.line?.again();
  }

  /** @returns false where one said something a moment ago. */
  comment(text: string): boolean {
    const nowMs = this.context.nowMs();
    if (Math.abs(nowMs - this.commentedMs) < commentMs) return false; // not a check: of one's own.
    this.commentedMs = nowMs;
    this.say({ kind: "comment", text });
    return true;
  }

  /** Counted, and said once a second. */
  heart(count: number): void {
    this.hearts = Math.min(this.hearts + count, liveSaidLimits.heartsMax);
    if (this.isHeartDue) return;
    this.isHeartDue = true;
    this.context.after(heartsMs, () => {
      this.isHeartDue = false;
      if (this.hearts > 0 && !this.isOver) this.say({ kind: "hearts", count: this.hearts });
      this.hearts = 0;
    });
  }

  /** Twice a second. */
  tick(): void {
    const { context, place } = this;
    const nowMs = context.nowMs();
    const sinceMs = this.awaySinceMs;
    if (this.fresh.isDue(nowMs)) this.ask(nowMs);
    if (!mayBeIn(context, toHex(place.conversation))) this.end("closed");
    else if (sinceMs !== undefined && nowMs - sinceMs >= awayMsMax) this.end("over");
    // A home that does not answer says nothing of who shows there.
    else if (this.isFar && !this.wasIn && nowMs - this.beganMs >= awayMsMax) this.end("closed");
    else this.be(sinceMs !== undefined || (this.wasIn && nowMs - this.pieceMs >= silentMs) ? "away" : this.at);
  }

  close(): void {
    this.isOver = true;
    this.line?.close();
    this.line = undefined;
    this.taker?.();
  }

  end(as: WatchEnd): void {
    if (this.isOver) return;
    this.close();
    this.ended(as);
  }

  private be(at: Watch["at"]): void {
    if (this.at === at) return;
    this.at = at;
    this.changed();
  }

  private dial(): void {
    if (this.isOver) return;
    const at = farOf(this.context, this.place);
    this.isFar = at !== undefined;
    this.line = this.context.rooms.watch(this.place.room, this.events(), at);
  }

  private isAway(): void {
    this.awaySinceMs ??= this.context.nowMs();
    this.be("away");
  }

  private events(): RoomEvents {
    return {
      entered: (others, _seat, timeMs) => {
        if (!this.wasIn) this.entered();
        this.wasIn = true;
        if (this.isFar && timeMs !== undefined) this.aheadMs = timeMs - this.context.nowMs();
        this.fresh.began(this.context.nowMs());
        if (this.wanted !== undefined) this.line?.wantLayer(this.wanted);
        if (others.length === 0) this.isAway();
        else this.isBack();
      },
      seats: (seats) => {
        if (seats.length === 0) this.isAway();
        else this.isBack();
      },
      shown: ({ layer, isFirst, isLast, bytes }) => {
        const parts = isFirst ? [] : this.coming.get(layer);
        if (parts === undefined) return;
        parts.push(bytes);
        this.coming.set(layer, parts);
        if (parts.length * liveLimits.partBytesMax > liveLimits.pieceBytesMax + 64 * 1_024) this.coming.delete(layer);
        else if (isLast) {
          this.coming.delete(layer);
          this.hearSoon(concat(...parts));
        }
      },
      said: (_from, bytes) => this.hearSoon(bytes),
      watching: (count) => {
        this.watching = count;
        this.changed();
      },
      relay: () => undefined,
      away: () => this.isAway(),
      refused: (code) => {
        this.line = undefined;
        if (this.isOver) return;
        if (code !== "token-needed") return this.end(code === "full" ? "full" : "closed");
        // Home may have started anew, and the one who shows comes back.
        if (!this.wasIn) return this.end("over");
        this.isAway();
        this.context.after(againMs, () => this.dial());
      },
    };
  }

  private isBack(): void {
    this.awaySinceMs = undefined;
    this.pieceMs = this.context.nowMs();
    if (this.at === "away") this.be(this.pieces.length > 0 ? "on" : "joining");
    this.changed();
  }

  private hearSoon(bytes: Bytes): void {
    this.hearing.add(() => this.hear(bytes));
  }

  private keyOf(generation: number): Bytes | undefined {
    const known = this.keys.get(generation);
    const { conversation, author, id } = this.place;
    if (known !== undefined || id === undefined) return known;
    const on = { author: fromHex(author), id: fromHex(id) } as Parameters<FeatureContext["marks"]>[1];
    for (const mark of this.context.marks(conversation, on, "liveKey")) {
      const told = unpack<{ generation: number; key?: Bytes }>(mark.value);
      if (told.key === undefined || !equalBytes(mark.by, on.author)) continue;
      this.keys.set(told.generation, told.key);
      this.newest = Math.max(this.newest, told.generation);
    }
    return this.keys.get(generation);
  }

  /** By the clock of the home at which the room is. */
  private roomMs(): number {
    return this.aheadMs === undefined ? this.context.rooms.nowMs() : this.context.nowMs() + this.aheadMs;
  }

  private memberOf = (device: DeviceId) => this.context.rooms.keyOf(this.place.conversation, device);

  private async hear(bytes: Bytes): Promise<void> {
    const { rooms } = this.context;
    const { room, device } = this.place;
    const signed = await openLive(rooms.crypto, room, bytes, (generation) => this.keyOf(generation));
    // Only the device that shows is heard here: what others say comes within what it says.
    if (signed === undefined || !equalBytes(signed.device, device)) return;
    const heard = await provenLive(rooms.crypto, room, signed, this.memberOf);
    if (heard === undefined || this.isOver) return;
    const { said, n } = heard;
    if (said.kind === "head") return this.hearHead(said, n);
    // One stream over both layers: after the newest of one, no older piece of the other is shown.
    const stream = said.kind === "piece" ? "piece" : "said";
    // @checks CA179
    if (n <= (this.heard.get(stream) ?? 0) || isLateLive(n, this.roomMs())) return;
    // @checks CA216
    if (isAheadLive(n, this.roomMs())) return;
    // @checks CA217, CA230
    if ((said.kind === "piece" || said.kind === "state") && !this.fresh.allows(n, this.context.nowMs())) return;
    this.heard.set(stream, n);
    if (said.kind === "piece") {
      this.pieceMs = this.context.nowMs();
      if (this.isSmall !== (said.layer === 0)) {
        this.isSmall = said.layer === 0;
        this.changed();
      }
      this.put(said);
      this.be("on");
    } else if (said.kind === "fresh") this.fresh.replied(n, said.nonces);
    else if (said.kind === "state") {
      this.comments.hearts = said.hearts;
      for (const one of said.comments) await this.hearComment(one);
      this.changed();
    }
  }

  /** Home keeps the head for those who come, so it may be old; it shows nothing without a piece. */
  private hearHead(said: LiveHeadSaid, n: number): void {
    const stream = `head ${said.layer}`;
    if (n < (this.heard.get(stream) ?? 0)) return;
    this.heard.set(stream, n);
    this.pieces = this.pieces.filter(({ kind, layer }) => kind !== "head" || layer !== said.layer);
    this.put(said);
  }

  private async hearComment(bytes: Bytes): Promise<void> {
    const signed = decodeSignedLive(bytes);
    const heard = signed && (await provenLive(this.context.rooms.crypto, this.place.room, signed, this.memberOf));
    if (heard?.said.kind !== "comment") return;
    const from = `comment ${toHex(heard.device)}`;
    if (heard.n <= (this.heard.get(from) ?? 0)) return;
    this.heard.set(from, heard.n);
    this.comments.add(toHex(heard.account), heard.said.text);
  }

  private ask(nowMs: number): void {
    const nonce = this.context.random(liveSaidLimits.nonceBytes);
    this.fresh.asked(nonce, nowMs);
    this.say({ kind: "ask", nonce });
  }

  private put(piece: LivePiece): void {
    this.pieces.push(piece);
    // A page that takes nothing misses the oldest; heads are always wanted.
    while (this.pieces.filter(({ kind }) => kind === "piece").length > piecesMax)
      this.pieces.splice(
        this.pieces.findIndex(({ kind }) => kind === "piece"),
        1,
      );
    this.taker?.();
  }

  private say(said: LiveSaid): void {
    const { rooms, device } = this.context;
    this.keyOf(this.newest + 1); // A newer one may have been told.
    const generation = this.newest;
    const key = this.keys.get(generation);
    if (key === undefined) return;
    this.saying.add(async () => {
      const { room } = this.place;
      this.n = nextLiveN(this.n, rooms.nowMs());
      const signed = await signLive(rooms.crypto, room, { device: device(), n: this.n }, said);
      this.line?.say(await sealLive(rooms.crypto, room, { generation, key }, signed));
    });
  }
}
