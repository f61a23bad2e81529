/**
 * Body: what comes with a request for a file, and how fast (docs/spec/delivery.md DS181). One that comes more slowly
 * than a telephone line makes way where there is no room for others, and is cut after a while even where there is.
 * Nothing of it is lost: an upload that was cut goes on where the last part ended (docs/spec/media.md ME4).
 */
import { type Bytes, MalformedError } from "@yanshu/wire";
import type { Coming } from "./incoming.ts";

/** A bad telephone line has more. */
const leastBytesPerMs = 2.048;
const slowPauses = 3;

/** It was cut: its sender may come again. */
export class SlowBodyError extends Error {}

export class Body implements Coming {
  readonly amount = 1;
  readonly prefix: string | undefined;
  private readonly stream: ReadableStream<Uint8Array> | undefined;
  private readonly beganMs = performance.now();
  private readonly timer: NodeJS.Timeout | undefined;
  private received = 0;
  private lastMs = this.beganMs;
  private isCut = false;
  private isWhole: boolean;
  private reader: { cancel(): Promise<void> } | undefined;

  /**
   * @param pauseMs how long nothing of it may come; and some times as long it may be behind, while nobody needs its
   * room.
   */
  constructor(stream: ReadableStream<Uint8Array> | null, prefix: string | undefined, pauseMs: number) {
    this.prefix = prefix;
    this.isWhole = stream === null;
    if (stream === null) return;
    this.stream = stream;
    this.timer = setInterval(() => {
      const isPaused = !this.isWhole && performance.now() - this.lastMs >= pauseMs;
      if (isPaused || this.behindMs() >= slowPauses * pauseMs) this.drop();
    }, pauseMs / 4);
  }

  behindMs(): number {
    if (this.isWhole) return Number.NEGATIVE_INFINITY; // What takes time now is ours.
    return performance.now() - this.beganMs - this.received / leastBytesPerMs;
  }

  drop(): void {
    this.isCut = true;
    this.reader?.cancel().catch(() => undefined);
  }

  /** The request was answered. */
  end(): void {
    clearInterval(this.timer);
  }

  /** As it comes. @throws SlowBodyError */
  async *chunks(): AsyncIterable<Bytes> {
    if (this.stream === undefined) return;
    const reader = this.stream.getReader();
    this.reader = reader;
    try {
      for (;;) {
        const { done, value } = this.isCut ? { done: true, value: undefined } : await reader.read();
        if (this.isCut) throw new SlowBodyError("the body came too slowly");
        this.isWhole = done;
        if (value === undefined) return;
        this.received += value.length;
        this.lastMs = performance.now();
        yield value;
      }
    } finally {
      // What is left is not read: of a refused body nothing more is received.
      reader.cancel().catch(() => undefined);
    }
  }

  /** All of it. @throws MalformedError once there is more, SlowBodyError */
  async whole(bytesMax: number): Promise<Bytes> {
    const found: Bytes[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      length += chunk.length;
      if (length > bytesMax) throw new MalformedError("more than asked for");
      found.push(chunk);
    }
    return new Uint8Array(Buffer.concat(found));
  }
}
