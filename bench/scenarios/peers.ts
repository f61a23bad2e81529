/**
 * Peers: what it costs that people of several homes write to each other. All servers run on this machine, so that what
 * one takes is not there for the others; CPU seconds are those of each process.
 */
import { mkdirSync } from "node:fs";
import { textBytes } from "../envelope.ts";
import { withFolder } from "../folder.ts";
import type { PeersJob, PeersResult, ServerTarget } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { freePort } from "../ports.ts";
import { cpuSeconds } from "../process.ts";
import { type Row, row } from "../rows.ts";
import { type RunningServer, startServer, withServerOn } from "../server.ts";
import { type Conditions, type Scenario, unlessQuick } from "./scenario.ts";
import { faultRow } from "./traffic-rows.ts";

const goals = {
  shareOfPair: { atLeast: 0.5 },
  addedP99Ms: { atMost: 10 },
  deliveriesPerCpuSecond: { atLeast: 50_000 },
  caughtUpSeconds: { atMost: 20 },
};
const limitMs = 300_000;
const caughtUpMsMax = 200_000;

const names = {
  here: "peers: gate's home, its messages per CPU-second as a part of pair's",
  there: "peers: the other home, its messages per CPU-second as a part of pair's",
  added: "peers: delivered p99 beyond that of one home",
  wide: "peers: ten homes, deliveries per CPU-second of all",
  caughtUp: "peers: 100,000 waiting rows taken",
} as const;

export const peers: Scenario = {
  name: "peers",
  isLong: true,
  promises: Object.values(names),
  about:
    "100 groups of two people of two homes, posts of five letters (envelopes of 557 bytes) at the gate's home, two on the way at once, beside as many groups of one home; the same at 200 posts a second; one group of 500 over ten homes, 32 senders, one on the way each; 100,000 rows that waited for a home which was away. All servers on one machine, the limits of rows raised; no post goes through a tunnel",
  run: async (conditions) => [
    ...(await between(conditions)),
    ...(await wide(conditions)),
    ...(await caughtUp(conditions)),
  ],
};

type Load = Omit<PeersJob, "kind" | "servers" | "envelopeBytes" | "warmUpMs" | "measureMs">;

function windowOf({ quick }: Conditions) {
  return { envelopeBytes: textBytes, warmUpMs: quick ? 300 : 4_000, measureMs: quick ? 700 : 10_000 } as const;
}

async function between(conditions: Conditions): Promise<readonly Row[]> {
  const groups = conditions.quick ? 4 : 100;
  const run = (homes: number, load: Partial<Load>) =>
    withPeers(homes, (servers) =>
      runLoad(
        {
          kind: "peers",
          servers,
          ...windowOf(conditions),
          groups,
          membersPerServer: 2 / homes,
          sendersPerGroup: 2,
          inFlightPerSender: 2,
          ...load,
        },
        limitMs,
      ),
    );
  const steady = { postsPerSecond: conditions.quick ? 50 : 200 };
  const [one, two] = [await run(1, {}), await run(2, {})];
  const [oneSteady, twoSteady] = [await run(1, steady), await run(2, steady)];
  const pair = perCpu(one, 0);
  return [
    row("peers: one home, messages per CPU-second", pair, "messages/CPU-s"),
    row("peers: gate's home, messages per CPU-second", perCpu(two, 0), "messages/CPU-s"),
    row("peers: the other home, messages per CPU-second", perCpu(two, 1), "messages/CPU-s"),
    row(names.here, perCpu(two, 0) / pair, "of pair", unlessQuick(conditions, goals.shareOfPair)),
    row(names.there, perCpu(two, 1) / pair, "of pair", unlessQuick(conditions, goals.shareOfPair)),
    row("peers: durable messages a second", two.posts / two.seconds, "messages/s"),
    row("peers: one home at a fixed rate, delivered, p99", oneSteady.deliverP99Ms, "ms"),
    row("peers: two homes at a fixed rate, delivered, p50", twoSteady.deliverP50Ms, "ms"),
    row("peers: two homes at a fixed rate, delivered, p99", twoSteady.deliverP99Ms, "ms"),
    row(
      names.added,
      Math.max(0, twoSteady.deliverP99Ms - oneSteady.deliverP99Ms),
      "ms",
      unlessQuick(conditions, goals.addedP99Ms),
    ),
    faultRow("peers: one home,", one),
    faultRow("peers: two homes,", two),
    faultRow("peers: two homes at a fixed rate,", twoSteady),
  ];
}

async function wide(conditions: Conditions): Promise<readonly Row[]> {
  const [homes, membersPerServer] = conditions.quick ? [3, 4] : [10, 50];
  const result = await withPeers(homes, (servers) =>
    runLoad(
      {
        kind: "peers",
        servers,
        ...windowOf(conditions),
        groups: 1,
        membersPerServer,
        sendersPerGroup: conditions.quick ? 4 : 32,
        inFlightPerSender: 1,
      },
      limitMs,
    ),
  );
  const all = result.cpuSeconds.reduce((sum, cpu) => sum + cpu, 0);
  return [
    row(names.wide, result.pushes / all, "deliveries/CPU-s", unlessQuick(conditions, goals.deliveriesPerCpuSecond)),
    row("peers: ten homes, deliveries a second", result.pushes / result.seconds, "deliveries/s"),
    row("peers: ten homes, gate's home, its part of the CPU", (result.cpuSeconds[0] ?? 0) / all, "of all"),
    row("peers: ten homes, delivered, p99", result.deliverP99Ms, "ms"),
    faultRow("peers: ten homes,", result),
  ];
}

async function caughtUp(conditions: Conditions): Promise<readonly Row[]> {
  const messages = conditions.quick ? 2_000 : 100_000;
  const meeting = { groups: 1, membersPerServer: 1, sendersPerGroup: 1, inFlightPerSender: 1 };
  const port = freePort();
  return withFolder((folder) =>
    withPeers(1, async ([here]) => {
      if (here === undefined) throw new Error("no server");
      const away = <T>(work: (server: RunningServer) => Promise<T>) =>
        withServerOn(folder, "raised", work, { hasPeers: true, port });
      const window = { ...windowOf(conditions), warmUpMs: 0, measureMs: 200 };
      await away((first) => runLoad({ kind: "peers", servers: [here, first], ...window, ...meeting }, limitMs));
      const awayServer = `localhost:${port}`;
      const filled = await runLoad(
        { kind: "peers-fill", server: here, awayServer, messages, envelopeBytes: textBytes },
        limitMs,
      );
      return away(async (back) => {
        const begunMs = performance.now();
        const cpuBefore = [cpuSeconds(here.pid), cpuSeconds(back.pid)];
        while ((await rowsIn(back)) < messages && performance.now() - begunMs < caughtUpMsMax) await Bun.sleep(20);
        const seconds = (performance.now() - begunMs) / 1_000;
        const came = await rowsIn(back);
        return [
          row(names.caughtUp, seconds, "s", unlessQuick(conditions, goals.caughtUpSeconds)),
          row("peers: CPU of the sender meanwhile", cpuSeconds(here.pid) - (cpuBefore[0] ?? 0), "CPU-s"),
          row("peers: CPU of the receiver meanwhile", cpuSeconds(back.pid) - (cpuBefore[1] ?? 0), "CPU-s"),
          row("peers: posts a second while the other is away", messages / filled.seconds, "messages/s"),
          row("peers: waiting rows lost or doubled", Math.abs(came - messages), "rows", { atMost: 0 }),
        ];
      });
    }),
  );
}

async function rowsIn({ countsUrl }: ServerTarget): Promise<number> {
  return ((await (await fetch(countsUrl)).json()) as { readonly peerRowsIn: number }).peerRowsIn;
}

const perCpu = ({ posts, cpuSeconds: cpu }: PeersResult, place: number) => posts / (cpu[place] ?? Number.NaN);

/** Servers with raised limits that speak with each other, each with a new folder. */
function withPeers<T>(count: number, work: (servers: readonly RunningServer[]) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const servers: RunningServer[] = [];
    try {
      for (let i = 0; i < count; i++) {
        const own = `${folder}/${i}`;
        mkdirSync(own);
        servers.push(await startServer(own, "raised", { hasPeers: true }));
      }
      return await work(servers);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
}
