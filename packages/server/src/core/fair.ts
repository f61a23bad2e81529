/**
 * Fair: a queue in which each place has its turn (docs/spec/delivery.md DS137), so that who asks a thousand times from
 * one waits behind their own thousand, and nobody else does.
 */
import type { Pause } from "./ports.ts";

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

  /** The newest of the place that has most, where that is more than `fewer`. */
  takeNewest(fewer: number): T | undefined {
    let fullest: T[] = [];
    for (const held of this.byPlace.values()) if (held.length > fullest.length) fullest = held;
    if (fullest.length <= fewer) return undefined;
    this.count--;
    return fullest.pop();
  }

  /** The newest of this place. */
  takeNewestOf(place: string): T | undefined {
    const newest = this.byPlace.get(place)?.pop();
    if (newest !== undefined) this.count--;
    return newest;
  }

  clear(): void {
    this.byPlace.clear();
    this.count = 0;
  }
}

/** Dear work, one piece at a time, in turn by place; others are served in between. */
export class OneByOne {
  private readonly waiting = new Fair<(makesWay: boolean) => Promise<void>>();
  private isAtWork = false;
  private readonly pause: Pause;
  private readonly perPlaceMax: number;

  constructor(pause: Pause, perPlaceMax: number) {
    this.pause = pause;
    this.perPlaceMax = perPlaceMax;
  }

  /** How much waits besides what is at work. */
  get size(): number {
    return this.waiting.size;
  }

  /**
   * Answers undefined when too much waits from there already.
   *
   * @param work is told whether it makes way for another (`makeWay`): then it is not its turn, and it refuses at once.
   */
  run<T>(place: string, work: (makesWay: boolean) => Promise<T>): Promise<T> | undefined {
    if (this.waiting.of(place) >= this.perPlaceMax) return undefined;
    return new Promise((resolve, reject) => {
      this.waiting.add(place, (makesWay) => work(makesWay).then(resolve, reject));
      if (!this.isAtWork) void this.work();
    });
  }

  /**
   * The newest of the place from which most waits makes way for one of `place`, where that would have fewer still.
   * False: it has as many as any other.
   */
  makeWay(place: string): boolean {
    if (this.waiting.of(place) >= this.perPlaceMax) return false;
    const newest = this.waiting.takeNewest(this.waiting.of(place) + 1);
    void newest?.(true);
    return newest !== undefined;
  }

  /** The newest that waits of this place makes way. False: nothing waits there. */
  makeWayOf(place: string): boolean {
    const newest = this.waiting.takeNewestOf(place);
    void newest?.(true);
    return newest !== undefined;
  }

  private async work(): Promise<void> {
    this.isAtWork = true;
    for (let next = this.waiting.take(); next !== undefined; next = this.waiting.take()) {
      await next(false);
      await this.pause();
    }
    this.isAtWork = false;
  }
}
