/**
 * Cluster: three gateways, PostgreSQL and three nodes of NATS on loopback, as one service (docs/spec/delivery.md
 * DS76–DS79).
 *
 *   npm run cluster [-- --faults | --spread [--write]] [--rounds 20] [--seconds 10] [--json FILE] [--keep FILE]
 *
 * Without either pair, fan-out and storm are played against it. With `--spread` pairs at one server, at two and at four
 * are told beside each other. With it, each of gateway, NATS node and PostgreSQL is killed so many times while
 * everybody writes; the last line is `N lost, N doubled`. With `--keep FILE` those rounds and those that the file holds
 * of runs before are told together, so that twenty may be played a few at a time. The exit code is 1 when anything was
 * lost, doubled or out of order, or a goal was missed, 2 for a wrong command or where PostgreSQL or NATS are not
 * installed.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { commit } from "../report.ts";
import { formatNumber, type Goal, type Row, row, terminalTable } from "../rows.ts";
import { clusterPage, figuresOf } from "../scale/figures.ts";
import { measuredCosts } from "../scale/main.ts";
import { assumptions } from "../scale/page.ts";
import type { Sums } from "./ledger.ts";
import { Machines, type MachinesOptions, missing } from "./machines.ts";
import {
  type Faults,
  faults,
  nothingLeft,
  rounds,
  type Storm,
  storm,
  type Traffic,
  together,
  traffic,
} from "./plays.ts";

const goals = {
  messagesPerSecond: 2_000,
  acknowledged: 100_000,
  roundsForGoals: 20,
  recoveryMs: 5_000,
  stormSeconds: 10,
};
const nothing = { atMost: 0 };
const pair = { pairs: 100, writersPerPair: 2, crowds: 0, membersPerCrowd: 0, writersPerCrowd: 0 };
const fanout = { pairs: 0, writersPerPair: 0, crowds: 1, membersPerCrowd: 90, writersPerCrowd: 12 };
const stormed = { pairs: 500, writersPerPair: 2, crowds: 0, membersPerCrowd: 0, writersPerCrowd: 0 };
/** More write than there are devices: a commit at a time is as much as there are posts under way. */
const mixed = { pairs: 120, writersPerPair: 5, crowds: 2, membersPerCrowd: 12, writersPerCrowd: 6 };

async function plays(seconds: number): Promise<readonly Row[]> {
  return [
    ...trafficRows(await withMachines((machines) => traffic(machines, "pair", pair, seconds))),
    ...trafficRows(await withMachines((machines) => traffic(machines, "fanout", fanout, seconds))),
    ...stormRows(await withMachines((machines) => storm(machines, stormed))),
  ];
}

function stormRows({ seconds, servers, devices, cpuSeconds, rssBytes, ...sums }: Storm): readonly Row[] {
  const { signIn, program, device } = measuredCosts();
  const perDevice = device?.value ?? assumptions.deviceBytes;
  const memory = servers * program.value * 2 ** 20 + devices * perDevice;
  return [
    row("storm: 1,000 devices back at once, all have all", seconds, "s", { atMost: goals.stormSeconds }),
    ...sumRows("storm", sums),
    ofModel("CPU of the servers a device that comes back", (1e6 * cpuSeconds) / devices / signIn.value),
    ofModel("memory of the servers", rssBytes / memory),
  ];
}

/** docs/SCALE.md is arithmetic over what runs before cost; this one says whether that still holds. */
function ofModel(what: string, times: number): Row {
  return row(`model: ${what}, of what SCALE.md reckons with`, times, "times", { atMost: 2 });
}

/** The same people at one server, at two and at four: each pair at one of them, or each half at another. */
async function spread(seconds: number): Promise<readonly Row[]> {
  const played: Traffic[] = [];
  for (const [gateways, place] of [
    [1, "within"],
    [2, "within"],
    [4, "within"],
    [2, "across"],
    [4, "across"],
  ] as const) {
    const name = `${gateways} server${gateways > 1 ? `s, ${place}` : ""}`;
    played.push(await withMachines((machines) => traffic(machines, name, { ...pair, place }, seconds), { gateways }));
    console.log(terminalTable(trafficRows(played.at(-1) as Traffic)));
  }
  const cost = ({ messagesPerCpuSecond, databaseCpuSeconds }: Traffic) => 1 / messagesPerCpuSecond + databaseCpuSeconds;
  const [one, two, four, twoAcross, fourAcross] = played as [Traffic, Traffic, Traffic, Traffic, Traffic];
  const times = (what: string, value: number, goal?: Goal) => row(`spread: ${what}`, value, "times", goal);
  return [
    ...played.flatMap(trafficRows),
    times("two servers, of one's messages a second", two.messagesPerSecond / one.messagesPerSecond, { atLeast: 1.6 }),
    times("two servers, of one's messages a CPU-second", cost(one) / cost(two)),
    times("four servers, of two's messages a second", four.messagesPerSecond / two.messagesPerSecond, { atLeast: 1 }),
    times("four servers, of two's messages a CPU-second", cost(two) / cost(four)),
    times("two servers, CPU across of within", cost(twoAcross) / cost(two), { atMost: 1.3 }),
    times("four servers, CPU across of within", cost(fourAcross) / cost(four), { atMost: 1.3 }),
    ...reckoned(fourAcross),
  ];
}

/** Of bench/CLUSTER.md. */
function reckoned({ name, messagesPerCpuSecond, databaseCpuSeconds }: Traffic): readonly Row[] {
  if (!existsSync(clusterPage)) return [];
  const before = figuresOf(readFileSync(clusterPage, "utf8"));
  const servers = before.get(`spread: ${name}: messages a CPU-second of all gateways`)?.value ?? Number.NaN;
  const database = before.get(`spread: ${name}: CPU of PostgreSQL, a message`)?.value ?? Number.NaN;
  return [
    ofModel("CPU of the servers a message", servers / messagesPerCpuSecond),
    ofModel("CPU of PostgreSQL a message", (1e6 * databaseCpuSeconds) / database),
  ];
}

/** What docs/SCALE.md reckons with. */
function record(rows: readonly Row[]): void {
  const lines = rows.map(
    ({ name, value, unit }) => `| ${name.replace(/^spread: /, "")} | ${formatNumber(value)} | ${unit} |`,
  );
  const text = [
    "# What several servers over one PostgreSQL cost",
    "",
    "Written by `npm run cluster -- --spread --write`; `npm run scale` reckons with it. Servers, PostgreSQL, NATS and the load generator share one machine, and perhaps it is shared",
    "with others: CPU a message says more than messages a second. 200 devices in pairs, 200 messages on their way at once, each a text of five letters.",
    "",
    `- Commit: ${commit()}`,
    `- Machine: ${cpus().length} × ${cpus()[0]?.model ?? "?"}; load ${readFileSync("/proc/loadavg", "utf8").split(" ")[0]} at the end`,
    "",
    "## spread",
    "",
    "| what | value | unit |",
    "| --- | ---: | --- |",
    ...lines,
    "",
  ];
  writeFileSync(clusterPage, text.join("\n"));
}

function trafficRows({
  name,
  messagesPerSecond,
  messagesPerCpuSecond,
  databaseCpuSeconds,
  coresUsed,
  deadlocks,
  p50Ms,
  p99Ms,
  ...sums
}: Traffic): readonly Row[] {
  return [
    row(`${name}: messages a second`, messagesPerSecond, "messages/s"),
    row(`${name}: messages a CPU-second of all gateways`, messagesPerCpuSecond, "messages/CPU-s"),
    row(`${name}: CPU of PostgreSQL, a message`, 1e6 * databaseCpuSeconds, "µs"),
    row(`${name}: cores used, load generator included`, coresUsed, "cores"),
    row(`${name}: deadlocks`, deadlocks, "", nothing),
    row(`${name}: until the last member has it, p50`, p50Ms, "ms"),
    row(`${name}: until the last member has it, p99`, p99Ms, "ms"),
    ...sumRows(name, sums),
  ];
}

function sumRows(name: string, { acknowledged, lost, doubled, disordered, again }: Sums, goal?: Goal): readonly Row[] {
  return [
    row(`${name}: acknowledged`, acknowledged, "messages", goal),
    row(`${name}: lost`, lost, "messages", nothing),
    row(`${name}: doubled`, doubled, "messages", nothing),
    row(`${name}: out of order`, disordered, "messages", nothing),
    row(`${name}: sent again on another connection`, again, "pushes"),
  ];
}

function faultRows({ rounds: all, seconds, left, ...sums }: Faults): readonly Row[] {
  const isFull = all.length >= goals.roundsForGoals * faults.length;
  const goal = (atLeast: number) => (isFull ? { atLeast } : undefined);
  const p95 = (times: readonly number[]) =>
    times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;
  const times = (of: string | undefined) =>
    all.filter(({ fault }) => of === undefined || fault === of).map(({ recoveryMs }) => recoveryMs);
  return [
    row("faults: messages a second", sums.acknowledged / seconds, "messages/s", goal(goals.messagesPerSecond)),
    ...faults.map((fault) => row(`faults: recovery from ${fault}, p95`, p95(times(fault)), "ms")),
    row("faults: recovery, p95", p95(times(undefined)), "ms", { atMost: goals.recoveryMs }),
    ...sumRows("faults", sums, goal(goals.acknowledged)),
    row("faults: rows left when all have all", left === nothingLeft ? 0 : 1, left, nothing),
  ];
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      faults: { type: "boolean" },
      spread: { type: "boolean" },
      write: { type: "boolean" },
      rounds: text,
      seconds: text,
      json: text,
      keep: text,
    },
  });
  const [count, seconds] = [Number(values.rounds ?? 20), Number(values.seconds ?? 10)];
  const fault =
    missing() ?? (count >= 1 && seconds > 0 ? undefined : "--rounds and --seconds need a number above zero");
  if (fault !== undefined) {
    console.error(fault);
    process.exit(2);
  }
  const rows =
    values.faults === true
      ? faultRows(kept(values.keep, await withMachines((machines) => rounds(machines, mixed, count, console.log))))
      : await (values.spread === true ? spread : plays)(seconds);
  if (values.write === true && values.spread === true) record(rows);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
  console.log(terminalTable(rows));
  const sum = (what: string) =>
    rows.filter(({ name }) => name.endsWith(`: ${what}`)).reduce((all, { value }) => all + value, 0);
  console.log(`${sum("lost")} lost, ${sum("doubled")} doubled`);
  process.exit(rows.every(({ ok }) => ok) ? 0 : 1);
}

/** Of this run and of those before it that `file` holds, to which it is added. */
function kept(file: string | undefined, now: Faults): Faults {
  if (file === undefined) return now;
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Faults) : undefined;
  const all = before === undefined ? now : together(before, now);
  writeFileSync(file, JSON.stringify(all));
  return all;
}

/** Fresh ones, which are gone afterwards, and with the command. */
async function withMachines<T>(work: (machines: Machines) => Promise<T>, options: MachinesOptions = {}): Promise<T> {
  const machines = await Machines.begin(options);
  const stop = () => void machines.end().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await work(machines);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await machines.end();
  }
}

await main();
