/** An account that was deleted: nothing of it is in the server's files, and nobody else's is touched. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capabilityHashOf, limits } from "@yanshu/wire";
import { openBlobStore } from "../blobs/bun.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { dayMs, minuteMs } from "../core/rate.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { fill, marked } from "../testkit/fill.ts";
import type { Person } from "../testkit/person.ts";
import { refusal } from "../testkit/refusal.ts";
import { Town, type TownOptions, token } from "../testkit/town.ts";

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

function townIn(name: string, options: TownOptions = {}) {
  const path = join(folder, name);
  const blobs = openBlobStore(join(path, "blobs"));
  return { path, town: new Town({ path: join(path, "yanshu.db"), blobs, ...options }) };
}

test("[DS56] [DS57] a day after an account was deleted no byte of it is in any file, also where the server is never quiet", async () => {
  const { path, town } = townIn("busy");
  const ann = await town.person("ann");
  const others = await Promise.all(["ben", "cat", "dan"].map((name) => town.person(name)));
  const needles = await fill(town, ann, await ann.phone.signIn(town));
  const kept: Uint8Array[] = [];
  for (const other of others) kept.push(...(await fill(town, other, await other.phone.signIn(town))));
  expect(left(path, needles)).not.toEqual([]); // What is looked for can be found.

  const phone = await ann.phone.signIn(town);
  await phone.call("deleteAccount", {});
  expect(phone.closedWith?.code).toBe(4002);
  const busy = await (others[0] as Person).phone.signIn(town);
  for (let ms = 0; ms < dayMs; ms += minuteMs / 2) {
    // Something is written between any two looks of the housekeeping.
    await busy.call("addresses", { add: [marked("busy", 16)], remove: [] });
    await town.clock.pass(minuteMs / 2);
  }
  expect(left(path, needles)).toEqual([]);
  expect(new Set(left(path, kept).map((line) => line.split(" ").at(-1))).size).toBe(kept.length);
});

test("[DS56] nobody signs in, is found or is written to as an account that was deleted; it may register anew", async () => {
  const { town } = townIn("gone");
  const [ann, ben] = [await town.person("ann"), await town.person("ben")];
  const phone = await ann.phone.signIn(town);
  const tablet = await (await ann.addDevice(town, "tablet")).signIn(town);
  const capability = marked("capability", 16);
  await phone.call("capabilities", { add: [capabilityHashOf(sha256, capability)], remove: [] });
  const tag = marked("handle");
  await phone.call("setHandle", { handle: { tag, record: marked("record", limits.handleRecordBytes) } });
  expect(await refusal((await town.client()).call("deleteAccount", {}))).toBe("not-signed-in");
  const late = phone.call("deleteAccount", {});
  // What comes on the same line in the same moment is written for nobody.
  const after = refusal(phone.call("vaultAppend", { at: 0, segment: marked("late", 1_024) }));
  await late;
  expect(await after).toBe("unknown-account");
  expect([phone, tablet].map(({ closedWith }) => closedWith?.code)).toEqual([4002, 4002]);
  const door = await town.client();
  expect(await refusal(ann.phone.signInOn(door))).toBe("unknown-account");
  expect(await refusal((await town.client()).call("claim", { capability }))).toBe("bad-capability");
  const other = await ben.phone.signIn(town);
  const wanted = () => other.call("setHandle", { handle: { tag } });
  expect(await refusal(wanted())).toBe("handle-taken"); // Who asks for it is led to nobody, not to a stranger.
  await town.clock.pass(91 * dayMs);
  await wanted();
  await (await town.client()).call("register", {
    token,
    inception: ann.inception,
    entry: ann.entries[0] as Uint8Array,
  });
});

test("[DS57] copies that were left between the rows of others go too, when the file is made anew; that it is due outlives a restart", () => {
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
  log.remake();
  expect(log.isRemakeDue()).toBe(false);
  const bytes = readFileSync(path);
  const standing = (one: { needles: readonly Uint8Array[] }) => one.needles.filter((needle) => bytes.includes(needle));
  expect(gone.flatMap(standing)).toEqual([]);
  expect(added.filter((one) => !gone.includes(one)).every((one) => standing(one).length === one.needles.length)).toBe(
    true,
  );
  log.close();
});

function chance(seed: number): (length: number) => Uint8Array {
  let drawn = 0;
  return (length) => marked(`${seed} ${drawn++}`, length);
}
