/**
 * Connection: one client's socket, from hello to close (docs/spec/wire.md WI1, WI4–WI7).
 *
 * It decodes, counts and dispatches; what a call means stands in accounts/, what a post means in
 * delivery/. A connection is anonymous until it signs in; from then on it may not post, so that the
 * server does not learn which account sends (DS30).
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
  type ErrorCode,
  encodeError,
  encodeOk,
  encodeResult,
  limits,
  MalformedError,
  type PostHeader,
  requestOf,
} from "@yanshu/wire";
import type { Done, Refusal } from "../core/outcome.ts";
import { type CloseReason, closeCodes, type Sink } from "../core/ports.ts";
import { hourMs, minuteMs } from "../core/rate.ts";
import type { Session } from "../delivery/session.ts";
import type { Caller } from "./caller.ts";
import type { Desk } from "./desk.ts";

/** A socket that ignores this many refusals for flooding is closed. */
const refusalsMax = 20_000;
const malformedMax = 16;

export class Connection implements Caller {
  readonly sink: Sink;
  readonly prefix: string | undefined;
  isGreeted = false;
  nonce: Bytes | undefined;
  session: Session | undefined;
  signingIn = false;
  hasMailbox = false;
  private open = true;
  private windowEndsMs = 0;
  private posts = 0;
  private createsEndMs = 0;
  private creates = 0;
  private calls = 0;
  private refusals = 0;
  private malformed = 0;
  /** For the hello. */
  private stopWaiting: (() => void) | undefined;
  private readonly desk: Desk;

  constructor(desk: Desk, sink: Sink, prefix: string | undefined) {
    this.desk = desk;
    this.sink = sink;
    this.prefix = prefix;
    this.stopWaiting = desk.clock.after(desk.config.helloMs, () => {
      if (!this.isGreeted) this.end("silent");
    });
  }

  receive(bytes: Bytes): void {
    if (!this.open || this.desk.stopped) return;
    if (bytes.length > limits.frameBytesMax) {
      this.end("too-large");
      return;
    }
    try {
      this.take(decodeClientFrame(bytes));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.refuseMalformed(bytes);
    }
  }

  /** The socket is gone. */
  closed(): void {
    if (!this.open) return;
    this.open = false;
    this.wasHeard();
    this.desk.closed(this);
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

  private take(frame: ClientFrame): void {
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
        this.refuse(frame.request, this.isGreeted ? "unknown-method" : "hello-first");
        break;
    }
  }

  private post({ request, post }: Extract<ClientFrame, { type: "post" }>): void {
    const refusal = this.postRefusal(post.header.mode);
    if (refusal !== undefined) {
      this.refuse(request, refusal);
      return;
    }
    this.desk.posting.post(post, (outcome) => {
      if (!outcome.ok) this.desk.refusals.count(outcome.code);
      if (!this.open) return;
      this.sink.send(outcome.ok ? encodeOk(request) : encodeRefusal(request, outcome));
    });
  }

  private postRefusal(mode: PostHeader["mode"]): ErrorCode | undefined {
    if (!this.isGreeted) return "hello-first";
    if (this.session !== undefined || this.signingIn) return "signed-in-connection";
    this.turnWindow();
    const mayPost = ++this.posts <= this.desk.config.postsPerMinute.connection && this.desk.mayPost(this.prefix);
    if (!mayPost || (mode === "create" && !this.mayCreate())) return "rate-limited";
    return undefined;
  }

  /** Anybody may found a group, and home keeps its gate for a year: so not without end. */
  private mayCreate(): boolean {
    const nowMs = this.desk.clock.nowMs();
    if (nowMs >= this.createsEndMs || nowMs < this.createsEndMs - hourMs) {
      this.createsEndMs = nowMs + hourMs;
      this.creates = 0;
    }
    return ++this.creates <= this.desk.config.createsPerHour.connection && this.desk.mayCreate(this.prefix);
  }

  private acks(ranges: readonly AckRange[]): void {
    if (this.session !== undefined) this.desk.sessions.acked(this.session, ranges);
  }

  private call(request: number, name: CallName, args: unknown): void {
    const refusal = this.callRefusal(name);
    if (refusal !== undefined) this.refuse(request, refusal);
    else this.desk.call(this, name, args as CallArgs<CallName>, this.answering(request, name));
    if (this.isGreeted) this.wasHeard();
  }

  private callRefusal(name: CallName): ErrorCode | undefined {
    if (name !== "hello" && !this.isGreeted) return "hello-first";
    this.turnWindow();
    if (++this.calls > this.desk.config.callsPerMinute.connection || !this.desk.mayCall(this.prefix))
      return "rate-limited";
    const signedIn = this.session !== undefined || this.signingIn;
    if (calls[name].who === "anonymous" && signedIn) return "signed-in-connection";
    if (calls[name].who === "signed-in" && this.session === undefined) return "not-signed-in";
    return undefined;
  }

  private answering<N extends CallName>(request: number, name: N): Done<CallResult<N>> {
    return (outcome) => {
      if (!outcome.ok) this.desk.refusals.count(outcome.code);
      if (!this.open) return;
      this.sink.send(outcome.ok ? encodeResult(request, name, outcome.value) : encodeRefusal(request, outcome));
    };
  }

  /** A client that goes on flooding, whatever it is answered, loses its socket. */
  private refuse(request: number, code: ErrorCode): void {
    this.desk.refusals.count(code);
    if (code === "rate-limited") this.refusals++;
    if (this.refusals > refusalsMax) this.end("flooding");
    else this.sink.send(encodeError(request, code));
  }

  private refuseMalformed(bytes: Bytes): void {
    this.refuse(requestOf(bytes), "malformed");
    if (++this.malformed >= malformedMax) this.end("malformed");
  }

  private turnWindow(): void {
    const nowMs = this.desk.clock.nowMs();
    if (nowMs < this.windowEndsMs && nowMs >= this.windowEndsMs - minuteMs) return;
    this.windowEndsMs = nowMs + minuteMs;
    this.posts = 0;
    this.calls = 0;
    this.refusals = 0;
  }
}

function encodeRefusal(request: number, { code, epoch, lastHash }: Refusal): Bytes {
  return encodeError(request, code, epoch, lastHash);
}
