/**
 * Fair: a queue in which each place has its turn (docs/spec/delivery.md DS137), so that who asks a thousand times from one waits behind
 * their own thousand, and nobody else does.
 */
export class Fair<T> {
  private readonly byPlace = new Map<string, T[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  of(place: string): number {
    return this.byPlace.get(place)?.length ?? 0;
  }

  add(place: string, item: T): void {
    const held = this.byPlace.get(place);
    if (held === undefined) this.byPlace.set(place, [item]);
    else held.push(item);
    this.count++;
  }

  /** The oldest of the place whose turn it is; that place is the last one then. */
  take(): T | undefined {
    for (const [place, held] of this.byPlace) {
      const item = held.shift();
      this.byPlace.delete(place);
      if (held.length > 0) this.byPlace.set(place, held);
      if (item === undefined) continue;
      this.count--;
      return item;
    }
    return undefined;
  }

  clear(): void {
    this.byPlace.clear();
    this.count = 0;
  }
}
