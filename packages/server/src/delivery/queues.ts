/**
 * Queues: limits the envelopes and bytes that wait for each device, so that nobody can fill the disk through one
 * address (docs/spec/delivery.md DS24). Additions are counted in memory. Removals are read from disk only when a queue
 * seems full, and not again until something more was removed.
 */
import type { DeliveryLog, DeviceRef } from "../log/log.ts";

type Size = { envelopes: number; bytes: number; shrank: boolean };

export type QueueLimits = { readonly envelopes: number; readonly bytes: number };

export class Queues {
  private readonly known = new Map<DeviceRef, Size>();
  private readonly log: Pick<DeliveryLog, "queueLength" | "queueBytes">;
  private readonly max: QueueLimits;

  constructor(log: Pick<DeliveryLog, "queueLength" | "queueBytes">, max: QueueLimits) {
    this.log = log;
    this.max = max;
  }

  /** Whether `bytes` more are too much for the device. Inside a transaction. */
  isFull(device: DeviceRef, bytes: number): boolean {
    const size = this.known.get(device) ?? this.look(device);
    if (!this.exceeds(size, bytes)) return false;
    return size.shrank ? this.exceeds(this.look(device), bytes) : true;
  }

  grew(device: DeviceRef, bytes: number): void {
    const size = this.known.get(device);
    if (size === undefined) return;
    size.envelopes++;
    size.bytes += bytes;
  }

  shrank(device: DeviceRef): void {
    const size = this.known.get(device);
    if (size !== undefined) size.shrank = true;
  }

  /** Rows were added without `grew`: drops the cached size. */
  forget(device: DeviceRef): void {
    this.known.delete(device);
  }

  forgetAll(): void {
    this.known.clear();
  }

  private exceeds({ envelopes, bytes }: Size, more: number): boolean {
    return envelopes >= this.max.envelopes || bytes + more > this.max.bytes;
  }

  private look(device: DeviceRef): Size {
    const size = { envelopes: this.log.queueLength(device), bytes: this.log.queueBytes(device), shrank: false };
    this.known.set(device, size);
    return size;
  }
}

/** The log for sessions: wraps `spill` and `ack`, so that `queues` notices what they add and remove. */
export function watched(log: DeliveryLog, queues: Queues): DeliveryLog {
  return {
    ...log,
    spill: (device, ids) => {
      log.spill(device, ids);
      queues.forget(device);
    },
    ack: (device, first, last, sent) => {
      queues.shrank(device);
      log.ack(device, first, last, sent);
    },
  };
}
