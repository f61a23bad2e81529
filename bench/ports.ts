/**
 * Ports of loopback for what the benchmark starts.
 *
 * The kernel gives outgoing connections ports of its own range (`ip_local_port_range` of ip(7)), and a load of
 * thousands of connections takes many of them: one that it gave to a listener for a moment may be taken before the
 * server listens there. So ports are drawn below that range, where nothing is given to anybody who did not ask for it.
 */
import { readFileSync } from "node:fs";

const lowest = 12_000;
const tries = 1_000;
const given = new Set<number>();

/** One that is free, and that this process gave to nobody before. @throws Error when there is none. */
export function freePort(): number {
  for (let i = 0; i < tries; i++) {
    const port = lowest + Math.floor(Math.random() * (firstOutgoing() - lowest));
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    return port;
  }
  throw new Error("no port of loopback is free");
}

/** The lowest port that the kernel gives to an outgoing connection. */
export function firstOutgoing(): number {
  return Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "latin1").trim().split(/\s+/)[0]);
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
