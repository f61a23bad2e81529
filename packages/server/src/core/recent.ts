/**
 * Recent: a cache of what was used last, in two generations. When the young one is full it becomes the old one, and the
 * entries of the former old one are dropped. A use moves an entry to the young one. It is cheaper than a linked list,
 * and holds at most twice `max`.
 */
import type { Bytes } from "@yanshu/wire";

export class RecentMap<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();
  private weight = 0;
  private readonly max: number;
  private readonly weigh: (value: V) => number;
  private readonly forgotten: ((value: V) => void) | undefined;

  /**
   * @param max the most that the young generation holds, in the unit of `weigh`.
   * @param forgotten called with each value that is dropped by age or by `clear`, not by `delete`.
   */
  constructor(max: number, weigh: (value: V) => number = () => 1, forgotten?: (value: V) => void) {
    this.max = max;
    this.weigh = weigh;
    this.forgotten = forgotten;
  }

  get(key: string): V | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const aged = this.old.get(key);
    if (aged === undefined) return undefined;
    this.old.delete(key);
    this.set(key, aged);
    return aged;
  }

  set(key: string, value: V): void {
    const weight = this.weigh(value);
    if (this.weight + weight > this.max && this.young.size > 0) this.turn();
    this.old.delete(key);
    this.young.set(key, value);
    this.weight += weight;
  }

  delete(key: string): void {
    const young = this.young.get(key);
    if (young !== undefined) this.weight -= this.weigh(young);
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.turn();
    this.turn();
  }

  *values(): Iterable<V> {
    yield* this.young.values();
    yield* this.old.values();
  }

  private turn(): void {
    if (this.forgotten !== undefined) for (const value of this.old.values()) this.forgotten(value);
    this.old = this.young;
    this.young = new Map();
    this.weight = 0;
  }
}

/** A map key for bytes: one character a byte, which is the fastest that JavaScript offers. */
export function keyOf(bytes: Bytes): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}
