/**
 * Told counts: what a thread or a process tells of its work. What those before it told is added, so that a counter
 * never falls when one ends and another begins.
 */
export class ToldCounts<Counts extends Readonly<Record<string, number>>> {
  private readonly none: Counts;
  private readonly gauge: keyof Counts;
  private before: Counts;
  private told: Counts;

  /** @param none all zero. @param gauge the one that tells what is there now, and goes with who told it. */
  constructor(none: Counts, gauge: keyof Counts) {
    this.none = none;
    this.gauge = gauge;
    this.before = none;
    this.told = none;
  }

  get all(): Counts {
    const { before, told } = this;
    return Object.fromEntries(
      Object.entries(told).map(([name, count]) => [name, (before[name] ?? 0) + count]),
    ) as Counts;
  }

  hear(told: Counts): void {
    this.told = told;
  }

  /** Who told them is gone. */
  ended(): void {
    this.before = { ...this.all, [this.gauge]: 0 };
    this.told = this.none;
  }
}
