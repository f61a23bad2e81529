/**
 * Disk: what a message costs while it waits, and whether its room is given back once it was fetched.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { textBytes } from "../envelope.ts";
import { withFolder } from "../folder.ts";
import { runLoad } from "../load.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

/**
 * Besides its envelope; and what the server gives back by itself, while it runs, in a minute of quiet
 * (docs/spec/delivery.md DS168).
 */
const goals = { bytes: { atMost: textBytes + 200 }, leftKiB: { atMost: 64 }, seconds: { atMost: 60 } };
const limitMs = 240_000;
const quietMsMax = 90_000;

export const disk: Scenario = {
  name: "disk",
  about:
    "messages of five letters (envelopes of 557 bytes) in groups of two that are away: the database with all of them, and the files of a server that runs after all were fetched and acknowledged, its write-ahead log included, and how long after the last acknowledgement they were as small as that",
  run: (conditions) =>
    withFolder(async (folder) => {
      const [people, messagesEach] = conditions.quick ? [4, 100] : [100, 400];
      const stored = (people / 2) * messagesEach;
      await withServerOn(folder, "raised", (server) => runLoad({ kind: "register", server, people }, limitMs));
      const empty = filesBytes(folder);
      await withServerOn(folder, "raised", (server) =>
        runLoad({ kind: "fill", server, people, messagesEach, envelopeBytes: textBytes }, limitMs),
      );
      const full = filesBytes(folder);
      const [result, left, seconds] = await withServerOn(folder, "raised", async (server) => {
        const fetched = await runLoad({ kind: "return", server, people, messagesEach }, limitMs);
        const doneMs = performance.now();
        let bytes = filesBytes(folder);
        let smallestMs = doneMs;
        while (!conditions.quick && performance.now() < doneMs + quietMsMax) {
          await Bun.sleep(500);
          const now = filesBytes(folder);
          if (now < bytes) [bytes, smallestMs] = [now, performance.now()];
        }
        return [fetched, bytes - empty, (smallestMs - doneMs) / 1_000] as const;
      });
      return [
        row(
          "disk: a stored text of five letters",
          (full - empty) / stored,
          "bytes",
          unlessQuick(conditions, goals.bytes),
          conditions.raw.bytesPerRow,
        ),
        row("disk: more than before, after acks", left / 1_024, "KiB", unlessQuick(conditions, goals.leftKiB)),
        row("disk: given back after", seconds, "s", unlessQuick(conditions, goals.seconds)),
        row("disk: messages stored", stored, "messages"),
        row("disk: messages not fetched", people * messagesEach - result.received, "messages", { atMost: 0 }),
      ];
    }),
};

/** The database with what stands beside it. */
function filesBytes(folder: string): number {
  const file = join(folder, "yanshu.db");
  return ["", "-wal"].reduce((sum, suffix) => sum + (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0), 0);
}
