/**
 * Shares: how much of what waits for a server came from one place, so that one stranger does not fill the room of all
 * (docs/spec/peers.md PE49). In memory, for an hour: after that, or a restart, what waits already is nobody's, so that
 * a server which is seized while it runs does not say for thirty days which network posted to which group.
 */
type Entry = { readonly n: number; readonly place: string; readonly bytes: number; readonly atMs: number };
type OfPeer = { rows: Entry[]; readonly byPlace: Map<string, number> };

/** Rows of one server of which it is known whose they are; of more the oldest are nobody's. */
const rowsMax = 65_536;
/** The same of all servers together: of more the oldest of the one that has most are nobody's. */
const rowsMaxAll = 4 * rowsMax;
const keptMs = 3_600_000;

export class Shares {
  private readonly peers = new Map<number, OfPeer>();
  /** Rows that are known of. */
  private all = 0;

  /** Bytes. */
  of(peer: number, place: string): number {
    return this.peers.get(peer)?.byPlace.get(place) ?? 0;
  }

  /** A row got that number; the transaction may be tried anew, and gives it again then. */
  add(peer: number, n: number, place: string, bytes: number, atMs: number): void {
    const of = this.peers.get(peer) ?? { rows: [], byPlace: new Map<string, number>() };
    this.peers.set(peer, of);
    for (let last = of.rows.at(-1); last !== undefined && last.n >= n; last = of.rows.at(-1)) {
      of.rows.pop();
      this.leave(of, last);
    }
    of.rows.push({ n, place, bytes, atMs });
    this.all++;
    of.byPlace.set(place, (of.byPlace.get(place) ?? 0) + bytes);
    if (of.rows.length > rowsMax) this.forgetOldest(of);
    // @checks PE93
    if (this.all > rowsMaxAll) this.forgetOldest(this.fullest(of));
  }

  private fullest(one: OfPeer): OfPeer {
    let most = one;
    for (const of of this.peers.values()) if (of.rows.length > most.rows.length) most = of;
    return most;
  }

  private forgetOldest(of: OfPeer): void {
    for (const old of of.rows.splice(0, Math.ceil(of.rows.length / 8))) this.leave(of, old);
  }

  /** Rows up to there have left. */
  done(peer: number, n: number): void {
    const of = this.peers.get(peer);
    if (of === undefined) return;
    this.drop(peer, of, (row) => row.n > n);
  }

  /** Places of an hour ago. */
  forget(nowMs: number): void {
    for (const [peer, of] of this.peers) this.drop(peer, of, ({ atMs }) => atMs > nowMs - keptMs);
  }

  /** Those before the first that stays. */
  private drop(peer: number, of: OfPeer, stays: (row: Entry) => boolean): void {
    const next = of.rows.findIndex(stays);
    for (const row of of.rows.splice(0, next === -1 ? of.rows.length : next)) this.leave(of, row);
    if (of.rows.length === 0) this.peers.delete(peer);
  }

  private leave({ byPlace }: OfPeer, { place, bytes }: Entry): void {
    this.all--;
    const left = (byPlace.get(place) ?? 0) - bytes;
    if (left > 0) byPlace.set(place, left);
    else byPlace.delete(place);
  }
}
