/**
 * Body: a request's body, and how fast it arrives (docs/spec/delivery.md DS181). A body slower than a telephone line is
 * cut as soon as others need its room, and after a while in any case. Nothing is lost: the client resumes the upload
 * after the last whole part (docs/spec/media.md ME4).
 */
import { type Bytes, MalformedError } from "@yanshu/wire";
import type { Coming } from "./incoming.ts";

/** Even a bad telephone line is faster. */
const leastBytesPerMs = 2.048;
const slowPauses = 3;

/** The body was cut; its sender may try again. */
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
   * @param pauseMs longest time without a byte. While nobody needs its room, the body may be `slowPauses` times as long
   * behind `leastBytesPerMs`.
   */
  constructor(stream: ReadableStream<Uint8Array> | null, prefix: string | undefined, pauseMs: number) {
    this.prefix = prefix;
    this.isWhole = stream === null;
    if (stream === null) return;
    this.stream = stream;
    this.timer = setInterval(() => {
      const nowMs = performance.now();
      const isPaused = !this.isWhole && nowMs - this.lastMs >= pauseMs;
      if (isPaused || this.behindMs(nowMs) >= slowPauses * pauseMs) this.drop();
    }, pauseMs / 4);
  }

  behindMs(nowMs: number): number {
    if (this.isWhole) return Number.NEGATIVE_INFINITY; // Now only the server is slow.
    return nowMs - this.beganMs - this.received / leastBytesPerMs;
  }

  drop(): void {
    this.isCut = true;
    this.reader?.cancel().catch(() => undefined);
  }

  /** Stops watching; called when the request was answered. */
  end(): void {
    clearInterval(this.timer);
  }

  /** The body as it arrives. @throws SlowBodyError */
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
      // The rest of a refused body is not received.
      reader.cancel().catch(() => undefined);
    }
  }

  /** The whole body. @throws MalformedError if it is longer than `bytesMax`; SlowBodyError */
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
