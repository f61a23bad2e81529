/**
 * Connection: one client's socket, from hello to close (docs/spec/wire.md WI1, WI4–WI7, WI23).
 *
 * It counts, decodes and dispatches, in this order: what a frame's first bytes are enough to refuse is refused before
 * the rest is looked at (docs/spec/delivery.md DS130). What a call means stands in accounts/, what a post means in
 * delivery/. A connection is anonymous until it signs in; from then on it may not post, so that the server does not
 * learn which account sends (DS30).
 */
import {
  type AckRange,
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  type ClientFrame,
  calls,
  decodeClientFrame,
  encodeError,
  encodeOk,
  encodeResult,
  type FrameHead,
  frameHeadOf,
  limits,
  MalformedError,
  type PostHeader,
  requestOf,
} from "@yanshu/wire";
import { type Done, type Refusal, refuse, tooOften } from "../core/outcome.ts";
import { type CloseReason, closeCodes, type Sink } from "../core/ports.ts";
import { hourMs, minuteMs } from "../core/rate.ts";
import type { Session } from "../delivery/session.ts";
import type { CallRouter } from "./call-router.ts";
import type { Caller } from "./caller.ts";

import { GuardedSink } from "./guarded-sink.ts";
import { Pieces } from "./pieces.ts";

/** A socket that is refused more often than this within a minute is closed. */
const refusalsMax = 20_000;
const malformedMax = 16;
/** A post counts once for each started group of this many parts. */
const partsOfOne = 16;
/**
 * Acknowledged ranges per minute; an empty frame counts as one. A device that receives thousands of messages a second
 * names fewer.
 */
const acksMax = 60_000;
/**
 * Bytes sent and not read, above which calls are refused, and an answer that is due closes the socket instead. A
 * member's limit is higher, because its backlog counts too.
 */
const unreadMax = { stranger: 64 * 1024, member: 2 * 1024 * 1024 } as const;
const unreadWaitMs = 1_000;
/** A client whose large frame found no room is told to wait this long: by then others have finished theirs. */
const pieceWaitMs = 2_000;

export class Connection implements Caller {
  readonly sink: Sink;
  readonly prefix: string | undefined;
  isGreeted = false;
  nonce: Bytes | undefined;
  session: Session | undefined;
  signingIn = false;
  hasMailbox = false;
  isPaid = false;
  private open = true;
  private windowEndsMs = 0;
  private posts = 0;
  private createsEndMs = 0;
  private creates = 0;
  private calls = 0;
  private acknowledged = 0;
  private refusals = 0;
  private malformed = 0;
  /** Cancels the timer that closes a connection without a hello. */
  private stopWaiting: (() => void) | undefined;
  /** Created with the first large frame: most connections never send one. */
  private pieces: Pieces | undefined;
  private readonly router: CallRouter;
  private readonly allowed: ReadonlySet<CallName> | undefined;

  /** @param calls the only calls that this connection may make; absent: all. */
  constructor(router: CallRouter, sink: Sink, prefix: string | undefined, calls?: ReadonlySet<CallName>) {
    this.router = router;
    this.allowed = calls;
    this.sink = new GuardedSink(sink, this, router.faults);
    this.prefix = prefix;
    this.stopWaiting = router.clock.after(router.config.helloMs, () => {
      if (!this.isGreeted) this.end("silent");
    });
  }

  /** @param bytes of one message. */
  receive(bytes: Bytes): void {
    if (!this.open || this.router.stopped) return;
    if (bytes.length > limits.messageBytesMax) this.end("too-large");
    else this.frame(bytes);
  }

  /** @param isOfPieces whether the frame was put together from pieces. It may not be a piece itself. */
  private frame(bytes: Bytes, isOfPieces = false): void {
    try {
      const head = frameHeadOf(bytes);
      // @checks WI23
      if (isOfPieces && (head.type === "begin" || head.type === "more")) throw new MalformedError("pieces of pieces");
      const refusal = this.refusalOf(head);
      if (refusal === undefined) this.take(decodeClientFrame(bytes));
      else if (this.open && "request" in head) this.refuse(head.request, refusal);
    } catch (error) {
      if (error instanceof MalformedError) this.refuseMalformed(bytes);
      else this.failed("a frame", error);
    }
  }

  /** The socket is gone. */
  closed(): void {
    if (!this.open) return;
    this.open = false;
    this.router.faults.guarded("a socket's end", () => {
      this.wasHeard();
      this.pieces?.end();
      this.router.closed(this);
    });
  }

  /** After a fault of the server: counts it and closes the socket, so that the device connects again. */
  private failed(place: string, error: unknown): void {
    this.router.faults.caught(place, error);
    this.end("faulty");
  }

  /** Closes the socket from our side. */
  end(reason: CloseReason): void {
    if (!this.open) return;
    this.closed();
    this.sink.close(closeCodes[reason], reason);
  }

  get isOpen(): boolean {
    return this.open;
  }

  private wasHeard(): void {
    this.stopWaiting?.();
    this.stopWaiting = undefined;
  }

  /** Decides from the frame's head alone, and counts the frame. */
  private refusalOf(head: FrameHead): Refusal | undefined {
    switch (head.type) {
      case "post":
        return this.postRefusal(head.mode);
      case "call":
        return this.callRefusal(head.name);
      default:
        return undefined;
    }
  }

  private take(frame: ClientFrame): void {
    if (!this.open) return;
    switch (frame.type) {
      case "post":
        this.post(frame);
        break;
      case "acks":
        this.acks(frame.ranges);
        break;
      case "call":
        this.call(frame.request, frame.name, frame.args);
        break;
      case "unknown-call":
        this.refuse(frame.request, refuse("unknown-method"));
        break;
      case "begin":
        this.begin(frame.length, frame.piece);
        break;
      case "more":
        this.more(frame.piece);
        break;
    }
  }

  /** Begins a frame in pieces. If it is refused, it is refused now, and its remaining pieces are skipped. */
  private begin(length: number, piece: Bytes): void {
    this.pieces ??= new Pieces(this.router.pieceRoom, this.router.clock, this.prefix, {
      tooSlow: () => this.end("silent"),
      madeWay: (begun) => this.refuse(requestOf(begun), tooOften(pieceWaitMs)),
    });
    if (length > limits.frameBytesMax) {
      this.end("too-large");
      return;
    }
    // A few bytes reserve room for a mebibyte, so a client may have only one frame under way.
    if (this.pieces.isUnderWay) {
      this.pieces.end();
      this.refuseMalformed(piece.subarray(0, 0));
      return;
    }
    const refusal = this.largeRefusal() ?? (this.pieces.begin(length) ? undefined : tooOften(pieceWaitMs));
    if (refusal === undefined) {
      this.more(piece);
      return;
    }
    this.pieces.passOver(length);
    this.pieces.take(piece);
    this.refuse(requestOf(piece), refusal);
  }

  private more(piece: Bytes): void {
    const taken = this.pieces?.take(piece) ?? "malformed";
    if (taken === "malformed") this.refuseMalformed(piece.subarray(0, 0));
    else if (typeof taken !== "string") this.frame(taken, true);
  }

  /** @checks WI23 */
  private largeRefusal(): Refusal | undefined {
    if (!this.isGreeted) return refuse("hello-first");
    const isMember = this.session !== undefined || this.isPaid;
    return isMember || !this.router.takesTokens ? undefined : refuse("unpaid");
  }

  private post({ request, post }: Extract<ClientFrame, { type: "post" }>): void {
    const { foundings, clock } = this.router;
    const isFounding = post.header.mode === "create";
    const refusal =
      this.partsRefusal(post.parts.length) ?? (isFounding ? foundings.begin(this.prefix, clock.nowMs()) : undefined);
    if (refusal !== undefined) {
      this.refuse(request, refusal);
      return;
    }
    this.router.posting.post(post, this.prefix, (outcome) => {
      if (isFounding && !(outcome.ok && outcome.value.isNew)) foundings.cameToNothing(this.prefix, clock.nowMs());
      if (!this.open) return;
      if (outcome.ok) this.sink.send(encodeOk(request));
      else this.refuse(request, outcome);
    });
  }

  /**
   * Each part costs a lookup of its recipient, so a post of many parts counts as several (DS190). The surplus is
   * counted against the posts that follow.
   */
  private partsRefusal(parts: number): Refusal | undefined {
    const more = Math.ceil(parts / partsOfOne) - 1;
    if (more === 0) return undefined;
    this.posts += more;
    return this.router.postRefusal(this.prefix, more);
  }

  private postRefusal(mode: PostHeader["mode"]): Refusal | undefined {
    // @checks WI1, DS50
    if (!this.isGreeted) return refuse("hello-first");
    // @checks DS50 DS30
    if (this.session !== undefined || this.signingIn) return refuse("signed-in-connection");
    const nowMs = this.turnWindow();
    if (++this.posts > this.router.config.postsPerMinute.connection) return tooOften(this.windowEndsMs - nowMs);
    return this.router.postRefusal(this.prefix) ?? (mode === "create" ? this.createRefusal() : undefined);
  }

  /** Limits foundings: anybody may found a group, and the server keeps its gate for a year. */
  private createRefusal(): Refusal | undefined {
    const nowMs = this.router.clock.nowMs();
    if (nowMs >= this.createsEndMs || nowMs < this.createsEndMs - hourMs) {
      this.createsEndMs = nowMs + hourMs;
      this.creates = 0;
    }
    if (++this.creates > this.router.config.createsPerHour.connection) return tooOften(this.createsEndMs - nowMs);
    return this.router.foundings.refusal(this.prefix, nowMs);
  }

  private acks(ranges: readonly AckRange[]): void {
    this.turnWindow();
    this.acknowledged += Math.max(1, ranges.length); // Each range may be a search among thousands of ids.
    // @checks DS221
    if (this.acknowledged > acksMax) this.end("flooding");
    else if (this.session !== undefined) this.router.sessions.acked(this.session, ranges);
  }

  private call(request: number, name: CallName, args: unknown): void {
    if (!this.router.call(this, name, args as CallArgs<CallName>, this.answering(request, name))) this.countFault();
    if (this.isGreeted) this.wasHeard();
  }

  /** A call of an unknown name counts too, so that unknown names are no way around the limit. */
  private callRefusal(name: CallName | undefined): Refusal | undefined {
    // @checks WI1, DS50
    if (name !== "hello" && !this.isGreeted) return refuse("hello-first");
    const nowMs = this.turnWindow();
    if (++this.calls > this.router.config.callsPerMinute.connection) return tooOften(this.windowEndsMs - nowMs);
    const refusal = this.router.callRefusal(this.prefix) ?? (this.isBehind() ? tooOften(unreadWaitMs) : undefined);
    if (refusal !== undefined || name === undefined) return refusal;
    // @checks PE46
    if (this.allowed?.has(name) === false) return refuse("unknown-method");
    const signedIn = this.session !== undefined || this.signingIn;
    // @checks DS50
    if (calls[name].who === "anonymous" && signedIn) return refuse("signed-in-connection");
    // @checks WI1, DS50
    if (calls[name].who === "signed-in" && this.session === undefined) return refuse("not-signed-in");
    return undefined;
  }

  /** Closes the socket of a client whose calls keep causing faults in the server. */
  private countFault(): void {
    if (++this.malformed >= malformedMax) this.end("faulty");
  }

  /** Answers once: a call that fails after its answer is not answered again. */
  private answering<N extends CallName>(request: number, name: N): Done<CallResult<N>> {
    let isAnswered = false;
    return (outcome) => {
      if (!this.open || isAnswered) return;
      isAnswered = true;
      // The client kept asking without reading its answers: this answer is not even encoded.
      if (this.isBehind()) {
        this.end("flooding");
        return;
      }
      try {
        if (outcome.ok) this.sink.send(encodeResult(request, name, outcome.value), true);
        else this.refuse(request, outcome);
      } catch (error) {
        this.failed("an answer", error);
      }
    };
  }

  private isBehind(): boolean {
    const isMember = this.session !== undefined || this.isPaid;
    return (this.sink.unread?.() ?? 0) > (isMember ? unreadMax.member : unreadMax.stranger);
  }

  /** Sends a refusal, or closes the socket of a client that was refused too often. */
  private refuse(request: number, refusal: Refusal): void {
    this.router.refusals.count(refusal.code);
    this.refusals++;
    if (this.refusals > refusalsMax) this.end("flooding");
    else this.sink.send(encodeRefusal(request, refusal));
  }

  private refuseMalformed(bytes: Bytes): void {
    this.refuse(requestOf(bytes), refuse("malformed"));
    if (++this.malformed >= malformedMax) this.end("malformed");
  }

  /** Begins a new window if the minute is over. Returns the current time. */
  private turnWindow(): number {
    const nowMs = this.router.clock.nowMs();
    if (nowMs < this.windowEndsMs && nowMs >= this.windowEndsMs - minuteMs) return nowMs;
    this.windowEndsMs = nowMs + minuteMs;
    this.posts = 0;
    this.calls = 0;
    this.acknowledged = 0;
    this.refusals = 0;
    return nowMs;
  }
}

/** A `rate-limited` refusal names a wait in ms; a minute where the limit gave none. */
function encodeRefusal(request: number, { code, epoch, lastHash, waitMs }: Refusal): Bytes {
  return encodeError(request, code, epoch, lastHash, code === "rate-limited" ? (waitMs ?? minuteMs) : 0);
}
