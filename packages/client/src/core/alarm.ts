/** One timer for several callers: it rings at the earliest moment that any of them asked for. */
import type { Cancel, Ports } from "../ports.ts";

export type Alarm = {
  /** Rings in `ms` milliseconds, or earlier if an earlier ring is set. */
  readonly plan: (ms: number) => void;
  /** The moment of the next ring, in Unix milliseconds; `Infinity` if none is set. */
  readonly dueMs: () => number;
  /** Cancels the ring; later calls of `plan` do nothing. */
  readonly stop: () => void;
};

export function createAlarm(ports: Pick<Ports, "after" | "nowMs">, ring: () => void): Alarm {
  let dueMs = Number.POSITIVE_INFINITY;
  let timer: Cancel | undefined;
  let isStopped = false;
  return {
    plan: (ms) => {
      const at = ports.nowMs() + ms;
      if (isStopped || (timer !== undefined && dueMs <= at)) return;
      timer?.();
      dueMs = at;
      timer = ports.after(ms, () => {
        timer = undefined;
        dueMs = Number.POSITIVE_INFINITY;
        ring();
      });
    },
    dueMs: () => dueMs,
    stop: () => {
      isStopped = true;
      timer?.();
    },
  };
}
