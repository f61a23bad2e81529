/**
 * Download: what is read of a file while many are under way (docs/spec/delivery.md DS188). Few are left to the system,
 * which takes them from the disk by itself and says nothing of when they end; of more each is read a little at a time,
 * so that it is known who does not read. Who is too slow makes way, and asks for the rest again by its range
 * (docs/spec/media.md ME5).
 */
import { release } from "../core/release.ts";
import type { Coming } from "./incoming.ts";

/** A bad telephone line has more. */
const leastBytesPerMs = 2.048;
const stepBytes = 64 * 1024;

export class Download implements Coming {
  readonly amount = 1;
  readonly prefix: string | undefined;
  readonly stream: ReadableStream<Uint8Array>;
  private readonly beganMs = performance.now();
  private readonly over: (download: Download) => void;
  private taken = 0;
  private isOver = false;
  /** What was handed on last: the runtime has sent it, or has a copy, once it asks for more. */
  private handed: Uint8Array | undefined;
  private readonly stopReading: () => void;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** @param over is told once, when it was read, given up or dropped. */
  constructor(
    source: Blob | ReadableStream<Uint8Array>,
    prefix: string | undefined,
    over: (download: Download) => void,
  ) {
    this.prefix = prefix;
    this.over = over;
    const reader = source instanceof Blob ? undefined : source.getReader();
    this.stopReading = () => void reader?.cancel().catch(() => undefined);
    const next = async (): Promise<Uint8Array | undefined> => {
      if (source instanceof Blob) return bytesAt(source, this.taken);
      return (await reader?.read())?.value;
    };
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: async (controller) => {
          if (this.handed !== undefined) release(this.handed);
          this.handed = undefined;
          const bytes = await next();
          if (this.isOver) return;
          if (bytes !== undefined) {
            this.taken += bytes.length;
            this.handed = bytes;
            controller.enqueue(bytes);
            return;
          }
          this.end();
          controller.close();
        },
        cancel: () => this.giveUp(),
      },
      { highWaterMark: 0 },
    );
  }

  behindMs(): number {
    return performance.now() - this.beganMs - this.taken / leastBytesPerMs;
  }

  drop(): void {
    this.giveUp();
    this.controller?.error(new Error("it made way"));
  }

  /** Nobody takes the rest. */
  giveUp(): void {
    this.stopReading();
    this.end();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.over(this);
  }
}

async function bytesAt(file: Blob, at: number): Promise<Uint8Array | undefined> {
  if (at >= file.size) return undefined;
  const bytes = new Uint8Array(await file.slice(at, at + stepBytes).arrayBuffer());
  if (bytes.length === 0) throw new Error("less is there than was");
  return bytes;
}
