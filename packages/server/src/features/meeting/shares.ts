/**
 * Shares: one place has a sixteenth of the board at most (docs/spec/homes.md HM81), so that no stranger and no home
 * fills it for all. Counted in memory only: the disk does not tell who laid a slip.
 */
import { meetingLimits } from "@yanshu/wire";

export class Shares {
  /** By week, how many slips lie there of each place. */
  private readonly weeks = new Map<number, Map<string, number>>();
  private readonly most: number;

  constructor(slips: number) {
    this.most = Math.ceil(slips / 16);
  }

  /** Counts a slip of that place, where it has room for one more. A client without a place is on this machine. */
  take(place: string | undefined, week: number): boolean {
    if (place === undefined) return true;
    for (const old of this.weeks.keys()) if (old < week - meetingLimits.weeksMore) this.weeks.delete(old);
    let held = 0;
    for (const counts of this.weeks.values()) held += counts.get(place) ?? 0;
    if (held >= this.most) return false;
    const now = this.weeks.get(week) ?? new Map<string, number>();
    this.weeks.set(week, now.set(place, (now.get(place) ?? 0) + 1));
    return true;
  }

  /** The slip was not laid. */
  giveBack(place: string | undefined, week: number): void {
    const counts = this.weeks.get(week);
    const held = place === undefined ? undefined : counts?.get(place);
    if (counts === undefined || place === undefined || held === undefined) return;
    if (held > 1) counts.set(place, held - 1);
    else counts.delete(place);
  }
}
