/**
 * Since: for how long a server has not taken the oldest row that waits for it (docs/spec/peers.md PE66). In memory:
 * after a restart what waits already counts from the next row on.
 */
type OfPeer = { readonly marks: { readonly n: number; readonly atMs: number }[]; spaceMs: number };

/** Marks of one server. Of more every second one goes, and from then on they are twice as far apart. */
const marksMax = 128;
/** Rows that are put within this time share a mark. */
const spaceMsMin = 1_000;

export class Since {
  private readonly peers = new Map<number, OfPeer>();

  /** A row got that number; the transaction may be tried anew, and gives it again then. */
  put(peer: number, n: number, atMs: number): void {
    const of = this.peers.get(peer) ?? { marks: [], spaceMs: spaceMsMin };
    this.peers.set(peer, of);
    const { marks } = of;
    while ((marks.at(-1)?.n ?? 0) >= n) marks.pop();
    const last = marks.at(-1);
    if (last !== undefined && atMs - last.atMs < of.spaceMs) return;
    marks.push({ n, atMs });
    if (marks.length <= marksMax) return;
    marks.splice(0, marks.length, ...marks.filter((_, place) => place % 2 === 0));
    of.spaceMs *= 2;
  }

  /** When the first row after `done` was put, or somewhat earlier; undefined if none waits that is known of. */
  of(peer: number, done: number, last: number): number | undefined {
    const of = this.peers.get(peer);
    if (of === undefined) return undefined;
    if (done >= last) {
      this.peers.delete(peer);
      return undefined;
    }
    const { marks } = of;
    while (marks[1] !== undefined && marks[1].n <= done + 1) marks.shift();
    return marks[0]?.atMs;
  }
}
