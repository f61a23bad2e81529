/**
 * Loop delay: how long the event loop was blocked at a time, sampled fifty times a second over the last minute
 * (docs/spec/delivery.md DS116).
 */

const everyMs = 20;
const samples = 3_000;

export type LoopDelay = {
  readonly read: () => { readonly eventLoopDelayP99Ms: number; readonly eventLoopDelayMaxMs: number };
  readonly stop: () => void;
};

export function watchLoop(): LoopDelay {
  const late = new Float32Array(samples);
  let count = 0;
  let dueMs = performance.now() + everyMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    late[count++ % samples] = Math.max(0, nowMs - dueMs);
    dueMs = nowMs + everyMs;
  }, everyMs);
  timer.unref();
  return {
    read: () => {
      const sorted = late.slice(0, Math.min(count, samples)).sort();
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { eventLoopDelayP99Ms: at(0.99), eventLoopDelayMaxMs: at(1) };
    },
    stop: () => clearInterval(timer),
  };
}
