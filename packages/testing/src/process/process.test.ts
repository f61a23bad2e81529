/** Rounds of kill -9 on the real process: a few of those that `npm run sim:process` plays by the hundred. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { runRounds } from "./rounds.ts";

test("[SIM10] what was called sent when the server is killed is on every screen once, and nobody has to ask", async () => {
  const outcome = await runRounds(1, 1);
  expect(outcome).toMatchObject({ said: 200, lost: [], doubled: [], gaps: 0, bugs: [] });
  expect(outcome.acknowledged).toBeGreaterThan(0);
}, 120_000);

test("[SIM10] a server that loses what waited for somebody is found out", async () => {
  const loses = (folder: string) => {
    const db = new Database(join(folder, "yanshu.db"));
    db.run("DELETE FROM envelopes");
    db.close();
  };
  const { gaps, lost } = await runRounds(1, 1, undefined, loses);
  expect(gaps + lost.length).toBeGreaterThan(0);
}, 120_000);
