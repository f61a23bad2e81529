/** Plays: pair, fan-out and storm against three gateways, and rounds of faults while everybody writes. */
import { cpuSeconds, rssBytes, treeCpuSeconds } from "../process.ts";
import { Crowd, type Shape } from "./crowd.ts";
import type { Sums } from "./ledger.ts";
import type { Machines } from "./machines.ts";

export type Traffic = {
  readonly name: string;
  readonly messagesPerSecond: number;
  readonly messagesPerCpuSecond: number;
  /** Of PostgreSQL, a message. */
  readonly databaseCpuSeconds: number;
  /** Of everything, the load generator included: near the number of cores it is the machine that is the limit. */
  readonly coresUsed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How often PostgreSQL found two servers waiting for one another; each time one of them had waited a second. */
  readonly deadlocks: number;
} & Sums;
export type Fault = "gateway" | "NATS node" | "PostgreSQL";
export type Round = { readonly fault: Fault; readonly recoveryMs: number };
export type Faults = {
  readonly rounds: readonly Round[];
  readonly seconds: number;
  readonly left: string;
} & Sums;

/** Rows of envelopes, of what is pending and of queues, when everybody has acknowledged everything. */
export const nothingLeft = "0|0|0";

export const faults: readonly Fault[] = ["gateway", "NATS node", "PostgreSQL"];

/** Longer than any should take: what took longer than its goal is told, and ends no run of an hour. */
const recoverySecondsMax = 300;
const betweenMs = 1_000;
const momentMs = 200;
const warmUpMs = 2_000;

/** Everybody writes for so long; what is measured begins when all are there. */
export async function traffic(machines: Machines, name: string, shape: Shape, seconds: number): Promise<Traffic> {
  const crowd = await Crowd.gather(machines, shape);
  try {
    const cpu = () => machines.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    crowd.begin();
    await Bun.sleep(warmUpMs);
    const databaseCpu = () => treeCpuSeconds(machines.postgres.pid);
    const [beganMs, cpuBefore, databaseBefore, ownBefore] = [
      performance.now(),
      cpu(),
      databaseCpu(),
      process.cpuUsage(),
    ];
    const { acknowledged: before } = crowd.ledger;
    await Bun.sleep(seconds * 1_000);
    const acknowledged = crowd.ledger.acknowledged - before;
    const lasted = (performance.now() - beganMs) / 1_000;
    const [spent, databaseCpuSeconds] = [cpu() - cpuBefore, databaseCpu() - databaseBefore];
    const own = process.cpuUsage(ownBefore);
    const messagesPerSecond = acknowledged / lasted;
    const messagesPerCpuSecond = acknowledged / spent;
    const coresUsed = (spent + databaseCpuSeconds + (own.user + own.system) / 1e6) / lasted;
    await crowd.rest();
    const [p50Ms, p99Ms] = [crowd.ledger.delivery.quantileMs(0.5), crowd.ledger.delivery.quantileMs(0.99)];
    return {
      name,
      messagesPerSecond,
      messagesPerCpuSecond,
      databaseCpuSeconds: databaseCpuSeconds / acknowledged,
      coresUsed,
      deadlocks: deadlocksOf(machines),
      p50Ms,
      p99Ms,
      ...crowd.ledger.sums(),
    };
  } finally {
    crowd.end();
  }
}

export type Storm = {
  readonly seconds: number;
  readonly servers: number;
  readonly devices: number;
  /** Of all gateways, from the moment at which everybody comes back. */
  readonly cpuSeconds: number;
  /** Of all gateways, when everybody is back. */
  readonly rssBytes: number;
} & Sums;

/**
 * All are away while something is written to each, and come back at the same moment. Answers how long until the last
 * has all, and what that took.
 */
export async function storm(machines: Machines, shape: Shape): Promise<Storm> {
  const sum = (of: (pid: number) => number) => machines.pids.reduce((all, pid) => all + of(pid), 0);
  const crowd = await Crowd.gather(machines, shape);
  try {
    for (const device of crowd.devices) device.network(false);
    crowd.begin(20);
    await Bun.sleep(500);
    await Promise.all(crowd.writers.map((writer) => writer.stop()));
    const [beganMs, cpuBefore] = [performance.now(), sum(cpuSeconds)];
    for (const device of crowd.devices) device.network(true);
    await crowd.until("everybody is back and has everything", () => crowd.ledger.isAllDone);
    const seconds = (performance.now() - beganMs) / 1_000;
    const many = { servers: machines.pids.length, devices: crowd.devices.length };
    const spent = { cpuSeconds: sum(cpuSeconds) - cpuBefore, rssBytes: sum((pid) => rssBytes(pid)) };
    return { seconds, ...many, ...spent, ...crowd.ledger.sums() };
  } finally {
    crowd.end();
  }
}

/**
 * Each fault so many times, by turns, while everybody writes. A round is over when whatever was on its way at the
 * fault, or began within the moment after it, is with everybody: that is how long it took to recover.
 */
export async function rounds(
  machines: Machines,
  shape: Shape,
  count: number,
  tell: (line: string) => void = () => undefined,
): Promise<Faults> {
  const crowd = await Crowd.gather(machines, shape);
  const done: Round[] = [];
  try {
    const beganMs = performance.now();
    crowd.begin();
    for (let n = 0; n < count; n++)
      for (const fault of faults) {
        await Bun.sleep(betweenMs);
        const faultMs = performance.now();
        const repaired = cause(machines, fault, n);
        await Bun.sleep(momentMs);
        const hit = crowd.ledger.underWay();
        await crowd.until(`recovered from the ${fault}`, () => crowd.ledger.isDone(hit), recoverySecondsMax);
        done.push({ fault, recoveryMs: performance.now() - faultMs });
        await repaired;
        tell(
          `${fault} ${n + 1}: recovered in ${Math.round(done.at(-1)?.recoveryMs ?? 0)} ms, ${crowd.ledger.acknowledged} acknowledged`,
        );
      }
    const seconds = (performance.now() - beganMs) / 1_000;
    await crowd.rest();
    return { rounds: done, seconds, left: await left(machines), ...crowd.ledger.sums() };
  } finally {
    crowd.end();
  }
}

/** Two runs told as one; what either left is left. */
export function together(one: Faults, other: Faults): Faults {
  return {
    rounds: [...one.rounds, ...other.rounds],
    seconds: one.seconds + other.seconds,
    left: [one.left, other.left].find((left) => left !== nothingLeft) ?? nothingLeft,
    acknowledged: one.acknowledged + other.acknowledged,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    disordered: one.disordered + other.disordered,
    again: one.again + other.again,
  };
}

/** Settles when what was killed is back. */
async function cause(machines: Machines, fault: Fault, n: number): Promise<void> {
  switch (fault) {
    case "gateway":
      await machines.killGateway(n % machines.urls.length);
      return machines.startGateway(n % machines.urls.length);
    case "NATS node":
      await machines.nats.kill(n % machines.nats.servers.length);
      await Bun.sleep(momentMs);
      return machines.nats.start(n % machines.nats.servers.length);
    case "PostgreSQL":
      return machines.postgres.restart(n % 2 === 0 ? "immediate" : "fast");
    default:
      return fault satisfies never;
  }
}

function deadlocksOf({ postgres, databaseUrl }: Machines): number {
  return Number(postgres.ask(databaseUrl, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
}

/** What still stands in the database when everybody has acknowledged everything: nothing, after a moment. */
async function left(machines: Machines): Promise<string> {
  const rows = "SELECT (SELECT count(*) FROM envelopes), (SELECT count(*) FROM pending), (SELECT count(*) FROM queue)";
  for (let tries = 0; ; tries++) {
    const found = machines.postgres.ask(machines.databaseUrl, rows);
    if (found === nothingLeft || tries === 120) return found;
    await Bun.sleep(500);
  }
}
