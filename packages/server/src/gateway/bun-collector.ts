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
/**
 * Measuring walks through the whole heap, which takes milliseconds, and a heap grows by work alone: so it waits until
 * the process worked for so long, or until so many looks passed.
 */
const workMsLeast = 80;
const looksMost = 20;

export type CollectorPorts = {
  /** The heap's size as it is now. */
  readonly heapBytes: () => number;
  /** The processor's time that the process took since its start. */
  readonly workedMs: () => number;
  readonly collect: () => void;
};

export class Collector {
  /** The heap's size after the last collection. */
  private neededBytes = 0;
  private atWork = 0;
  private looks = 0;
  private measuredAtMs = 0;
  private readonly ports: CollectorPorts;

  constructor(ports: CollectorPorts) {
    this.ports = ports;
  }

  look(): void {
    if (this.atWork > 0) {
      if (--this.atWork === 0) this.neededBytes = this.measured();
      return;
    }
    if (++this.looks < looksMost && this.ports.workedMs() - this.measuredAtMs < workMsLeast) return;
    const bytes = this.measured();
    // If the heap shrank, the engine collected by itself.
    this.neededBytes = Math.min(this.neededBytes, bytes);
    if (bytes < heapBytesLeast || bytes - this.neededBytes < grownBytes || this.neededBytes > neededBytesMost) return;
    this.atWork = looksAtWork;
    this.ports.collect();
  }

  private measured(): number {
    this.looks = 0;
    this.measuredAtMs = this.ports.workedMs();
    return this.ports.heapBytes();
  }
}

/** Looks at the heap every `lookMs`. @returns a function that ends this. */
export function keepHeapSmall(faults: Faults): () => void {
  const collector = new Collector({ heapBytes: heapSize, workedMs, collect: () => Bun.gc(false) });
  const timer = setInterval(() => faults.guarded("the collector", () => collector.look()), lookMs);
  timer.unref();
  return () => clearInterval(timer);
}

function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
