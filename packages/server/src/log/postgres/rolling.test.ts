/** Servers of two versions that share one PostgreSQL while they are brought forward: the old as a real process. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeParts, encodePost, type ServerFrame } from "@yanshu/wire";
import { type Serving, serve } from "../../gateway/bun.ts";
import { Person } from "../../testkit/person.ts";
import { hasPostgres, PostgresCluster } from "../../testkit/postgres.ts";
import { endAll, portOf, Socket, settle, start, until } from "../../testkit/process.ts";
import { LogOpenError } from "../log.ts";
import { openPostgresLog, type PostgresLog } from "./bun.ts";
import { migrations } from "./migrations/index.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-rolling-"));
let cluster: PostgresCluster;

/** What a migration may do (DS84). */
const next = `
  ALTER TABLE gates ADD COLUMN colour integer NOT NULL DEFAULT 7;
  ALTER TABLE devices ADD COLUMN note bytea;
  CREATE TABLE later (id integer PRIMARY KEY);
  CREATE INDEX devices_by_note ON devices (note);
`;
const [version, oneOn, twoOn] = [migrations.length, [...migrations, next], [...migrations, next, "SELECT 1"]];
const address = new Uint8Array(16).fill(5);

function open(url: string, known = migrations): PostgresLog {
  return openPostgresLog(url, { migrations: known });
}

const versionOf = (url: string) => Number(cluster.ask(url, "SELECT version FROM yanshu_version"));
const cutOff =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

async function deposit(port: number, text: string): Promise<ServerFrame> {
  const caller = new Socket(port);
  await caller.open();
  const parts = [{ target: { kind: "address" as const, address }, envelope: new TextEncoder().encode(text) }];
  caller.send(encodePost(99, { mode: "deposit" }, encodeParts(parts)));
  return until(() => caller.frames.find((frame) => "request" in frame && frame.request === 99));
}

describe.skipIf(!hasPostgres)("PostgreSQL, brought forward", () => {
  beforeAll(async () => {
    cluster = await PostgresCluster.begin();
  }, 60_000);
  afterAll(() => {
    endAll();
    cluster.end();
    rmSync(folder, { recursive: true });
  }, 30_000);

  test("[DS83] an old server and a new one share a database, each hands on what the other took, and the old one may start again", async () => {
    const url = cluster.database();
    const data = join(folder, "old");
    const startOld = () => start("--port", "0", "--data", data, "--log", url);
    let old = startOld();
    let oldPort = await portOf(old);
    const bob = new Person("bob");
    await settle(oldPort, bob, data, address);
    const domain = `localhost:${oldPort}`;
    const log = open(url, oneOn);
    const newer: Serving = serve({ log, port: 0, host: "127.0.0.1", config: { domain } });
    expect(versionOf(url)).toBe(version + 1);
    expect(await deposit(oldPort, "through the old one")).toMatchObject({ type: "ok" });
    expect(await deposit(newer.port, "through the new one")).toMatchObject({ type: "ok" });
    const phone = new Socket(oldPort);
    await phone.signIn(bob, 1);
    await until(() => phone.reads.length === 2);
    phone.acknowledge();
    phone.socket.close();
    expect(phone.reads.toSorted()).toEqual(["through the new one", "through the old one"]);
    old.child.kill("SIGTERM");
    expect(await old.ended).toBe(0);
    old = startOld(); // As after a crash in the midst of the upgrade.
    oldPort = await portOf(old);
    expect(versionOf(url)).toBe(version + 1);
    expect(await deposit(oldPort, "again")).toMatchObject({ type: "ok" });
    const moved = new Socket(newer.port);
    await moved.signIn(bob, 2);
    await until(() => moved.reads.includes("again"));
    await newer.stop();
    log.close();
    old.child.kill("SIGTERM");
    await old.ended;
  }, 60_000);

  test("[DS83] tables two versions on wait until no server of this one runs, and refuse it from then on", () => {
    const url = cluster.database();
    const running = open(url);
    const ahead = `a server of version ${version} uses the database, this one has ${version + 2}: bring all servers to ${version + 1} first`;
    expect(() => open(url, twoOn)).toThrow(new LogOpenError(ahead));
    expect(versionOf(url)).toBe(version);
    running.close();
    open(url, twoOn).close();
    expect(versionOf(url)).toBe(version + 2);
    const behind = `the database has version ${version + 2}, this server knows ${version} and works with ${version + 1}: use a newer server`;
    expect(() => open(url)).toThrow(new LogOpenError(behind));
    expect(versionOf(url)).toBe(version + 2);
  });

  test("[DS83] what version 1 left is brought forward once no server of it runs, since that is two versions", () => {
    const url = cluster.database();
    const first = open(url);
    const madeSince = migrations
      .slice(1)
      .flatMap((up) => [...up.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name));
    // As the first version had it: servers did not say theirs.
    cluster.ask(
      url,
      `UPDATE yanshu_version SET version = 1; ALTER TABLE gateways DROP COLUMN version; ALTER TABLE server DROP COLUMN seed;
       DROP TABLE ${madeSince.join(", ")}; DROP FUNCTION mark`,
    );
    expect(() => open(url)).toThrow("a server of version 1 uses the database");
    first.close();
    open(url).close();
    expect(versionOf(url)).toBe(version);
  });

  test("[DS83] a server whose connection was lost while the tables went two versions on writes nothing more", () => {
    const url = cluster.database();
    const late = open(url);
    const create = () => late.transaction(() => late.accounts.create(new Uint8Array(16), new Uint8Array(1)));
    create();
    cluster.ask(url, `${cutOff}; UPDATE yanshu_version SET version = ${version + 2}`);
    for (let tries = 0; tries < 3; tries++) expect(create).toThrow();
    expect(cluster.ask(url, "SELECT count(*) FROM accounts")).toBe("1");
    late.close();
  });

  test("[DS81] while the database is away a server lives, and is not ready until it is back", async () => {
    const log = open(cluster.database());
    const serving = serve({ log, port: 0, host: "127.0.0.1", operatorPort: 0 });
    const status = async (path: string, port = serving.port) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await status("/healthz"), await status("/readyz")]).toEqual([200, 200]);
    cluster.stop("immediate");
    await Bun.sleep(2_100);
    expect([await status("/healthz"), await status("/readyz")]).toEqual([200, 503]);
    expect(await status("/metrics", serving.operatorPort)).toBe(503);
    cluster.start();
    for (let tries = 0; (await status("/readyz")) !== 200; tries++) {
      expect(tries).toBeLessThan(20);
      await Bun.sleep(500);
    }
    await serving.stop();
    log.close();
  }, 60_000);

  test("[DS186] [DS81] the operator sees by status that the database is away, and what is known without it", async () => {
    const data = join(folder, "asked");
    const server = start("--port", "0", "--data", data, "--log", cluster.database());
    await portOf(server);
    const status = async () => {
      const { output, ended } = start("status", "--data", data);
      await ended;
      return output();
    };
    const says = (text: string) => until(async () => ((await status()).includes(text) ? true : undefined));
    await says(": ready,");
    cluster.stop("immediate");
    await says(": NOT READY: the database is away,");
    const output = await status();
    expect(output).toContain("THE DATABASE IS AWAY");
    for (const line of [/^room +.* free$/m, /^refused +nothing$/m]) expect(output).toMatch(line);
    cluster.start();
    await says(": ready,");
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
  }, 120_000);
});

test("[DS84] a migration takes nothing that the version before needs", () => {
  for (const [place, sql] of migrations.entries()) {
    if (place === 0) continue;
    const statements = sql.replaceAll(/--[^\n]*/g, "").split(";");
    for (const statement of statements) expect(statement).not.toMatch(takes);
  }
  for (const wrong of [
    "ALTER TABLE gates DROP COLUMN epoch",
    "DROP TABLE gates",
    "ALTER TABLE gates RENAME TO other_gates",
    "ALTER TABLE gates ALTER COLUMN epoch TYPE text",
    "ALTER TABLE gates ALTER note SET NOT NULL",
    "ALTER TABLE gates ADD COLUMN a integer NOT NULL",
    "ALTER TABLE gates ADD CHECK (epoch > 3)",
    "CREATE UNIQUE INDEX one ON gates (shard)",
  ])
    expect(wrong).toMatch(takes);
  for (const statement of next.split(";")) expect(statement).not.toMatch(takes);
});

test("[DS84] no statement depends on which columns a table has besides its own", () => {
  const all = [...new Bun.Glob("**/*.ts").scanSync(join(import.meta.dirname, "../.."))];
  const files = all.filter((name) => /^(log\/(sql|postgres)|blobs|features)\//.test(name));
  expect(files.length).toBeGreaterThan(15);
  for (const file of files.filter((name) => !name.endsWith(".test.ts"))) {
    const text = readFileSync(join(import.meta.dirname, "../..", file), "utf8");
    expect(text).not.toMatch(
      /SELECT \*|RETURNING \*|INSERT INTO (?!yanshu_version|blob_totals)[a-z_]+ (VALUES|SELECT)/,
    );
  }
});

const takes =
  /\bDROP\b|\bRENAME\b|\bTYPE\b|SET NOT NULL|ADD (CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN)|UNIQUE INDEX|ADD COLUMN (?=.*NOT NULL)(?!.*DEFAULT)/;
