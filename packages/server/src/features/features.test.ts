/** What holds for every feature of the list, whichever it is. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallName, calls } from "@yanshu/wire";
import { featureRules } from "../../../../tools/arrows-rules.ts";
import { defaultConfig } from "../core/config.ts";
import { Services } from "../core/running-features.ts";
import { provide, services, type UploadTokens } from "../feature.ts";
import { CallRouter } from "../gateway/call-router.ts";
import { limitOptions } from "../limit-options.ts";
import { allFeatures, type Log, migrationsWith } from "../log/feature-tables.ts";
import type { TableCount } from "../log/log.ts";
import { ofNobody, ofOne } from "../log/sql/account-export.ts";
import { metricsText } from "../operator/metrics.ts";
import { fill } from "../testkit/fill.ts";
import { PostgresInside } from "../testkit/pglite.ts";
import { TestServer, type TestServerOptions } from "../testkit/test-server.ts";
import { featureCases } from "./tables-contract.ts";

const quietLoop = { eventLoopDelayP99Ms: 0, eventLoopDelayMaxMs: 0 };
const storing = allFeatures.filter(({ migrations }) => migrations.sqlite.length > 0);
const tableIn = (sql: string): string[] => [...sql.matchAll(/CREATE TABLE (\w+)/g)].map(([, name = ""]) => name);

test("[RO13] each folder of a feature is in the list, by its name", () => {
  const folders = readdirSync(import.meta.dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const apart = featureRules.server?.notYet ?? [];
  expect([...allFeatures.map(({ name }) => name), ...apart].toSorted()).toEqual(
    folders.map(({ name }) => name).toSorted(),
  );
});

test("[DS34] each feature makes the same tables in both databases, says whose they are, and has a contract", () => {
  for (const { name, migrations, owned, ofNobody: free = [] } of allFeatures) {
    const said = [...owned.map(({ table }) => table), ...free].toSorted();
    for (const dialect of ["sqlite", "postgres"] as const)
      expect([name, migrations[dialect].flatMap(({ up }) => tableIn(up)).toSorted()]).toEqual([name, said]);
  }
  expect(Object.keys(featureCases).toSorted()).toEqual(storing.map(({ name }) => name).toSorted());
});

test("[DS34] migrations of the core and of all features have one order: none is missing, and no two have one number", () => {
  const own = storing.flatMap(({ migrations }) => migrations.sqlite.map(({ number }) => number));
  expect(migrationsWith("sqlite", [{ number: 1, up: "SELECT 1" }])[0]).toBe("SELECT 1");
  expect(() => migrationsWith("sqlite", [])).toThrow("migration 1 of sqlite");
  const twice = { number: own[0] as number, up: "SELECT 2" };
  expect(() => migrationsWith("sqlite", [{ number: 1, up: "SELECT 1" }, twice])).toThrow(
    `migration ${twice.number + 1}`,
  );
});

test("[RO13] a feature is given what the core or an earlier feature provides, and an order that cannot serve it ends the start", () => {
  const rendezvous = () => true;
  const given = new Services([provide(services.rendezvous, rendezvous)]);
  expect(given.ask(services.rendezvous)).toBe(rendezvous);
  expect(given.ask(services.uploadTokens)).toBeUndefined();
  const tokens = provide(services.uploadTokens, {} as UploadTokens);
  expect(() => given.add([tokens])).toThrow("upload tokens was asked for before it was provided");
  const early = new Services([tokens]);
  expect(early.ask(services.uploadTokens)).toBe(tokens.is as UploadTokens);
  expect(() => early.add([tokens])).toThrow("two provide upload tokens");
});

test("[DS80] each count of a feature has its metric, and no name is there twice", () => {
  const home = new TestServer();
  const counts = home.server.counts();
  const text = metricsText({ ...counts, rssBytes: 0, cpuMs: 0, slowReaders: 0, ...quietLoop });
  for (const { metrics = {} } of allFeatures)
    for (const [count, { name }] of Object.entries(metrics)) {
      expect([count, typeof counts[count as keyof typeof counts]]).toEqual([count, "number"]);
      expect(text.split(`# TYPE yanshu_${name} `)).toHaveLength(2);
    }
  const told = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  expect(told).toHaveLength(new Set(told).size);
  expect(told).toContain("yanshu_call_rooms_total");
  home.server.stop();
});

test("[DS71] docs/DATA.md has a table of each feature that keeps something, with each of its columns", () => {
  const page = readFileSync(join(import.meta.dir, "../../../../docs/DATA.md"), "utf8");
  const server = page.slice(page.indexOf("\n## On the server\n"), page.indexOf("\nBeside them stand "));
  for (const { name, owned } of storing) {
    const [, part = ""] = server.split(`\n**\`${name}\`**: `);
    const [own = ""] = part.split("\n**`");
    const said = [...own.matchAll(/^\| ([a-z_]+)\.([^|]*?) \|/gm)].flatMap(([, table = "", columns = ""]) =>
      columns.split(", ").map((column) => `${table}.${column.replace(".", "")}`),
    );
    expect(said.length).toBeGreaterThan(0);
    for (const { table, columns } of owned)
      for (const column of columns)
        expect([name, said]).toEqual([name, expect.arrayContaining([`${table}.${column}`])]);
  }
});

test("[DS24] each limit of a feature is in the config by its default, and each of its options reads and sets one of them", () => {
  for (const { name, limits, options = {} } of allFeatures) {
    for (const [key, value] of Object.entries(limits as object))
      expect([name, key, defaultConfig[key as keyof typeof defaultConfig]]).toEqual([name, key, value]);
    for (const [flag, { of, unit = 1 }] of Object.entries(options)) {
      expect([name, Object.hasOwn(limits as object, of[0] as string)]).toEqual([name, true]);
      const option = limitOptions[flag];
      const changed = option?.write(defaultConfig, 7 * unit);
      expect(changed && option?.read(changed)).toBe(7 * unit);
      expect(changed && Object.keys(changed)).toEqual(Object.keys(defaultConfig));
    }
  }
});

test("[WI5] a call that nobody answers, or two do, keeps a server from beginning", () => {
  const names = Object.keys(calls) as CallName[];
  const rule = { grows: false, handle: () => undefined };
  const whole = Object.fromEntries(names.map((name) => [name, rule]));
  const routed = (...rules: object[]) =>
    new CallRouter({ config: defaultConfig, rules } as unknown as ConstructorParameters<typeof CallRouter>[0]);
  routed(whole);
  const { setHandle: _, ...without } = whole;
  expect(() => routed(without)).toThrow("0 handle the call setHandle");
  expect(() => routed(whole, { setHandle: rule })).toThrow("2 handle the call setHandle");
});

/** A whole account, of which every table that can hold something of anybody holds something. */
async function filled(options: TestServerOptions) {
  const home = new TestServer(options);
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  for (const person of [ann, ben]) {
    const phone = await person.phone.signIn(home);
    const ref = home.log.accounts.find(person.account)?.ref ?? 0;
    const { ref: device } = home.log.accounts.devices(ref)[0] ?? { ref: 0 };
    const subscription = {
      endpoint: `https://push.example/${device}`,
      key: new Uint8Array(65),
      secret: new Uint8Array(16),
    };
    home.log.transaction(() => home.log.features.push.setSubscription(device, subscription));
    await fill(home, person, phone);
  }
  return { home, ann, ref: home.log.accounts.find(ann.account)?.ref ?? 0 };
}

function counted(log: Log, account: number): readonly TableCount[] {
  const counting = log.accounts.exportOf(account).counts();
  for (;;) {
    const step = counting.next();
    if (step.done === true) return step.value;
  }
}

function deletedWhole(
  name: string,
  open: () => { readonly options: TestServerOptions; readonly rows: (sql: string) => unknown },
): void {
  test(`[DS56] [DS70] ${name}: the export shows rows of every feature, and deleting the account leaves none of them`, async () => {
    const { options, rows } = open();
    const { home, ann, ref } = await filled(options);
    const devices = home.log.accounts.devices(ref).map((device) => device.ref);
    const features = storing.flatMap(({ owned }) => owned);
    const standing = (): readonly (readonly [string, number])[] =>
      features.map(({ table, owner, by }) => {
        const owners = by === "account" ? [ref] : devices;
        return [table, Number(rows(`SELECT count(*) FROM ${table} WHERE ${owner} IN (${owners.join()})`))] as const;
      });
    const before = standing();
    expect(before.filter(([, count]) => count === 0)).toEqual([]);
    const told = new Map(counted(home.log, ref).map(({ table, rows: count }) => [table, count]));
    for (const [table, count] of before) expect([table, told.get(table)]).toEqual([table, count]);
    const phone = await ann.phone.signIn(home);
    await phone.call("deleteAccount", {});
    expect(standing().filter(([, count]) => count > 0)).toEqual([]);
    // Of the other account all is there.
    const ben = home.log.accounts.byRef(ref + 1)?.ref ?? 0;
    for (const { table } of features)
      expect([table, counted(home.log, ben).find((one) => one.table === table)?.rows]).not.toEqual([table, 0]);
  }, 60_000);
}

const folder = mkdtempSync(join(tmpdir(), "yanshu-features-"));
afterAll(() => rmSync(folder, { recursive: true }));

deletedWhole("SQLite", () => {
  const path = join(folder, "home.db");
  return {
    options: { path },
    rows: (sql) => {
      const file = new Database(path, { readonly: true });
      try {
        return file.query(sql).values()[0]?.[0];
      } finally {
        file.close();
      }
    },
  };
});

describe("over PostgreSQL", () => {
  let postgres: PostgresInside;
  beforeAll(async () => {
    postgres = await PostgresInside.begin();
  }, 60_000);
  afterAll(() => postgres.end());
  deletedWhole("PostgreSQL", () => {
    const database = postgres.database();
    return { options: { over: database.open().log }, rows: (sql) => database.rows(sql)[0]?.[0] };
  });
});

test("[DS71] no table is told as somebody's and said to be nobody's", () => {
  const told = ofOne.map(({ table }) => table);
  expect(new Set(told).size).toBe(told.length);
  expect(told.filter((table) => ofNobody.includes(table))).toEqual([]);
});
