/**
 * Fair: a queue that serves places in turn (docs/spec/delivery.md DS137). A place is what requests are counted by, most
 * often a prefix of addresses: a thousand requests from one place wait behind each other, and delay no other place.
 */
import type { Pause } from "./ports.ts";

export class Fair<T> {
  private readonly byPlace = new Map<string, T[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** How many of this place wait. */
  of(place: string): number {
    return this.byPlace.get(place)?.length ?? 0;
  }

  add(place: string, item: T): void {
    const held = this.byPlace.get(place);
    if (held === undefined) this.byPlace.set(place, [item]);
    else held.push(item);
    this.count++;
  }

  /** Removes the oldest of the place whose turn it is; that place comes last then. */
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

  /** Removes the newest of the place that has most, where that is more than `fewer`. */
  takeNewest(fewer: number): T | undefined {
    let fullest: T[] = [];
    for (const held of this.byPlace.values()) if (held.length > fullest.length) fullest = held;
    if (fullest.length <= fewer) return undefined;
    this.count--;
    return fullest.pop();
  }

  /** Removes the newest of this place. */
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

/** Runs so much work at once as it is told, and the rest in turn by place. */
export class FewAtOnce {
  private readonly waiting = new Fair<() => void>();
  private atWork = 0;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  async run<T>(place: string, work: () => Promise<T>): Promise<T> {
    if (this.atWork < this.most) this.atWork++;
    else await new Promise<void>((resolve) => this.waiting.add(place, resolve)); // It follows one that ended.
    try {
      return await work();
    } finally {
      const next = this.waiting.take();
      if (next === undefined) this.atWork--;
      else next();
    }
  }
}

/** Runs expensive work one piece at a time, in turn by place; the event loop serves others in between. */
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
   * Returns undefined when too much of this place waits already.
   *
   * @param work is told whether it was thrown out to make way for another (`makeWay`): then it refuses at once.
   */
  run<T>(place: string, work: (makesWay: boolean) => Promise<T>): Promise<T> | undefined {
    if (this.waiting.of(place) >= this.perPlaceMax) return undefined;
    return new Promise((resolve, reject) => {
      this.waiting.add(place, (makesWay) => work(makesWay).then(resolve, reject));
      if (!this.isAtWork) void this.work();
    });
  }

  /**
   * Throws out the newest of the place that has most, for one of `place`, unless `place` would then have as many.
   * Returns whether it did.
   */
  makeWay(place: string): boolean {
    if (this.waiting.of(place) >= this.perPlaceMax) return false;
    const newest = this.waiting.takeNewest(this.waiting.of(place) + 1);
    void newest?.(true);
    return newest !== undefined;
  }

  /** Throws out the newest of this place. Returns false when none waits. */
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

/** Bytes that are held for places, of one no more than is left for the others: so few places keep nobody out. */
export class SharedRoom {
  private readonly byPlace = new Map<string, number>();
  private left: number;

  constructor(bytes: number) {
    this.left = bytes;
  }

  /** False, and nothing is held, where there is too little room. The caller calls `leave` later. */
  enter(place: string, bytes: number): boolean {
    const held = (this.byPlace.get(place) ?? 0) + bytes;
    if (held > this.left) return false;
    this.byPlace.set(place, held);
    this.left -= bytes;
    return true;
  }

  leave(place: string, bytes: number): void {
    const held = (this.byPlace.get(place) ?? 0) - bytes;
    if (held > 0) this.byPlace.set(place, held);
    else this.byPlace.delete(place);
    this.left += bytes;
  }
}
