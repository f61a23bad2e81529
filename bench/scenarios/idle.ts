/**
 * Idle: 19,000 devices that are signed in and wait.
 *
 * They register with a first server; a second one on the same folder sees them come back, so that
 * what registering left behind in memory is not counted as theirs.
 */
import { withFolder } from "../folder.ts";
import type { IdleJob, IdleResult, RegisterJob, RegisterResult } from "../load/jobs.ts";
import { runLoad } from "../load.ts";
import { openFilesMax } from "../process.ts";
import { bareBytesPerConnection } from "../raw.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goal = { atMost: 3 };
const limitMs = 240_000;
/** The runtime gives back what connecting left behind about ten seconds after the last work. */
const settledMs = 12_000;
/** Devices that open their second connection too: a port of loopback is left for each. */
const withSecond = 8_000;
/** Files that server and load generator have open besides a socket for each device. */
const otherFiles = 200;

export const idle: Scenario = {
  name: "idle",
  about:
    "19,000 devices sign in to a server that was just started, and wait; memory is what it grew by since nobody was there; then 8,000 of them open their second connection, on which nobody signs in",
  run: (conditions) =>
    withFolder(async (folder) => {
      const people = conditions.quick ? 100 : 19_000;
      const first = people / 10;
      const settleMs = conditions.quick ? 100 : settledMs;
      const second = conditions.quick ? 50 : withSecond;
      const filesMax = openFilesMax(process.pid);
      if (filesMax < people + second + otherFiles)
        throw new Error(
          `${people + second} connections need more open files than ${filesMax}: raise it with ulimit -n`,
        );
      const registered: RegisterResult = await withServerOn(folder, "raised", (server) => {
        const job: RegisterJob = { kind: "register", server, people };
        return runLoad(job, limitMs);
      });
      const result: IdleResult = await withServerOn(folder, "asShipped", (server) => {
        const job: IdleJob = { kind: "idle", server, people, first, second, settleMs };
        return runLoad(job, limitMs);
      });
      const bare = (await bareBytesPerConnection(people, settleMs)) / 1_024;
      const perConnection = (result.rssAtAll - result.rssBefore) / people / 1_024;
      const perFurther = (result.rssAtAll - result.rssAtFirst) / (people - first) / 1_024;
      const perSecond = (result.rssWithSecond - result.rssAtAll) / second / 1_024;
      return [
        row("idle: RSS a connection", perConnection, "KiB", unlessQuick(conditions, goal), bare),
        row(`idle: RSS a connection beyond the first ${first.toLocaleString("en")}`, perFurther, "KiB"),
        row("idle: RSS of a device's second connection", perSecond, "KiB"),
        row("idle: RSS a device", 1_024 * (perConnection + perSecond), "bytes"),
        row("idle: connections", people + second - result.disconnected, "connections", { atLeast: people + second }),
        row("idle: server RSS with nobody", result.rssBefore / 2 ** 20, "MiB"),
        row("idle: server RSS with all", result.rssAtAll / 2 ** 20, "MiB"),
        row("idle: registering all", registered.seconds, "s"),
        row("idle: signing all in", result.connectSeconds, "s"),
        row("idle: server CPU a sign-in", (result.serverCpuSeconds / people) * 1e6, "µs"),
        row(`idle: posts that ${result.tried} of them received`, result.received, "posts", { atLeast: result.tried }),
      ];
    }),
};
