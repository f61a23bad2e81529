/** Rounds of kill -9 on the real process whose log is in PostgreSQL; and PostgreSQL itself dies and comes back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasPostgres, PostgresCluster } from "@yanshu/server/postgres";
import { runRounds } from "./rounds.ts";

let cluster: PostgresCluster;

describe.skipIf(!hasPostgres)("PostgreSQL", () => {
  beforeAll(async () => {
    cluster = await PostgresCluster.begin();
  }, 60_000);
  afterAll(() => cluster.end());

  test("[DS72] with its log in PostgreSQL, what was called sent when the server is killed is on every screen once, and nobody has to ask", async () => {
    const outcome = await runRounds(1, 1, undefined, undefined, ["--log", cluster.database()]);
    expect(outcome).toMatchObject({ said: 200, lost: [], doubled: [], gaps: 0, bugs: [] });
  }, 120_000);

  test("[DS75] the database dies with the server, and both go on", async () => {
    const outcome = await runRounds(
      1,
      2,
      undefined,
      () => {
        cluster.stop("immediate");
        cluster.start();
      },
      ["--log", cluster.database()],
    );
    expect(outcome).toMatchObject({ said: 200, lost: [], doubled: [], gaps: 0, bugs: [] });
  }, 120_000);
});
