/**
 * Collector: starts a concurrent garbage collection when a small heap has grown by `grownBytes`
 * (docs/spec/delivery.md DS171). By itself the engine lets the heap more than double first, which under a flood is most
 * of a small server's memory. A large heap is left to the engine: collecting it is expensive, and such a machine has
 * memory to spare.
 */
import { heapSize } from "bun:jsc";
import type { Faults } from "../core/faults.ts";

const lookMs = 100;
/** Heaps smaller than the first, or that need more than the second, are left to the engine. */
const heapBytesLeast = 48 * 1024 ** 2;
const neededBytesMost = 96 * 1024 ** 2;
const grownBytes = 16 * 1024 ** 2;
/** Looks that pass before the heap's size is measured again: the collection runs meanwhile. */
const looksAtWork = 4;

export class Collector {
  /** The heap's size after the last collection. */
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
    // If the heap shrank, the engine collected by itself.
    this.neededBytes = Math.min(this.neededBytes, bytes);
    if (bytes < heapBytesLeast || bytes - this.neededBytes < grownBytes || this.neededBytes > neededBytesMost) return;
    this.atWork = looksAtWork;
    this.collect();
  }
}

/** Looks at the heap every `lookMs`. @returns a function that ends this. */
export function keepHeapSmall(faults: Faults): () => void {
  const collector = new Collector(heapSize, () => Bun.gc(false));
  const timer = setInterval(() => faults.guarded("the collector", () => collector.look()), lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
