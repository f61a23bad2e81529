/**
 * Unsent: limits the bytes in memory that sockets have not read (docs/spec/delivery.md DS126), per prefix and in all.
 * When a limit is passed, the socket that holds most bytes is closed. Nothing is lost: its device connects again and
 * catches up from its queue.
 */
import type { OpenLimits } from "../core/core-config.ts";

export type Holder = { readonly prefix: string | undefined; readonly unsent: number; readonly drop: () => void };

export class Unsent<H extends Holder> {
  /** Sockets that were dropped for what they did not read. */
  dropped = 0;
  private readonly holders = new Map<H, number>();
  private readonly byPrefix = new Map<string, number>();
  private all = 0;
  private readonly max: OpenLimits;

  constructor(max: OpenLimits) {
    this.max = max;
  }

  /** Counts anew how much waits for `holder`. While a limit is passed, drops the holder that has most. */
  look(holder: H): void {
    this.set(holder, holder.unsent);
    while (this.all > this.max.all) this.drop(undefined);
    const { prefix } = holder;
    while (prefix !== undefined && (this.byPrefix.get(prefix) ?? 0) > this.max.prefix) this.drop(prefix);
  }

  forget(holder: H): void {
    this.set(holder, 0);
  }

  private set(holder: H, bytes: number): void {
    const change = bytes - (this.holders.get(holder) ?? 0);
    if (bytes > 0) this.holders.set(holder, bytes);
    else this.holders.delete(holder);
    this.all += change;
    const { prefix } = holder;
    if (prefix === undefined || change === 0) return;
    const here = (this.byPrefix.get(prefix) ?? 0) + change;
    if (here > 0) this.byPrefix.set(prefix, here);
    else this.byPrefix.delete(prefix);
  }

  /** Drops the holder that has most. @param prefix only holders of this prefix; undefined: all. */
  private drop(prefix: string | undefined): void {
    let [most, bytesMost]: [H | undefined, number] = [undefined, 0];
    for (const [holder, bytes] of this.holders)
      if (bytes > bytesMost && (prefix === undefined || holder.prefix === prefix)) [most, bytesMost] = [holder, bytes];
    if (most === undefined) return;
    this.forget(most);
    this.dropped++;
    most.drop();
  }
}
