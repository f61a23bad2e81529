/** Pieces that wait to be played (docs/spec/live.md CA220). Each begins with a key frame, so any may be the next. */

/** About five seconds. */
const waitingMax = 8;

export class PieceQueue<Piece> {
  private waiting: Piece[] = [];

  get next(): Piece | undefined {
    return this.waiting[0];
  }

  /** Where too many wait, all but this one go. */
  add(piece: Piece): void {
    if (this.waiting.length >= waitingMax) this.waiting = [];
    this.waiting.push(piece);
  }

  drop(): void {
    this.waiting.shift();
  }
}
