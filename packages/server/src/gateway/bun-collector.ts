/**
 * Collector: asks for a garbage collection beside the work once a small heap has grown by a share of what it needs
 * (docs/spec/delivery.md DS171). Left to itself the engine lets it grow to more than twice as much first, which under a
 * flood is most of a small server's memory. A heap that needs much is left to the engine: to collect it is dear, and
 * such a machine has the room.
 */
import { heapSize } from "bun:jsc";
import type { Faults } from "../core/faults.ts";

const lookMs = 100;
/** Smaller ones are left alone, and so are those that need more than this. */
const heapBytesLeast = 48 * 1024 ** 2;
const neededBytesMost = 96 * 1024 ** 2;
const grownBytes = 16 * 1024 ** 2;
/** Looks until what is needed is known: it collects meanwhile. */
const looksAtWork = 4;

export class Collector {
  /** After the last collection. */
  private neededBytes = 0;
  private atWork = 0;
  private readonly heapBytes: () => number;
  private readonly collect: () => void;

  constructor(heapBytes: () => number, collect: () => void) {
    this.heapBytes = heapBytes;
    this.collect = collect;
  }

  look(): void {
    const bytes = this.heapBytes();
    if (this.atWork > 0) {
      if (--this.atWork === 0) this.neededBytes = bytes;
      return;
    }
    // The engine collected by itself.
    this.neededBytes = Math.min(this.neededBytes, bytes);
    if (bytes < heapBytesLeast || bytes - this.neededBytes < grownBytes || this.neededBytes > neededBytesMost) return;
    this.atWork = looksAtWork;
    this.collect();
  }
}

/** @returns what ends it. */
export function keepHeapSmall(faults: Faults): () => void {
  const collector = new Collector(heapSize, () => Bun.gc(false));
  const timer = setInterval(() => faults.guarded("the collector", () => collector.look()), lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
