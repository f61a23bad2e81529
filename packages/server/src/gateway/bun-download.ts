/**
 * Download: an answer that is read in small steps, so that the server sees which clients do not read
 * (docs/spec/delivery.md DS188). It is used while many requests are under way; otherwise the runtime sends the file by
 * itself and does not report the end. A download that is too slow is cut when others need its room, and the client
 * asks for the rest by range (docs/spec/media.md ME5).
 *
 * What a client does not read is in memory twice, here and with the runtime, so a step is small. Of all downloads few
 * are read from the disk at once (DS241): what is read in one turn of the event loop is sent in the next.
 */
import type { FewAtOnce } from "../core/fair.ts";
import { release } from "../core/release.ts";
import type { Coming } from "./incoming.ts";

/** Even a bad telephone line is faster. */
const leastBytesPerMs = 2.048;
const stepBytes = 16 * 1024;

export class Download implements Coming {
  readonly amount = 1;
  readonly prefix: string | undefined;
  readonly stream: ReadableStream<Uint8Array>;
  private readonly beganMs = performance.now();
  private readonly over: (download: Download) => void;
  private taken = 0;
  private isOver = false;
  /** The chunk handed to the runtime last. Once the runtime asks for the next, it no longer needs this one. */
  private handed: Uint8Array | undefined;
  private readonly stopReading: () => void;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /**
   * @param reads shared by all downloads that are read from the disk.
   * @param over called once, when the download was read to its end, given up or dropped.
   */
  constructor(
    source: Blob | ReadableStream<Uint8Array>,
    prefix: string | undefined,
    reads: FewAtOnce,
    over: (download: Download) => void,
  ) {
    this.prefix = prefix;
    this.over = over;
    const reader = source instanceof Blob ? undefined : source.getReader();
    this.stopReading = () => void reader?.cancel().catch(() => undefined);
    const next = async (): Promise<Uint8Array | undefined> => {
      if (source instanceof Blob)
        return reads.run(prefix ?? "", async () => (this.isOver ? undefined : bytesAt(source, this.taken)));
      return (await reader?.read())?.value;
    };
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: async (controller) => {
          this.giveBack();
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
        cancel: () => {
          this.giveUp();
          this.giveBack(); // Its client is gone: nothing of it is sent any more.
        },
      },
      { highWaterMark: 0 },
    );
  }

  behindMs(nowMs: number): number {
    return nowMs - this.beganMs - this.taken / leastBytesPerMs;
  }

  drop(): void {
    this.giveUp();
    this.controller?.error(new Error("it made way"));
  }

  /** Stops reading the source: the client takes no more. */
  giveUp(): void {
    this.stopReading();
    this.end();
  }

  private giveBack(): void {
    if (this.handed !== undefined) release(this.handed);
    this.handed = undefined;
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
