/**
 * Disk: what a message costs while it waits, and whether its room is given back once it was fetched.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { openSqliteLog } from "@yanshu/server";
import { withFolder } from "../folder.ts";
import { runLoad } from "../load.ts";
import { rawBytes } from "../raw.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goals = { bytes: { atMost: 400 }, leftKiB: { atMost: 64 } };
const limitMs = 240_000;
/** As often as the server would tidy, a quiet minute each. */
const tidiesMax = 1_000;

export const disk: Scenario = {
  name: "disk",
  about:
    "messages of 300 bytes in groups of two that are away: the database with all of them, and after all were fetched, acknowledged and tidied up after; the server is stopped for each look, so no write-ahead log is left",
  run: (conditions) =>
    withFolder(async (folder) => {
      const [people, messagesEach] = conditions.quick ? [4, 100] : [100, 400];
      const stored = (people / 2) * messagesEach;
      await withServerOn(folder, "raised", (server) => runLoad({ kind: "register", server, people }, limitMs));
      const empty = tidied(folder);
      await withServerOn(folder, "raised", (server) =>
        runLoad({ kind: "fill", server, people, messagesEach, envelopeBytes: rawBytes }, limitMs),
      );
      const full = databaseBytes(folder);
      const result = await withServerOn(folder, "raised", (server) =>
        runLoad({ kind: "return", server, people, messagesEach }, limitMs),
      );
      const left = tidied(folder) - empty;
      return [
        row(
          "disk: a stored message",
          (full - empty) / stored,
          "bytes",
          unlessQuick(conditions, goals.bytes),
          conditions.raw.bytesPerRow,
        ),
        row("disk: more than before, after acks", left / 1_024, "KiB", unlessQuick(conditions, goals.leftKiB)),
        row("disk: messages stored", stored, "messages"),
        row("disk: messages not fetched", people * messagesEach - result.received, "messages", { atMost: 0 }),
      ];
    }),
};

function databaseBytes(folder: string): number {
  return statSync(join(folder, "yanshu.db")).size;
}

/** The server's own tidying, without waiting for its quiet minutes. */
function tidied(folder: string): number {
  const log = openSqliteLog(join(folder, "yanshu.db"));
  let bytes = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tidiesMax && databaseBytes(folder) < bytes; i++) {
    bytes = databaseBytes(folder);
    log.tidy();
  }
  log.close();
  return databaseBytes(folder);
}
