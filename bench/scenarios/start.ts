/**
 * Start: how long from the command until the server greets a client, and what it takes while nobody is there.
 */
import { join } from "node:path";
import { openSqliteLog } from "@yanshu/server";
import { withFolder } from "../folder.ts";
import { rssBytes, treePssBytes } from "../process.ts";
import { bareStart } from "../raw.ts";
import { middle, type Row, row } from "../rows.ts";
import { startAsNpmDoes, startServer } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goals = { greetedMs: { atMost: 300 }, rssMiB: { atMost: 60 }, treeMiB: { atMost: 60 } };
const largeBytes = 2 ** 30;
const envelopeBytes = 16_000;
const devices = 1_000;
const dayMs = 86_400_000;

export const start: Scenario = {
  name: "start",
  about:
    "the server from its sources with an empty folder, again with the folder of the start before, and with a database of 1 GiB; the middle of several, beside a bare socket of the same runtime; and as `npm start` runs it, web app included, with npm and all that it began",
  run: async (conditions) => {
    const rounds = conditions.quick ? 1 : 5;
    const settleMs = conditions.quick ? 100 : 1_500;
    const [fresh, again, large, bare]: Start[][] = [[], [], [], []];
    for (let i = 0; i < rounds; i++) {
      await withFolder(async (folder) => {
        fresh?.push(await started(folder, settleMs));
        again?.push(await started(folder, settleMs));
      });
      const { listensMs, rssBytes: rss } = await bareStart(settleMs);
      bare?.push({ ms: listensMs, mebibytes: rss / 2 ** 20 });
    }
    await withFolder(async (folder) => {
      fill(join(folder, "yanshu.db"), conditions.quick ? largeBytes / 100 : largeBytes);
      for (let i = 0; i < rounds; i++) large?.push(await started(folder, settleMs));
    });
    const bareMs = middleOf(bare, "ms");
    const bareRss = middleOf(bare, "mebibytes");
    const { greetedMs, rssMiB, treeMiB } = goals;
    const asNpm = conditions.quick ? undefined : await withFolder((folder) => npmTree(folder));
    return [
      row("start: first greeting, empty folder", middleOf(fresh, "ms"), "ms", undefined, bareMs),
      row("start: first greeting, same folder", middleOf(again, "ms"), "ms", undefined, bareMs),
      row("start: first greeting, 1 GiB", middleOf(large, "ms"), "ms", unlessQuick(conditions, greetedMs), bareMs),
      row("start: idle RSS", middleOf(fresh, "mebibytes"), "MiB", undefined, bareRss),
      row("start: idle RSS, 1 GiB", middleOf(large, "mebibytes"), "MiB", unlessQuick(conditions, rssMiB), bareRss),
      ...(asNpm === undefined
        ? []
        : [
            row("start: as npm start, PSS of all its processes", asNpm.mebibytes, "MiB", treeMiB),
            row("start: as npm start, RSS of the server alone", asNpm.serverMebibytes, "MiB"),
          ]),
    ] satisfies readonly Row[];
  },
};

type Start = { readonly ms: number; readonly mebibytes: number };

async function started(folder: string, settleMs: number): Promise<Start> {
  const server = await startServer(folder, "asShipped");
  await Bun.sleep(settleMs);
  const mebibytes = rssBytes(server.pid) / 2 ** 20;
  await server.stop();
  return { ms: server.greetedMs, mebibytes };
}

/** After a while of rest, in which what is served has been compressed. */
const npmSettleMs = 60_000;

async function npmTree(folder: string) {
  const { pid, serverPid, stop } = await startAsNpmDoes(folder);
  try {
    await Bun.sleep(npmSettleMs);
    return { mebibytes: treePssBytes(pid) / 2 ** 20, serverMebibytes: rssBytes(serverPid()) / 2 ** 20 };
  } finally {
    await stop();
  }
}

/** Envelopes of today that wait for devices, through the log's own code, until the file is as large as asked. */
function fill(file: string, bytes: number): void {
  const log = openSqliteLog(file);
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const frame = random(envelopeBytes);
  const perCommit = 1_000;
  const waiting = log.transaction(() => {
    const account = log.accounts.create(random(32), random(64));
    log.delivery.markDay(Math.floor(Date.now() / dayMs), 1);
    return Array.from({ length: devices }, () => log.accounts.addDevice(account, random(32), random(32)));
  });
  while (log.counts().bytes < bytes)
    log.transaction(() => {
      const first = log.delivery.reserveIds(perCommit);
      for (let i = 0; i < perCommit; i++) log.delivery.put(first + i, frame, [], [waiting[i % devices] as number]);
    });
  log.tidy();
  log.close();
}

function middleOf(starts: readonly Start[] | undefined, figure: keyof Start): number {
  return middle(starts?.map((start) => start[figure]) ?? []);
}
