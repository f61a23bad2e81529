/**
 * Storm: a server comes back, and 5,000 devices with it, all at the same moment and with something waiting for each.
 */
import { textBytes } from "../envelope.ts";
import { withFolder } from "../folder.ts";
import { runLoad } from "../load.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goals = { seconds: { atMost: 10 }, errors: { atMost: 0 }, growthMiB: { atMost: 128 } };
const limitMs = 240_000;
const messagesEach = 3;

export const storm: Scenario = {
  name: "storm",
  about:
    "5,000 devices, for each of which 3 messages wait, sign in at the same moment to a server that was just started; synced is who received all of them",
  run: (conditions) =>
    withFolder(async (folder) => {
      const people = conditions.quick ? 100 : 5_000;
      await withServerOn(folder, "raised", async (server) => {
        await runLoad({ kind: "register", server, people }, limitMs);
        await runLoad({ kind: "fill", server, people, messagesEach, envelopeBytes: textBytes }, limitMs);
      });
      const result = await withServerOn(folder, "asShipped", (server) =>
        runLoad({ kind: "storm", server, people, messagesEach }, limitMs),
      );
      const mebibytes = (bytes: number) => bytes / 2 ** 20;
      return [
        row("storm: all synced", result.seconds, "s", unlessQuick(conditions, goals.seconds)),
        row("storm: synced, p50", result.syncedP50Ms, "ms"),
        row("storm: synced, p99", result.syncedP99Ms, "ms"),
        row("storm: server CPU a device", (result.serverCpuSeconds / people) * 1e6, "µs"),
        row(
          "storm: growth of the server's memory, at most",
          mebibytes(result.rssMost - result.rssBefore),
          "MiB",
          unlessQuick(conditions, goals.growthMiB),
        ),
        row("storm: refused, missing, repeated, disconnected", result.errors, "errors", goals.errors),
      ];
    }),
};
