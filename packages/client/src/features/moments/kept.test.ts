/** What is read anew, and what is not. */
import { expect, test } from "bun:test";
import { type Database, migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { UnixMs } from "@yanshu/wire";
import type { DeviceBackupWriter, Engine } from "../../core/engine.ts";
import { registryOf } from "../../core/registry.ts";
import { createDeviceBackup } from "../../recovery/device-backup.ts";
import { clientFeatures } from "../index.ts";
import { keptUntilWritten } from "./kept.ts";
import { lookForPutOff } from "./reading.ts";
import { isWithin } from "./values.ts";

test("[MO86] what was read holds until something is written, in each store by itself", () => {
  const [one, other] = [openBunDatabase(":memory:"), openBunDatabase(":memory:")];
  for (const db of [one, other]) migrate(db, migrations);
  let times = 0;
  const read = keptUntilWritten(({ db }: { readonly db: Database }) => {
    times++;
    return db.all<{ account: Uint8Array }>("SELECT account FROM moment_friends").length;
  });
  const befriend = (db: Database, nth: number) =>
    db.run("INSERT INTO moment_friends (account) VALUES (?)", new Uint8Array(32).fill(nth));
  expect([read({ db: one }), read({ db: one }), times]).toEqual([0, 0, 1]);
  befriend(one, 1);
  expect([read({ db: one }), read({ db: one }), times]).toEqual([1, 1, 2]);
  expect([read({ db: other }), times]).toEqual([0, 3]);
  // Also of what a transaction wrote so far.
  one.transaction(() => {
    befriend(one, 2);
    expect(read({ db: one })).toBe(2);
  });
  expect([read({ db: one }), times]).toEqual([2, 4]);
  // What was read in one that came to nothing is not so.
  const comesToNothing = () =>
    one.transaction(() => {
      befriend(one, 3);
      expect(read({ db: one })).toBe(3);
      throw new Error("stop");
    });
  expect(comesToNothing).toThrow("stop");
  expect(read({ db: one })).toBe(2);
  one.close();
  other.close();
});

test("[MO86] what follows from some tables is read again where one of those was written, and from no other", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  let times = 0;
  const read = keptUntilWritten(
    ({ db: store }: { readonly db: Database }) => {
      times++;
      return store.all("SELECT account FROM moment_friends").length;
    },
    ["contacts", "moment_friends"],
  );
  const account = (nth: number) => new Uint8Array(32).fill(nth);
  expect([read({ db }), times]).toEqual([0, 1]);
  db.run("INSERT INTO moment_starts (account, log, heads) VALUES (?, ?, ?)", account(1), account(2), account(3));
  expect([read({ db }), times]).toEqual([0, 1]);
  db.run("INSERT INTO moment_friends (account) VALUES (?)", account(1));
  expect([read({ db }), times]).toEqual([1, 2]);
  db.close();
});

test("[MO85] [MO106] [MO127] what happens in Moments is kept in the device backup within half a minute, what is decided as soon as all else, what is said never, and none while an app begins", () => {
  const waits: number[] = [];
  const works: (() => void)[] = [];
  const engine = {
    ports: {
      deviceBackup: {},
      after: (ms: number, work: () => void) => {
        waits.push(ms);
        works.push(work);
      },
    },
    own: {},
    features: registryOf(clientFeatures),
  };
  const topics = [
    ["moments"],
    ["moments", "moments-said"],
    ["moments", "moments-decided"],
    ["moments", "contacts"],
    ["moments-said", "contacts"],
    ["moments-said"],
    ["moments-looking"],
  ];
  const waited = (backup: DeviceBackupWriter, some: readonly string[]) => {
    waits.length = 0;
    backup.scheduleFlush(some);
    for (const work of works.splice(0)) work();
    return waits[0];
  };
  for (const [nth, some] of topics.entries()) {
    const backup = createDeviceBackup(engine as unknown as Engine);
    const first = waited(backup, some);
    const never = nth >= 5;
    const due = nth < 2 ? [30_000, 30_000] : [10_000, 2_000];
    expect([first, waited(backup, some)]).toEqual(never ? [undefined, undefined] : due);
  }
});

test("[MO87] a time that lies ahead, by a clock that was put back since, keeps nothing from being looked for", () => {
  const [hourMs, sinceMs] = [3_600_000, 1_800_000_000_000];
  expect([0, 1, hourMs - 1].map((ms) => isWithin(hourMs, sinceMs, sinceMs + ms))).toEqual([true, true, true]);
  expect([hourMs, 24 * hourMs].map((ms) => isWithin(hourMs, sinceMs, sinceMs + ms))).toEqual([false, false]);
  expect([1, 24 * hourMs].map((ms) => isWithin(hourMs, sinceMs, sinceMs - ms))).toEqual([false, false]);
});

test("[MO87] what a clock that ran ahead put off is looked for once it is put right; what waits as long as it should goes on waiting", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const [nowMs, hourMs, id] = [1_800_000_000_000, 3_600_000, new Uint8Array(32)];
  // Tried three times, an hour is waited for; four times, two; twenty times, seven days. A word may rest for good.
  const waits = [
    { tries: 3, ms: hourMs },
    { tries: 3, ms: hourMs + 1 },
    { tries: 4, ms: 2 * hourMs },
    { tries: 4, ms: 24 * hourMs },
    { tries: 20, ms: 168 * hourMs },
    { tries: 20, ms: 169 * hourMs },
    { tries: 90, ms: 168 * hourMs },
    { tries: 0, ms: Number.MAX_SAFE_INTEGER - nowMs },
  ];
  const post = `INSERT INTO moments (id, author, secret, name, kind, at_ms, day, until_day, signed, state, got_ms, tries, again_ms)
    VALUES (?, ?2, ?2, ?2, '', 0, 0, 0, x'', 'wanted', 0, ?3, ?4)`;
  const word = `INSERT INTO moment_closed (name, author, log, header, hint, day, got_ms, tries, again_ms)
    VALUES (?, ?2, ?2, ?2, ?2, 0, 0, ?3, ?4)`;
  for (const [nth, { tries, ms }] of waits.entries())
    for (const sql of [post, word]) db.run(sql, new Uint8Array(32).fill(nth), id, tries, nowMs + ms);
  lookForPutOff({ db, nowMs: () => nowMs as UnixMs });
  const due = (table: string, key: string) =>
    db
      .all<{ nth: Uint8Array }>(`SELECT ${key} AS nth FROM ${table} WHERE again_ms = 0 ORDER BY ${key}`)
      .map(({ nth }) => nth[0]);
  expect([due("moments", "id"), due("moment_closed", "name")]).toEqual([
    [1, 3, 5, 7],
    [1, 3, 5],
  ]);
});
