/**
 * Process: what the kernel says of a process that is being measured (proc(5)). CPU seconds are those
 * of all its threads, system time included, so that neither the load generator nor a busy machine
 * counts as the server's work.
 */
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Clock ticks a second in /proc/PID/stat: USER_HZ, which is 100 on every architecture of Linux. */
const ticksPerSecond = 100;

export function cpuSeconds(pid: number): number {
  return spentSeconds(statOf(pid));
}

/** Of its first thread alone, which is where a server's messages are. */
export function mainThreadCpuSeconds(pid: number): number {
  return spentSeconds(statOf(`${pid}/task/${pid}`));
}

function spentSeconds(fields: readonly string[]): number {
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Of a process and all that it began, those included that ended and were waited for. */
export function treeCpuSeconds(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    const fields = statOf(one);
    return sum + [11, 12, 13, 14].reduce((ticks, at) => ticks + Number(fields[at] ?? 0), 0) / ticksPerSecond;
  }, 0);
}

/**
 * Of those threads of a process, and of all that it began, whose name begins so.
 *
 * @param beside only of processes that have a thread whose name begins so.
 */
export function threadsCpuSeconds(pid: number, name: string, beside = ""): number {
  return [...secondsByThread(pid, name, beside).values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** The same from now on, each thread by itself: one that ends meanwhile takes nothing from what the others work. */
export function threadsCpuSecondsFrom(pid: number, name: string, beside = ""): () => number {
  const before = secondsByThread(pid, name, beside);
  return () =>
    [...secondsByThread(pid, name, beside)].reduce((sum, [thread, seconds]) => {
      const from = before.get(thread) ?? 0;
      return sum + (seconds < from ? seconds : seconds - from); // Its number is given to another one once it ended.
    }, 0);
}

function secondsByThread(pid: number, name: string, beside: string): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const process of treeOf(pid)) {
    const threads = namesIn(`/proc/${process}/task`);
    if (!threads.some((thread) => statOf(`${process}/task/${thread}`, beside).length > 0)) continue;
    for (const thread of threads) {
      const fields = statOf(`${process}/task/${thread}`, name);
      if (fields.length > 0) seconds.set(thread, ranSeconds(`${process}/task/${thread}`) ?? spentSeconds(fields));
    }
  }
  return seconds;
}

/** To the nanosecond, where the kernel counts so; a tick is more than a tenth of what a tap costs. */
function ranSeconds(thread: string): number | undefined {
  try {
    const ran = Number(readFileSync(`/proc/${thread}/schedstat`, "latin1").split(" ")[0]);
    return Number.isFinite(ran) ? ran / 1e9 : undefined;
  } catch {
    return undefined;
  }
}

/** The process and all that it began. */
export function treeOf(pid: number): readonly number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((name) => [Number(name), parentOf(Number(name))]));
  const isOurs = (one: number | undefined): boolean => one !== undefined && (one === pid || isOurs(parents.get(one)));
  return [...parents.keys()].filter(isOurs);
}

/** None when it is gone. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number | undefined {
  return Number(statOf(pid)[1]) || undefined;
}

/** From the third field on; none when the process is gone, or has another name. */
function statOf(pid: number | string, name = ""): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    if (!stat.slice(stat.indexOf("(") + 1).startsWith(name)) return [];
    // The second field is the program's name in parentheses, and may itself hold spaces.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** @param moment `BENCH_PROFILE=DIR` has what that memory is made of (smaps of proc(5)) written there, by this name. */
export function rssBytes(pid: number, moment?: string): number {
  const folder = process.env["BENCH_PROFILE"];
  if (folder !== undefined && moment !== undefined)
    copyFileSync(`/proc/${pid}/smaps`, join(folder, `${moment}-${pid}.smaps`));
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(found?.[1]) * 1_024;
}

/** What a process and all that it began have of memory, each page shared out among those that use it. */
export function treePssBytes(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    const found = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, "latin1"));
    return sum + Number(found?.[1] ?? 0) * 1_024;
  }, 0);
}

/** Clients and servers here need one file descriptor a connection. */
export function openFilesMax(pid: number): number {
  const found = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"));
  return Number(found?.[1]);
}
