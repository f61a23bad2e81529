/** A timer that is set to the earliest of the moments for which it is asked. */
import type { Cancel, Ports } from "../ports.ts";

export type Alarm = {
  /** In so many ms at the latest. */
  readonly plan: (ms: number) => void;
  /** When it rings; infinite where it is not set. */
  readonly dueMs: () => number;
  /** It rings no more. */
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
