/**
 * Loop watch: how long a process's event loop stands still, told to a file once a second (`bun --preload`). A timer that is due every
 * five milliseconds comes late by as long as something else ran. Beside it stands how long all threads of the process worked meanwhile:
 * on a busy machine the rest of the time is others'.
 */
import { writeFileSync } from "node:fs";

export type LoopWatch = {
  /** Ms that it stood still for at most, and that of this the process worked. */
  readonly longestMs: number;
  readonly longestWorkedMs: number;
  /** How often it stood still for more than fifty. */
  readonly over50: number;
  readonly over50Worked: number;
};

const tickMs = 5;
const file = process.env["BENCH_LOOP"];

if (file !== undefined) {
  let [longestMs, longestWorkedMs, over50, over50Worked] = [0, 0, 0, 0];
  let [lastMs, lastCpu] = [performance.now(), process.cpuUsage()];
  setInterval(() => {
    const [nowMs, cpu] = [performance.now(), process.cpuUsage(lastCpu)];
    const stillMs = Math.max(0, nowMs - lastMs - tickMs);
    const workedMs = Math.min(stillMs, (cpu.user + cpu.system) / 1_000);
    longestMs = Math.max(longestMs, stillMs);
    longestWorkedMs = Math.max(longestWorkedMs, workedMs);
    if (stillMs > 50) over50++;
    if (workedMs > 50) over50Worked++;
    [lastMs, lastCpu] = [nowMs, process.cpuUsage()];
  }, tickMs).unref();
  setInterval(() => {
    writeFileSync(file, JSON.stringify({ longestMs, longestWorkedMs, over50, over50Worked } satisfies LoopWatch));
    // The start, which loads and compiles the program, is not counted.
    if (performance.now() < startMs) [longestMs, longestWorkedMs, over50, over50Worked] = [0, 0, 0, 0];
  }, 1_000).unref();
}

const startMs = 5_000;
