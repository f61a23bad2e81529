/**
 * Connection limits: how many sockets, requests or bytes may be open at once, per prefix and in all
 * (docs/spec/delivery.md DS60, DS61, DS126). Kept in memory only; a prefix is forgotten when its last one has left.
 */
import type { OpenLimits } from "../core/core-config.ts";

export class ConnectionLimits {
  private readonly byPrefix = new Map<string, number>();
  private all = 0;
  private readonly max: OpenLimits;

  constructor(max: OpenLimits) {
    this.max = max;
  }

  /** Counts `amount` more. Returns false, and counts nothing, over a limit. The caller calls `leave` later. */
  enter(prefix: string | undefined, amount = 1): boolean {
    const here = this.of(prefix);
    if (this.all + amount > this.max.all || (prefix !== undefined && here + amount > this.max.prefix)) return false;
    this.all += amount;
    if (prefix !== undefined) this.byPrefix.set(prefix, here + amount);
    return true;
  }

  /** Whether one more may come in; counts nothing. */
  has(prefix: string | undefined): boolean {
    return this.all < this.max.all && (prefix === undefined || this.of(prefix) < this.max.prefix);
  }

  /** How many one prefix has open. */
  of(prefix: string | undefined): number {
    return prefix === undefined ? 0 : (this.byPrefix.get(prefix) ?? 0);
  }

  /** How many all have open. */
  get count(): number {
    return this.all;
  }

  get isEmpty(): boolean {
    return this.all === 0;
  }

  leave(prefix: string | undefined, amount = 1): void {
    this.all -= amount;
    if (prefix === undefined) return;
    const here = (this.byPrefix.get(prefix) ?? amount) - amount;
    if (here <= 0) this.byPrefix.delete(prefix);
    else this.byPrefix.set(prefix, here);
  }
}
