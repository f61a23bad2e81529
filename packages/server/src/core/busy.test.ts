/**
 * While another connection writes: the thread that makes the file anew, or a program beside the server. Turns of the
 * loop are counted here, not timed.
 */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "../log/feature-tables.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { ManualClock } from "../testkit/clock.ts";
import { Faults } from "./faults.ts";
import { GroupCommit } from "./group-commit.ts";
import { accept } from "./outcome.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-busy-"));
afterAll(() => rmSync(folder, { recursive: true }));

function committing(name: string) {
  const path = join(folder, name);
  const log = openSqliteLog(path);
  const other = new Database(path);
  const clock = new ManualClock();
  const faults = new Faults();
  const tried = { times: 0 };
  const counted: Log = {
    ...log,
    transaction: (work, ahead, waits) => {
      tried.times++;
      return log.transaction(work, ahead, waits);
    },
  };
  const commits = new GroupCommit(counted, clock, { commitDelayMs: 1, commitJobsMax: 4 }, faults);
  const [ran, answered]: [string[], string[]] = [[], []];
  const job = (what: string) => {
    ran.push(what);
    return accept(what);
  };
  const soon = (what: string) =>
    commits.soon(
      () => job(what),
      (outcome) => answered.push(outcome.ok ? outcome.value : outcome.code),
    );
  const end = () => {
    other.close(false);
    log.close();
  };
  return { other, clock, commits, faults, tried, ran, answered, job, soon, end };
}

test("[DS172] where another connection writes no turn of the loop waits for it; all is written in its order once it is done", async () => {
  const { other, clock, commits, faults, tried, ran, answered, job, soon, end } = committing("short.db");
  other.run("BEGIN IMMEDIATE");
  for (const what of ["a", "b", "c", "d", "e", "f"]) soon(what);
  commits.inTurn(
    "elsewhere",
    () => job("patient"),
    (outcome) => answered.push(outcome.ok ? outcome.value : outcome.code),
  );
  commits.later(() => ran.push("upkeep"));
  await clock.pass(200);
  soon("g");
  await clock.pass(200);
  expect([ran, answered]).toEqual([[], []]);
  // One look in each of many turns, and not one for each job.
  expect(tried.times).toBeGreaterThan(150);
  expect(tried.times).toBeLessThan(220);
  other.run("ROLLBACK");
  await clock.pass(10);
  expect(ran).toEqual(["upkeep", "a", "b", "c", "d", "e", "f", "g", "patient"]);
  expect(answered).toEqual(["a", "b", "c", "d", "e", "f", "g", "patient"]);
  expect([faults.count, commits.failures]).toEqual([0, 0]);
  end();
});

test("[DS172] [DS64] who writes for longer than two seconds is told of: jobs are refused, and upkeep is kept", async () => {
  const { other, clock, commits, faults, ran, answered, soon, end } = committing("long.db");
  other.run("BEGIN IMMEDIATE");
  soon("a");
  soon("b");
  commits.later(() => ran.push("upkeep"));
  await clock.pass(1_900);
  expect(answered).toEqual([]);
  await clock.pass(200);
  expect([answered, ran]).toEqual([["unavailable", "unavailable"], []]);
  expect([faults.count > 0, commits.failures > 0]).toEqual([true, true]);
  other.run("ROLLBACK");
  soon("c");
  await clock.pass(2_000);
  expect([answered.at(-1), ran]).toEqual(["c", ["upkeep", "c"]]);
  end();
});
