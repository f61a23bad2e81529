/**
 * Inside: what a process knows of its own event loop and memory, told to the file of `BENCH_INSIDE` once a second
 * (`bun --preload`).
 *
 * A turn is what the loop does between two looks for what happened. A timer that is due every five milliseconds comes
 * late by as long as a turn takes. On a busy machine that is not all ours, so each is told in three parts: how long the
 * loop's thread ran (its CPU clock), how long it was ready to and had no processor (`schedstat` of proc(5)), and the
 * rest, in which it waited: for the disk, or for a lock. A turn's time is also told by what it began with, from one
 * handler of a socket, a request or a timer to the next.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";
import { openSync, readSync, writeFileSync } from "node:fs";

/** Of one sort of handler, with what followed from it before the next one. */
export type Handled = { times: number; cpuMs: number; longestMs: number; over10: number };

export type Inside = {
  /** The longest turn on the wall's clock, and the longest of each part of one. */
  longestMs: number;
  longestCpuMs: number;
  longestQueuedMs: number;
  longestWaitedMs: number;
  /** Turns of more than fifty milliseconds on the wall's clock, and in which the thread ran, or waited, for as long. */
  over50: number;
  over50Cpu: number;
  over50Waited: number;
  /** What the turn of `longestCpuMs` was for, by handler, in milliseconds of CPU time. */
  longestTurn: Record<string, number>;
  /** Bytes, where the whole process had most. */
  memory: { rss: number; heapUsed: number; external: number; arrayBuffers: number };
  handlers: Record<string, Handled>;
};

const tickMs = 5;
const memoryMs = 250;
/** The start, which loads and compiles the program, is not counted. */
const startMs = 5_000;
const threadCpuClock = 3; // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2)
const file = process.env["BENCH_INSIDE"];

function nothing(): Inside {
  return {
    longestMs: 0,
    longestCpuMs: 0,
    longestQueuedMs: 0,
    longestWaitedMs: 0,
    over50: 0,
    over50Cpu: 0,
    over50Waited: 0,
    longestTurn: {},
    memory: { rss: 0, heapUsed: 0, external: 0, arrayBuffers: 0 },
    handlers: {},
  };
}

/**
 * @returns the CPU time of the thread that asks, in milliseconds; `process.threadCpuUsage` knows it to the scheduler's
 * tick alone.
 */
function threadClock(): () => number {
  const { symbols } = dlopen("libc.so.6", {
    clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  });
  const time = new BigInt64Array(2);
  const address = ptr(time);
  return () => {
    symbols.clock_gettime(threadCpuClock, address);
    return Number(time[0]) * 1_000 + Number(time[1]) / 1e6;
  };
}

/** @returns how long the process' first thread was ready and had no processor, in milliseconds. */
function queueClock(): () => number {
  const schedstat = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
  const bytes = Buffer.alloc(64);
  return () => Number(bytes.toString("latin1", 0, readSync(schedstat, bytes, 0, 64, 0)).split(" ")[1]) / 1e6;
}

function watch(file: string): void {
  let inside = nothing();
  const [cpuMs, queuedMs] = [threadClock(), queueClock()];
  let [handler, sinceMs] = ["the start", cpuMs()];
  let turn: Record<string, number> = {};
  const begins = (next: string) => {
    const nowMs = cpuMs();
    inside.handlers[handler] ??= { times: 0, cpuMs: 0, longestMs: 0, over10: 0 };
    const handled = inside.handlers[handler] as Handled;
    const tookMs = nowMs - sinceMs;
    handled.times++;
    handled.cpuMs += tookMs;
    handled.longestMs = Math.max(handled.longestMs, tookMs);
    if (tookMs > 10) handled.over10++;
    turn[handler] = (turn[handler] ?? 0) + tookMs;
    [handler, sinceMs] = [next, nowMs];
  };
  watchHandlers(begins);
  let last = { atMs: performance.now(), cpuMs: cpuMs(), queuedMs: queuedMs() };
  const every = setInterval; // Ours is not watched.
  every(() => {
    begins("between handlers");
    const now = { atMs: performance.now(), cpuMs: cpuMs(), queuedMs: queuedMs() };
    const ms = Math.max(0, now.atMs - last.atMs - tickMs);
    const ran = Math.min(ms, now.cpuMs - last.cpuMs);
    const queued = Math.min(ms - ran, now.queuedMs - last.queuedMs);
    const waited = ms - ran - queued;
    inside.longestMs = Math.max(inside.longestMs, ms);
    if (ran > inside.longestCpuMs) [inside.longestCpuMs, inside.longestTurn] = [ran, turn];
    turn = {};
    inside.longestQueuedMs = Math.max(inside.longestQueuedMs, queued);
    inside.longestWaitedMs = Math.max(inside.longestWaitedMs, waited);
    if (ms > 50) inside.over50++;
    if (ran > 50) inside.over50Cpu++;
    if (waited > 50) inside.over50Waited++;
    last = now;
  }, tickMs).unref();
  every(() => {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    if (rss > inside.memory.rss) inside.memory = { rss, heapUsed, external, arrayBuffers };
  }, memoryMs).unref();
  every(() => {
    writeFileSync(file, JSON.stringify(inside));
    if (performance.now() < startMs) inside = nothing();
  }, 1_000).unref();
}

/** Has `begins` told each handler that is about to run, by what it is for. */
function watchHandlers(begins: (handler: string) => void): void {
  type Work = (...args: never[]) => unknown;
  const timed =
    (name: string, work: Work): Work =>
    (...args) => {
      begins(name);
      return work(...args);
    };
  for (const name of ["setTimeout", "setImmediate"] as const) {
    const set = globalThis[name] as (work: Work, ...rest: unknown[]) => unknown;
    Object.assign(globalThis, { [name]: (work: Work, ...rest: unknown[]) => set(timed(name, work), ...rest) });
  }
  const serve = Bun.serve as unknown as (options: Record<string, unknown>) => unknown;
  Object.assign(Bun, {
    serve: (options: Record<string, unknown>) => {
      const fetching = options["fetch"] as (request: Request, ...rest: unknown[]) => unknown;
      const socket = options["websocket"] as Readonly<Record<string, unknown>> | undefined;
      const fetched = (request: Request, ...rest: unknown[]) => {
        begins(`${request.method} ${new URL(request.url).pathname.replaceAll(/[0-9a-f]{32}/g, "ID")}`);
        return fetching(request, ...rest);
      };
      const message = socket?.["message"] as ((socket: unknown, bytes: ArrayBuffer) => void) | undefined;
      const handlers = Object.entries(socket ?? {}).map(([name, value]) => [
        name,
        typeof value === "function" ? timed(`socket ${name}`, value as Work) : value,
      ]);
      const websocket = {
        ...Object.fromEntries(handlers),
        message: (from: unknown, bytes: ArrayBuffer) => {
          begins(nameOf(new Uint8Array(bytes)));
          message?.(from, bytes);
        },
      };
      return serve({ ...options, fetch: fetched, ...(message === undefined ? {} : { websocket }) });
    },
  });
}

const frameNames: ReadonlyMap<number, string> = new Map([
  [0x10, "post"],
  [0x11, "acks"],
  [0x12, "begin"],
  [0x13, "more"],
]);

/** By its head (packages/wire/src/frames.ts). */
function nameOf(frame: Uint8Array): string {
  const [type = 0] = frame;
  if (type === 1) return `call ${Buffer.from(frame.subarray(6, 6 + (frame[5] ?? 0))).toString("latin1")}`;
  return frameNames.get(type) ?? "other frame";
}

if (file !== undefined) watch(file);
