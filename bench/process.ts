/**
 * Process: what the kernel says of a process that is being measured (proc(5)). CPU seconds are those
 * of all its threads, system time included, so that neither the load generator nor a busy machine
 * counts as the server's work.
 */
import { readFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: USER_HZ, which is 100 on every architecture of Linux. */
const ticksPerSecond = 100;

export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the program's name in parentheses, and may itself hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export function rssBytes(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(found?.[1]) * 1_024;
}

/** Clients and servers here need one file descriptor a connection. */
export function openFilesMax(pid: number): number {
  const found = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"));
  return Number(found?.[1]);
}
