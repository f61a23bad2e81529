/**
 * Envelope ids rise, and none is used twice, not even after a crash (docs/spec/delivery.md DS18): a block is reserved
 * on disk before its first id is used.
 */
import type { DeliveryLog } from "../log/log.ts";

const blockSize = 65_536;

export class EnvelopeIds {
  private following = 0;
  private reservedUpTo = 0;
  private readonly log: Pick<DeliveryLog, "reserveIds">;
  private readonly block: number;

  /**
   * @param block how many are reserved at once. In a shared log it is one: each transaction has blocks of its own there
   * (DS76).
   */
  constructor(log: Pick<DeliveryLog, "reserveIds">, block = blockSize) {
    this.log = log;
    this.block = block;
  }

  /** Inside a transaction. */
  next(): number {
    if (this.following >= this.reservedUpTo) {
      this.following = this.log.reserveIds(this.block);
      this.reservedUpTo = this.following + this.block;
    }
    return this.following++;
  }

  /** Drops the block after a rollback: its reservation may not have happened. The next one does not go below it. */
  forget(): void {
    this.reservedUpTo = 0;
  }
}
