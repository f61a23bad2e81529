import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { looked, texts, words } from "./moments.ts";

// More than a year passes.
setDefaultTimeout(300_000);

const crypto = createBunCrypto();
const dayMs = 86_400_000;

/** Nobody's device is on for so many days; then these are, for a while. */
async function away(world: World, days: number, ...people: readonly Person[]): Promise<void> {
  for (const one of world.people) one.crash();
  await world.pass(days * dayMs);
  await Promise.all(people.map((one) => one.switchOn()));
  await world.pass(60_000);
  await looked(world, ...people);
  await world.pass(30_000);
}

function holesOf(path: string) {
  const db = new Database(path);
  return {
    endsIn: (name: Bytes, world: World) => {
      const row = db.query("SELECT expires_day FROM holes WHERE hole = ?").get(name) as { expires_day: number } | null;
      return row === null ? 0 : row.expires_day - Math.floor(world.clock.nowMs() / dayMs);
    },
    end: () => db.close(),
  };
}

function picture() {
  const bytes = crypto.random(40_000);
  const source = { size: bytes.length, slice: (start: number, end: number) => new Blob([bytes.slice(start, end)]) };
  return {
    bytes,
    sent: { source, type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const,
  };
}

test("[MO2] [HO8] what is for good outlives the days that home keeps it, and what was withdrawn does not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-moments-"));
  const world = new World({ seed: 930, files: true, logPath: join(folder, "log.sqlite") });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const { bytes, sent } = picture();
  const kept = await world.during(ann.api.postMoment({ ...words("一直在"), pictures: [sent] }));
  const gone = await ann.api.postMoment(words("以后删掉"));
  const hers = await ann.api.postMoment(words("以后只给自己"));
  await ann.api.setMomentsWindow(180);
  const ended = await ann.api.postMoment(words("半年"));
  await ann.api.setMomentsWindow("all");
  await world.pass(5_000);
  await looked(world, ann, ben);
  const nameOf = (id: string) =>
    ann.disk.all<{ name: Bytes }>("SELECT name FROM moments WHERE id = ?", fromHex(id))[0]?.name as Bytes;
  const names = [kept, gone, hers, ended].map(nameOf);
  const home = holesOf(join(folder, "log.sqlite"));
  const ends = () => names.map((name) => home.endsIn(name, world));
  for (const days of ends()) expect(days).toBeGreaterThan(170);
  const handle = ben.view("moment", kept)?.pictures[0]?.file.handle ?? "";
  // Home keeps a file for 30 days: one who comes by more often has it kept on.
  for (let round = 0; round < 5; round++) await away(world, 20, ann);
  expect(ann.disk.all("SELECT * FROM own_blobs WHERE created = 0")).toEqual([]);
  await ann.api.deleteMoment(gone);
  await ann.api.makeMomentPrivate(hers);
  await away(world, 1, ann, ben);
  const got = await world.during(ben.api.readFile(handle, 0, bytes.length));
  expect(Buffer.from(got).equals(bytes)).toBe(true);
  for (const days of [120, 150, 60]) await away(world, days, ann);
  // 431 days later: what home would have had no more.
  const [still, ...others] = ends();
  expect(still).toBeGreaterThan(250);
  for (const days of others) expect(days).toBeLessThanOrEqual(0);
  const cleo = await world.person("Cleo");
  await world.befriend(cleo, ann);
  await looked(world, ann, cleo);
  expect(texts(cleo)).toEqual(["一直在"]);
  // The file ended while she was away for longer: it was stored again.
  const shown = cleo.view("moment", kept)?.pictures[0]?.file.handle ?? "";
  const again = await world.during(cleo.api.readFile(shown, 0, bytes.length));
  expect(Buffer.from(again).equals(bytes)).toBe(true);
  expect(world.bugs()).toEqual([]);
  home.end();
  rmSync(folder, { recursive: true, force: true });
});

test("[MO176] [MO2] many older posts that are for nobody else keep none from being put again", async () => {
  const world = new World({ seed: 931, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  for (let n = 0; n < 64; n++) await ann.api.postMoment(words(`日记 ${n}`, { who: "me" }));
  await world.pass(dayMs);
  const kept = await ann.api.postMoment(words("一直在"));
  await world.pass(5_000);
  await looked(world, ann, ben);
  const putOn = () =>
    ann.disk.get<{ kept_day: number }>("SELECT kept_day FROM moments WHERE id = ?", fromHex(kept))?.kept_day;
  expect(putOn()).toBe(0);
  ann.crash();
  ann.disk.run("UPDATE moments SET day = day - 364"); // As if a year had passed.
  await ann.switchOn();
  await looked(world, ann);
  await world.until("it is put again", () => putOn() === Math.floor(world.clock.nowMs() / dayMs));
});
