/**
 * Pieces: frames that are larger than one message (docs/spec/wire.md WI23, docs/spec/delivery.md DS126). Room for one is taken
 * when it begins, from its place's share and from everybody's, and given back once it is whole, given up, or too slow.
 */
import { type Bytes, limits } from "@yanshu/wire";
import type { Cancel, Clock } from "../core/ports.ts";
import type { Doorman } from "./doorman.ts";

/** A megabyte over a slow telephone line. */
const pieceMsMax = 60_000;

/** What became of a piece: the whole frame, nothing yet, or that it does not belong here. */
export type Taken = Bytes | "more-to-come" | "passed-over" | "malformed";

export class Pieces {
  private frame: Bytes | undefined;
  private length = 0;
  /** Bytes of a frame that was refused, which are still to come. */
  private passing = 0;
  private stopWaiting: Cancel = () => undefined;
  private readonly room: Doorman;
  private readonly clock: Pick<Clock, "after">;
  private readonly prefix: string | undefined;
  private readonly tooSlow: () => void;

  constructor(room: Doorman, clock: Pick<Clock, "after">, prefix: string | undefined, tooSlow: () => void) {
    this.room = room;
    this.clock = clock;
    this.prefix = prefix;
    this.tooSlow = tooSlow;
  }

  /** Whether there is room for a frame of so many bytes now; then its pieces may come. */
  begin(length: number): boolean {
    this.end();
    if (length > limits.frameBytesMax || !this.room.enter(this.prefix, length)) return false;
    this.frame = new Uint8Array(length);
    this.stopWaiting = this.clock.after(pieceMsMax, () => {
      this.end();
      this.tooSlow();
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
    if (frame === undefined || this.length + piece.length > frame.length) return "malformed";
    frame.set(piece, this.length);
    this.length += piece.length;
    if (this.length < frame.length) return "more-to-come";
    this.end();
    return frame;
  }

  /** Gives back what was taken. */
  end(): void {
    this.stopWaiting();
    if (this.frame !== undefined) this.room.leave(this.prefix, this.frame.length);
    this.frame = undefined;
    this.length = 0;
    this.passing = 0;
  }
}
