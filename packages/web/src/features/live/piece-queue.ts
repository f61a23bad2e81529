/** Pieces that wait to be played (docs/spec/live.md CA220). Each begins with a key frame, so pieces can be skipped. */

/** Eight pieces: about five seconds. */
const waitingMax = 8;

export class PieceQueue<Piece> {
  private waiting: Piece[] = [];

  get next(): Piece | undefined {
    return this.waiting[0];
  }

  /** Adds a piece. If too many wait, drops all the others. */
  add(piece: Piece): void {
    if (this.waiting.length >= waitingMax) this.waiting = [];
    this.waiting.push(piece);
  }

  drop(): void {
    this.waiting.shift();
  }
}
