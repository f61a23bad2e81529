/** An account that was deleted: nothing of it is in the server's files, and nobody else's is touched. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capabilityHashOf, limits } from "@yanshu/wire";
import { openBlobStore } from "../blobs/bun.ts";
import { Faults } from "../core/faults.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { dayMs, hourMs, minuteMs } from "../core/rate.ts";
import type { Log } from "../log/feature-tables.ts";
import { LogFullError } from "../log/log.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { remakeTables } from "../log/sqlite/bun-remake.ts";
import { ManualClock } from "../testkit/clock.ts";
import { fill, marked } from "../testkit/fill.ts";
import type { Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { pagesOf, remakes } from "../testkit/remakes.ts";
import { TestServer, type TestServerOptions, token } from "../testkit/test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-deleted-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { sha256 } = nodePrimitives;

/** Which of `needles` stand somewhere in the folder's files, by their last bytes: entries begin alike. */
function left(path: string, needles: readonly Uint8Array[]): readonly string[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    return needles.flatMap((needle, n) => (bytes.includes(needle.subarray(-32)) ? [`${name} has ${n}`] : []));
  });
}

function homeIn(name: string, options: TestServerOptions = {}) {
  const path = join(folder, name);
  const blobs = openBlobStore(join(path, "blobs"));
  return { path, home: new TestServer({ path: join(path, "yanshu.db"), blobs, ...options }) };
}

test("[DS56] [DS57] a day after an account was deleted no byte of it is in any file, also where the server is never quiet", async () => {
  // The test's clock does not move while a thread works, so here the server waits where else it would come again.
  const waiting = ({ transaction, ...log }: Log): Log => ({
    ...log,
    transaction: (work, ahead) => transaction(work, ahead),
  });
  const { path, home } = homeIn("busy", { between: (ports) => ({ ...ports, log: waiting(ports.log) }) });
  const ann = await home.person("ann");
  const others = await Promise.all(["ben", "cat", "dan"].map((name) => home.person(name)));
  const needles = await fill(home, ann, await ann.phone.signIn(home));
  const kept: Uint8Array[] = [];
  for (const other of others) kept.push(...(await fill(home, other, await other.phone.signIn(home))));
  expect(left(path, needles)).not.toEqual([]); // What is looked for can be found.

  const phone = await ann.phone.signIn(home);
  await phone.call("deleteAccount", {});
  expect(phone.closedWith?.code).toBe(4002);
  const busy = await (others[0] as Person).phone.signIn(home);
  for (let ms = 0; ms < dayMs; ms += minuteMs / 2) {
    // Something is written between any two looks of the housekeeping.
    await busy.call("addresses", { add: [marked("busy", 16)], remove: [] });
    await home.clock.pass(minuteMs / 2);
  }
  while (home.log.isRemakeDue()) await Bun.sleep(20); // In a thread of its own, whose time is not the test's.
  expect(left(path, needles)).toEqual([]);
  expect(new Set(left(path, kept).map((line) => line.split(" ").at(-1))).size).toBe(kept.length);
}, 60_000);

test("[DS56] nobody signs in, is found or is written to as an account that was deleted; it may register anew", async () => {
  const { home } = homeIn("gone");
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  const phone = await ann.phone.signIn(home);
  const tablet = await (await ann.addDevice(home, "tablet")).signIn(home);
  const capability = marked("capability", 16);
  await phone.call("capabilities", { add: [capabilityHashOf(sha256, capability)], remove: [] });
  const tag = marked("handle");
  await phone.call("setHandle", { handle: { tag, record: marked("record", limits.handleRecordBytes) } });
  expect(await refusal((await home.client()).call("deleteAccount", {}))).toBe("not-signed-in");
  const late = phone.call("deleteAccount", {});
  // What comes on the same line in the same moment is written for nobody.
  const after = refusal(phone.call("vaultAppend", { at: 0, segment: marked("late", 1_024) }));
  await late;
  expect(await after).toBe("unknown-account");
  expect([phone, tablet].map(({ closedWith }) => closedWith?.code)).toEqual([4002, 4002]);
  const caller = await home.client();
  expect(await refusal(ann.phone.signInOn(caller))).toBe("unknown-account");
  expect(await refusal((await home.client()).call("claim", { capability }))).toBe("bad-capability");
  const other = await ben.phone.signIn(home);
  const wanted = () => other.call("setHandle", { handle: { tag } });
  expect(await refusal(wanted())).toBe("handle-taken"); // Who asks for it is led to nobody, not to a stranger.
  await home.clock.pass(91 * dayMs);
  await wanted();
  await (await home.client()).call("register", {
    token,
    inception: ann.inception,
    entry: ann.entries[0] as Uint8Array,
  });
}, 60_000);

test("[DS57] copies that were left between the rows of others go too, when the file is made anew; that it is due outlives a restart", async () => {
  const path = join(folder, "remade.db");
  let log = openSqliteLog(path);
  const drawn = chance(7);
  const added = Array.from({ length: 300 }, () =>
    log.transaction(() => {
      const [id, inception] = [drawn(32), drawn(40)];
      const ref = log.accounts.create(id, inception);
      const device = log.accounts.addDevice(ref, drawn(32), drawn(32));
      const packages = Array.from({ length: 10 }, () => drawn(700));
      for (const body of packages) log.accounts.addPackage(device, body, 30_000, false);
      const addresses = Array.from({ length: 20 }, () => drawn(16));
      for (const address of addresses) log.accounts.addAddress(address, device);
      return { ref, device, needles: [id, inception, ...packages, ...addresses] };
    }),
  );
  const gone = added.filter((_, n) => n % 6 === 0);
  for (const { ref, device } of gone)
    log.transaction(() => {
      log.accounts.dropDevice(device);
      log.accounts.drop(ref);
    });
  log.close();
  log = openSqliteLog(path);
  expect(log.isRemakeDue()).toBe(true);
  await log.remake();
  expect(log.isRemakeDue()).toBe(false);
  const bytes = readFileSync(path);
  const standingOf = (one: { needles: readonly Uint8Array[] }) =>
    one.needles.filter((needle) => bytes.includes(needle));
  expect(gone.flatMap(standingOf)).toEqual([]);
  expect(added.filter((one) => !gone.includes(one)).every((one) => standingOf(one).length === one.needles.length)).toBe(
    true,
  );
  log.close();
});

/** All that stands in a file, table by table. */
function standing(path: string): Readonly<Record<string, readonly unknown[]>> {
  const database = new Database(path);
  expect(database.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  const names = database
    .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .values()
    .flat()
    .map(String);
  const order = (name: string) => (database.query(`PRAGMA table_info("${name}")`).values().length > 1 ? "1, 2" : "1");
  const found = Object.fromEntries(
    names.map((name) => [name, database.query(`SELECT * FROM "${name}" ORDER BY ${order(name)}`).values()]),
  );
  const indexes = database.query(
    "SELECT tbl_name, count(*) FROM sqlite_schema WHERE type = 'index' GROUP BY 1 ORDER BY 1",
  );
  found["indexes"] = indexes.values();
  found["triggers"] = database.query("SELECT name FROM sqlite_schema WHERE type = 'trigger'").values();
  database.close(false);
  return found;
}

function filled(path: string, accounts: number, draw: (length: number) => Uint8Array) {
  const log = openSqliteLog(path);
  const add = () =>
    log.transaction(() => {
      const ref = log.accounts.create(draw(32), draw(40));
      const device = log.accounts.addDevice(ref, draw(32), draw(32));
      for (let n = 0; n < 5; n++) log.accounts.addPackage(device, draw(700), 30_000, false);
      for (let n = 0; n < 5; n++) log.accounts.addAddress(draw(16), device);
      for (let n = 0; n < 3; n++) log.features.backup.appendSegment(ref, draw(4_096));
      return { ref, device };
    });
  return { log, add, all: Array.from({ length: accounts }, add) };
}

test("[DS116] cut off at any step, remaking has lost nothing, is still due, and the next one cleans up after it", () => {
  const path = join(folder, "cut.db");
  const { log, all } = filled(path, 60, chance(9));
  const [gone] = all;
  log.transaction(() => {
    log.accounts.dropDevice(gone?.device as number);
    log.accounts.drop(gone?.ref as number);
  });
  log.close();
  const before = standing(path);
  const database = new Database(path);
  database.run("PRAGMA secure_delete = ON");
  let cuts = 0;
  for (let at = 1; ; at += 1 + (at >> 1)) {
    let left = at;
    try {
      remakeTables(database, () => {
        if (--left === 0) throw new Error("cut");
      });
      break; // It came to its end before.
    } catch (error) {
      expect(error).toEqual(new Error("cut"));
      cuts++;
    }
    const again = openSqliteLog(path); // What a server that starts then sees, and others write.
    expect(again.isRemakeDue()).toBe(true);
    again.close();
  }
  expect(cuts).toBeGreaterThan(6);
  database.close(false);
  expect(standing(path)).toEqual(before);
}, 60_000);

test("[DS116] what is written, changed and deleted while the file is made anew is so in the new one", async () => {
  const path = join(folder, "meanwhile.db");
  const { log, add, all } = filled(path, 150, chance(11));
  const gone = all.splice(0, 5);
  for (const { ref, device } of gone)
    log.transaction(() => {
      log.accounts.dropDevice(device);
      log.accounts.drop(ref);
    });
  let isDone = false;
  const remade = log.remake().then(() => {
    isDone = true;
  });
  let rounds = 0;
  const [first, ...rest] = all;
  const kept: number[] = [];
  while (!isDone) {
    kept.push(add().ref);
    log.transaction(() => {
      log.features.backup.putSegment(first?.ref as number, 0, marked(`round ${++rounds}`, 4_096));
      const away = rest.pop();
      if (away !== undefined) log.features.backup.setVault(away.ref, false);
    });
    await Bun.sleep(2);
  }
  await remade;
  expect(rounds).toBeGreaterThan(3);
  expect(log.isRemakeDue()).toBe(false);
  expect(log.features.backup.segment(first?.ref as number, 0)).toEqual(marked(`round ${rounds}`, 4_096));
  for (const { ref } of rest) expect(log.features.backup.segments(ref, 9, { count: 9, bytes: 99_999 })).toHaveLength(3);
  for (const ref of kept) expect(log.features.backup.segments(ref, 9, { count: 9, bytes: 99_999 })).toHaveLength(3);
  expect(add().ref).toBeGreaterThan(Math.max(...kept));
  log.close();
  const { triggers, ...tables } = standing(path);
  expect(triggers).toEqual([]);
  expect(Object.keys(tables).filter((name) => name.includes("~"))).toEqual([]);
}, 60_000);

/** A file from which an account went: its tables are to be made anew. */
function due(name: string, seed: number): string {
  const path = join(folder, name);
  const { log, all } = filled(path, 60, chance(seed));
  log.transaction(() => {
    log.accounts.dropDevice(all[0]?.device as number);
    log.accounts.drop(all[0]?.ref as number);
  });
  log.close();
  return path;
}

/** Fewer than a copy of the larger tables has. */
const fewPages = 8;

test("[DS196] where the disk fills while tables are made anew the half-made copy goes at once, and all else stands", async () => {
  const path = due("filled.db", 13);
  const before = standing(path);
  const log = openSqliteLog(path, { pagesMax: pagesOf(path).all + fewPages });
  await expect(log.remake()).rejects.toThrow(LogFullError);
  expect(log.isRemakeDue()).toBe(true);
  log.close();
  expect(standing(path)).toEqual(before);
}, 60_000);

test("[DS196] room that making tables anew freed is given back to the disk, also where nobody writes", async () => {
  const path = due("given-back.db", 15);
  const { home, begun, minutes } = remakes({ path });
  await minutes(4);
  expect(begun).toHaveLength(1);
  expect(home.log.isRemakeDue()).toBe(false);
  expect(pagesOf(path).free).toBe(0);
}, 60_000);

test("[DS197] where tables could not be made anew it is tried again after an hour, not sooner, and done once there is room", async () => {
  const path = due("again.db", 17);
  const { home, begun, minutes } = remakes({ path, log: { pagesMax: pagesOf(path).all + fewPages } });
  await minutes(70);
  expect(begun).toHaveLength(2);
  expect((begun[1] as number) - (begun[0] as number)).toBeGreaterThanOrEqual(hourMs);
  expect(home.log.isRemakeDue()).toBe(true);
  home.server.stop();
  home.log.close();
  const roomy = remakes({ path });
  await roomy.minutes(4);
  expect(roomy.home.log.isRemakeDue()).toBe(false);
}, 60_000);

test("[DS198] tables are made anew only where the disk holds a copy of the largest: else it is left, and the operator is told", async () => {
  const path = due("no-room.db", 19);
  const reserveBytes = 1_000_000;
  let freeBytes = 2 * reserveBytes + 100_000;
  const told: string[] = [];
  const clock = new ManualClock();
  const faults = new Faults((line) => told.push(line), clock.nowMs);
  let givenUp = 0;
  const disk = {
    reserveBytes,
    freeBytes: () => freeBytes,
    reserve: () => "held" as const,
    giveUp: () => void givenUp++,
    takeBack: async () => undefined,
  };
  const { home, begun, minutes } = remakes({ path, clock, faults }, disk);
  const pages = pagesOf(path).all;
  await minutes(70);
  expect(begun).toHaveLength(2);
  expect(home.log.isRemakeDue()).toBe(true);
  expect(pagesOf(path).all).toBeLessThanOrEqual(pages);
  expect(home.server.counts().remakeLackingBytes).toBeGreaterThan(500_000);
  expect([home.server.counts().failedWrites, givenUp]).toEqual([0, 0]);
  expect(told.filter((line) => line.includes("lacks room to make its tables anew"))).toHaveLength(2);
  freeBytes += home.server.counts().remakeLackingBytes;
  await minutes(60);
  expect(home.log.isRemakeDue()).toBe(false);
  expect(home.server.counts().remakeLackingBytes).toBe(0);
}, 60_000);

function chance(seed: number): (length: number) => Uint8Array {
  let drawn = 0;
  return (length) => marked(`${seed} ${drawn++}`, length);
}
