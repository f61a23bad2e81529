/** Counts what comes in one turn of the event loop: the runtime may bring much in one, by no budget of ours. */
export class InOneTurn<Of> {
  private readonly counts = new Map<Of, number>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** False: more than may come in one turn. */
  comes(of: Of): boolean {
    if (this.counts.size === 0) setImmediate(() => this.counts.clear());
    const count = (this.counts.get(of) ?? 0) + 1;
    this.counts.set(of, count);
    return count <= this.most;
  }
}
