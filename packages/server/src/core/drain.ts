/**
 * Drain: how a server shuts down (docs/spec/delivery.md DS82). It ends connections a few at a time, so that they do not
 * all reconnect to other servers at once. Until then each connection is served as usual.
 */
import type { Clock, CloseReason } from "./ports.ts";

export type Draining = {
  readonly open: ReadonlySet<{ readonly end: (reason: CloseReason) => void }>;
  readonly clock: Clock;
  /** Commits and answers what waits. */
  readonly settle: () => void;
};

const stepMs = 50;

/** Settles when no connection is left, after `overMs` at most. */
export function drain({ open, clock, settle }: Draining, overMs: number): Promise<void> {
  return new Promise((done) => {
    const step = (stepsLeft: number) => {
      settle();
      let count = Math.ceil(open.size / stepsLeft);
      for (const connection of open) {
        if (count-- === 0) break;
        connection.end("going");
      }
      if (open.size === 0) done();
      else clock.after(stepMs, () => step(stepsLeft - 1 || 1));
    };
    step(Math.max(1, Math.ceil(overMs / stepMs)));
  });
}
