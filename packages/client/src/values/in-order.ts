/** InOrder: works are done one after the other. What one throws is told, and stops none that follows. */

export class InOrder {
  private readonly failed: (error: unknown) => void;
  private readonly max: number;
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  /** @param max works that may wait, the one that is being done among them. */
  constructor(failed: (error: unknown) => void, max = Number.POSITIVE_INFINITY) {
    this.failed = failed;
    this.max = max;
  }

  /** @returns false where as many wait already: then it is not done. */
  add(work: () => Promise<void> | void): boolean {
    if (this.waiting >= this.max) return false;
    this.waiting++;
    this.last = this.last
      .then(work)
      .catch(this.failed)
      .finally(() => this.waiting--);
    return true;
  }

  /** Resolves when all that was added until now is done. */
  done(): Promise<void> {
    return this.last;
  }
}
