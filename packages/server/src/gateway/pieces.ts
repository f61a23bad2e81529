/**
 * Pieces: joins frames that are larger than one message (docs/spec/wire.md WI23, docs/spec/delivery.md DS126, DS181).
 * Memory for a frame is reserved when it begins, under the limit of its prefix and that of all. It is given back when
 * the frame is whole, given up, or too slow.
 */
import { type Bytes, limits } from "@yanshu/wire";
import type { Cancel, Clock } from "../core/ports.ts";
import { release } from "../core/release.ts";
import type { Coming, Incoming } from "./incoming.ts";

/** A megabyte over a slow telephone line. */
const pieceMsMax = 60_000;

/** What a piece led to: the whole frame; nothing yet; skipped; or no frame that it belongs to. */
export type Taken = Bytes | "more-to-come" | "passed-over" | "malformed";

export type PieceEvents = {
  /** The frame was not whole within a minute. */
  readonly tooSlow: () => void;
  /** The frame made way for another. @param begun the bytes that arrived; the rest is skipped. */
  readonly madeWay: (begun: Bytes) => void;
};

/**
 * A frame that is not whole. `bytes` grows as they arrive, to at most twice what arrived: a client that only announces
 * a mebibyte does not make the server allocate it.
 */
type Frame = { readonly coming: Coming; readonly length: number; bytes: Bytes };

export class Pieces {
  private frame: Frame | undefined;
  private length = 0;
  /** Bytes of a refused frame that are still to come and are skipped. */
  private passing = 0;
  private stopWaiting: Cancel = () => undefined;
  private readonly room: Incoming;
  private readonly clock: Clock;
  private readonly prefix: string | undefined;
  private readonly events: PieceEvents;

  constructor(room: Incoming, clock: Clock, prefix: string | undefined, events: PieceEvents) {
    this.room = room;
    this.clock = clock;
    this.prefix = prefix;
    this.events = events;
  }

  /** Reserves memory for a frame of `length` bytes. Returns false if there is no room. */
  begin(length: number): boolean {
    this.end();
    if (length > limits.frameBytesMax) return false;
    const beganMs = this.clock.nowMs();
    const coming: Coming = {
      prefix: this.prefix,
      amount: Math.max(length, limits.messageBytesMax), // A small frame holds more memory than its bytes.
      behindMs: (nowMs) => nowMs - beganMs - (pieceMsMax * this.length) / length,
      drop: () => this.makeWay(),
    };
    if (!this.room.enter(coming)) return false;
    this.frame = { coming, length, bytes: new Uint8Array(0) };
    this.stopWaiting = this.clock.after(pieceMsMax, () => {
      this.end();
      this.events.tooSlow();
    });
    return true;
  }

  /** Whether a frame is not whole yet. */
  get isUnderWay(): boolean {
    return this.frame !== undefined;
  }

  /** Skips the next `length` bytes: the client has sent the pieces of a refused frame already. */
  passOver(length: number): void {
    this.end();
    this.passing = length;
  }

  take(piece: Bytes): Taken {
    if (this.passing > 0) {
      this.passing -= piece.length;
      return this.passing < 0 ? "malformed" : "passed-over";
    }
    const { frame } = this;
    const length = this.length + piece.length;
    if (frame === undefined || length > frame.length) return "malformed";
    makeRoom(frame, this.length, length);
    frame.bytes.set(piece, this.length);
    this.length = length;
    if (length < frame.length) return "more-to-come";
    this.end();
    return frame.bytes;
  }

  /** Ends the frame and gives its room back. */
  end(): void {
    this.stopWaiting();
    if (this.frame !== undefined) this.room.leave(this.frame.coming);
    this.frame = undefined;
    this.length = 0;
    this.passing = 0;
  }

  private makeWay(): void {
    const { frame, length } = this;
    if (frame === undefined) return;
    this.passOver(frame.length - length);
    this.events.madeWay(frame.bytes.subarray(0, length));
  }
}

/** Grows `frame.bytes` to hold `length` bytes; `there` bytes have arrived. */
function makeRoom(frame: Frame, there: number, length: number): void {
  const { bytes } = frame;
  if (length <= bytes.length) return;
  frame.bytes = new Uint8Array(Math.min(frame.length, Math.max(2 * bytes.length, length)));
  frame.bytes.set(bytes.subarray(0, there));
  release(bytes);
}
