/**
 * Screen-time: after a while of watching a card comes as the next page, never over a film that runs (README.md). What
 * is counted is how long films ran, on this device alone.
 */
import { signal } from "@preact/signals";

/** Minutes after which one is told; 0: never. */
export const stopChoices = [10, 20, 30, 60, 120, 0] as const;
const key = "yanshu.channels.stop";
const usualMinutes = 30;
const minuteMs = 60_000;
/** What “more” adds. */
export const moreMinutes = 10;

export const stopMinutes = signal(stored());

function stored(): number {
  try {
    const found = Number(localStorage.getItem(key) ?? usualMinutes);
    return (stopChoices as readonly number[]).includes(found) ? found : usualMinutes;
  } catch {
    return usualMinutes; // Without storage it is as usual at each start.
  }
}

export function setStopMinutes(minutes: number): void {
  stopMinutes.value = minutes;
  try {
    localStorage.setItem(key, `${minutes}`);
  } catch {
    // It holds until the page is closed.
  }
}

/** Counts what was watched since the last card. Pure but for its own numbers. */
export class StopClock {
  private ms = 0;
  private grantedMs = 0;

  watched(ms: number): void {
    this.ms += ms;
  }
  /** @param minutes after which the card comes; 0: never */
  isDue(minutes: number): boolean {
    return minutes > 0 && this.ms >= minutes * minuteMs + this.grantedMs;
  }
  /** Ten minutes more. */
  grant(minutes: number): void {
    this.grantedMs = this.ms - minutes * minuteMs + moreMinutes * minuteMs;
  }
  rest(): void {
    this.ms = 0;
    this.grantedMs = 0;
  }
}

/** One for all screens: who leaves a feed and comes back has watched what they have. */
export const stopClock = new StopClock();
