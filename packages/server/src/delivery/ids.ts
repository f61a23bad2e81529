/**
 * Envelope ids: rise, and are never handed out twice, not even after a crash (docs/spec/delivery.md
 * DS18). A block is reserved on disk before its first id is used.
 */
import type { DeliveryLog } from "../log/log.ts";

const blockSize = 65_536;

export class EnvelopeIds {
  private following = 0;
  private reservedUpTo = 0;
  private readonly log: Pick<DeliveryLog, "reserveIds">;

  constructor(log: Pick<DeliveryLog, "reserveIds">) {
    this.log = log;
  }

  /** Inside a transaction. */
  next(): number {
    if (this.following >= this.reservedUpTo) {
      this.following = this.log.reserveIds(blockSize);
      this.reservedUpTo = this.following + blockSize;
    }
    return this.following++;
  }

  /** The reservation may have been rolled back; the next one cannot come out below it. */
  forget(): void {
    this.reservedUpTo = 0;
  }
}
