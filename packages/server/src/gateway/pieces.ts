/**
 * Pieces: frames that are larger than one message (docs/spec/wire.md WI23, docs/spec/delivery.md DS126, DS181). Room
 * for one is taken when it begins, from its place's share and from everybody's, and given back once it is whole, given
 * up, or too slow.
 */
import { type Bytes, limits } from "@yanshu/wire";
import type { Cancel, Clock } from "../core/ports.ts";
import { release } from "../core/release.ts";
import type { Coming, Incoming } from "./incoming.ts";

/** A megabyte over a slow telephone line. */
const pieceMsMax = 60_000;

/** What became of a piece: the whole frame, nothing yet, or that it does not belong here. */
export type Taken = Bytes | "more-to-come" | "passed-over" | "malformed";

export type PieceEvents = {
  /** It was not whole within its minute. */
  readonly tooSlow: () => void;
  /** It made way for another. @param begun what came of it; the rest is let go by. */
  readonly madeWay: (begun: Bytes) => void;
};

/**
 * A frame that is not whole. `bytes`: what came, with room for as much again at most: who only announces a mebibyte
 * takes none.
 */
type Frame = { readonly coming: Coming; readonly length: number; bytes: Bytes };

export class Pieces {
  private frame: Frame | undefined;
  private length = 0;
  /** Bytes of a frame that was refused, which are still to come. */
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

  /** Whether there is room for a frame of so many bytes now; then its pieces may come. */
  begin(length: number): boolean {
    this.end();
    if (length > limits.frameBytesMax) return false;
    const beganMs = this.clock.nowMs();
    const coming: Coming = {
      prefix: this.prefix,
      amount: Math.max(length, limits.messageBytesMax), // Also of a small one more is held than its bytes.
      behindMs: () => this.clock.nowMs() - beganMs - (pieceMsMax * this.length) / length,
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

  /** Room is taken for a frame that is not whole. */
  get isUnderWay(): boolean {
    return this.frame !== undefined;
  }

  /** Its pieces are on their way already: they are let go by. */
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

  /** Gives back what was taken. */
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

/** For `length` bytes, of which so many are there. */
function makeRoom(frame: Frame, there: number, length: number): void {
  const { bytes } = frame;
  if (length <= bytes.length) return;
  frame.bytes = new Uint8Array(Math.min(frame.length, Math.max(2 * bytes.length, length)));
  frame.bytes.set(bytes.subarray(0, there));
  release(bytes);
}
