/** Several processes on one port: real ones, over one PostgreSQL and one bucket. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OptionError, readOptions } from "../options.ts";
import { Person } from "../testkit/person.ts";
import { freePort } from "../testkit/ports.ts";
import { hasPostgres, PostgresCluster } from "../testkit/postgres.ts";
import { endAll, Socket, type Started, settle, start, startWith, until } from "../testkit/process.ts";
import { S3Fake } from "../testkit/s3.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-share-port-"));
const keys = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
const log = ["--log", "postgres://yanshu@localhost/yanshu"];
const blobs = ["--blobs", "s3://messages"];

test("[DS98] a port is shared by servers alone that share their database and their files", () => {
  const share = ["--share-port", "yes"];
  expect(readOptions([...share, ...log, ...blobs], keys).sharePort).toBe(true);
  expect(readOptions([...log, ...blobs], keys).sharePort).toBe(false);
  for (const [args, sentence] of [
    [share, /^--share-port \(YANSHU_SHARE_PORT\) needs --log postgres:/],
    [[...share, ...log], /--share-port .* needs --blobs s3:/],
    [[...share, ...log, ...blobs, "--port", "0"], /--share-port .* needs a --port/],
  ] as const) {
    expect(() => readOptions(args, keys)).toThrow(OptionError);
    expect(() => readOptions(args, keys)).toThrow(sentence);
  }
});

type Home = Started & { readonly data: string; readonly counts: () => Promise<Record<string, number>> };
let postgres: PostgresCluster;
let bucket: S3Fake;

describe.skipIf(!hasPostgres)("two processes on one port", () => {
  beforeAll(async () => {
    postgres = await PostgresCluster.begin();
    bucket = new S3Fake();
  }, 60_000);
  afterAll(async () => {
    endAll();
    await bucket.end();
    postgres.end();
    rmSync(folder, { recursive: true });
  }, 30_000);

  async function home(url: string, port: number): Promise<Home> {
    const data = mkdtempSync(join(folder, "home-"));
    const operatorPort = await freePort();
    const numbers = ["--port", `${port}`, "--operator-port", `${operatorPort}`, "--drain-seconds", "3"];
    const shared = ["--log", url, "--blobs", bucket.url, "--share-port", "yes", "--domain", "home.example"];
    const started = startWith(bucket.environment, ...numbers, "--data", data, ...shared);
    await until(() => started.output().includes("listens at"));
    const counts = async () => (await (await fetch(`http://127.0.0.1:${operatorPort}/`)).json()) as never;
    return { ...started, data, counts };
  }

  test("[DS98] both are met, a message reaches who is at the other, and one that ends sends nobody away who comes", async () => {
    const [url, port] = [postgres.database(), await freePort()];
    const homes = [await home(url, port), await home(url, port)] as const;
    const bob = new Person("bob");
    const address = new Uint8Array(16).fill(1);
    await settle(port, bob, homes[0].data, address);
    const phone = new Socket(port);
    await phone.signIn(bob, 1);

    const callers = Array.from({ length: 32 }, () => new Socket(port));
    await Promise.all(callers.map((one) => one.open()));
    const met = await Promise.all(homes.map(async ({ counts }) => (await counts())["connections"] ?? 0));
    expect(met.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(33);
    expect(Math.min(...met)).toBeGreaterThan(3);

    const message = (text: string) => [
      { target: { kind: "address" as const, address }, envelope: new TextEncoder().encode(text) },
    ];
    const words = callers.map((_, i) => `message ${i}`);
    for (const [i, caller] of callers.entries())
      expect(await caller.post({ mode: "deposit" }, message(words[i] as string))).toMatchObject({ type: "ok" });
    await until(() => phone.reads.length >= words.length || phone.acknowledge() || undefined);
    expect(phone.reads.toSorted()).toEqual(words.toSorted());
    phone.acknowledge();

    const isAtFirst = ((await homes[0].counts())["signedIn"] ?? 0) === 1;
    const [its, others] = isAtFirst ? homes : [homes[1], homes[0]];
    its.child.kill("SIGTERM");
    await until(() => phone.closed);
    expect(phone.closed?.code).toBe(4007);
    const late = Array.from({ length: 32 }, () => new Socket(port));
    await Promise.all(late.map((one) => one.open()));
    expect(await its.ended).toBe(0);
    expect(late.filter(({ closed }) => closed !== undefined)).toEqual([]);
    const again = new Socket(port);
    await again.signIn(bob, 2);
    expect(await late[0]?.post({ mode: "deposit" }, message("afterwards"))).toMatchObject({ type: "ok" });
    await until(() => again.reads.includes("afterwards"));
    others.child.kill("SIGINT");
    await others.ended;
  }, 60_000);

  test("[DS98] who does not share the port does not get it", async () => {
    const [url, port] = [postgres.database(), await freePort()];
    const sharing = await home(url, port);
    const alone = start("--port", `${port}`, "--data", join(folder, "alone"));
    expect(await alone.ended).toBe(1);
    expect(alone.output()).toMatch(/port is in use/);
    sharing.child.kill("SIGINT");
    await sharing.ended;
  }, 60_000);
});
