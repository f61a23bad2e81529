/**
 * Connection limits: how much may be open at once, from one place and in all (docs/spec/delivery.md DS60, DS61, DS126):
 * sockets, requests, bytes. Kept in memory only, and nothing of a place stays once all of it has left.
 */
import type { OpenLimits } from "../core/core-config.ts";

export class ConnectionLimits {
  private readonly byPrefix = new Map<string, number>();
  private all = 0;
  private readonly max: OpenLimits;

  constructor(max: OpenLimits) {
    this.max = max;
  }

  /** Whether one more, or so many, may come in; the caller says so when they leave. */
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

  /** How many there are of one place. */
  of(prefix: string | undefined): number {
    return prefix === undefined ? 0 : (this.byPrefix.get(prefix) ?? 0);
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
