/** An account that uses Moments is deleted (docs/spec/moments.md MO56, HO11): nothing of it stays at home. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { Holes } from "@yanshu/server/holes";
import { toHex } from "@yanshu/wire";
import type { Person } from "../index.ts";
import { friends, looked, OpenHome, picture, texts, words } from "./moments.ts";

setDefaultTimeout(120_000);

test("[MO56] [HO11] who deletes the account leaves no hole and no file at home, of another own device neither", async () => {
  const home = new OpenHome();
  const { world, people } = await friends({ seed: 976, logPath: home.path }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const bens = await ben.api.postMoment(words("of Ben"));
  await looked(world, ben);
  const names = () => home.db.query("SELECT hole FROM holes").all() as { hole: Uint8Array }[];
  const others = new Set(names().map(({ hole }) => toHex(hole)));
  expect(others.size).toBeGreaterThan(64);
  const tablet = await world.linkDevice(ann);
  await looked(world, ann, tablet, cleo);
  await world.during(ann.api.postMoment({ ...words("one"), pictures: [picture()] }));
  await looked(world, ann, tablet);
  for (const text of ["two", "three"]) await tablet.api.postMoment(words(text));
  await tablet.api.commentMoment(bens, "from the tablet");
  await ann.api.commentMoment(bens, "from the phone");
  await ann.api.setStatus({ icon: "busy", text: "", audience: { who: "all" } });
  await looked(world, ann, tablet, cleo);
  // The way to Cleo is another from now on, and so is that of Ann.
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(60_000);
  await ann.api.postMoment(words("four"));
  await looked(world, ann, ben, cleo);
  expect(texts(cleo)).toEqual(["four", "three", "two", "one"]);
  expect([names().length > 500, world.blobs?.files.size]).toEqual([true, 1]);
  // Ben's and Cleo's devices said nothing since.
  await world.during(ann.api.deleteAccount());
  await world.until(
    "it is done",
    () => ann.view("status").phase !== "ready" && ann.disk.all("SELECT 1 FROM moments").length === 0,
    600_000,
  );
  expect(names().filter(({ hole }) => !others.has(toHex(hole)))).toEqual([]);
  expect(world.blobs?.files.size).toBe(0);
  // What is kept on others' devices stays with them.
  expect(texts(ben)).toContain("four");
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO61] of two keys that own devices made at one time, and of each that a friend made, no hole stays either", async () => {
  const home = new OpenHome();
  const { world, people } = await friends({ seed: 977, logPath: home.path }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const [tablet, laptop] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  const bens = [await world.linkDevice(ben), await world.linkDevice(ben)];
  const names = () => home.db.query("SELECT hole FROM holes").all() as { hole: Uint8Array }[];
  await ann.api.postMoment(words("by the first way"));
  await looked(world, ann, laptop, ben);
  // Ben drops one device after the other: the way to him is another each time, and each has a cell.
  for (const one of bens) {
    await world.during(ben.api.revokeDevice(one.view("status").me?.device ?? ""));
    await looked(world, ben, ann);
    await ann.api.postMoment(words(`without ${one.device}`));
    await looked(world, ann, laptop, ben);
  }
  expect(ann.disk.get("SELECT theirs FROM moment_friends WHERE theirs > 0")).toEqual({ theirs: 3 });
  // Both phone and laptop make new keys, before either hears of those of the other.
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.atOnce("laptop knows", () => laptop.view("devices").length === 2);
  await world.during(
    Promise.all([
      ann.api.postMoment(words("under the phone's keys")),
      laptop.api.postMoment(words("under the laptop's keys")),
    ]),
  );
  await looked(world, ann, laptop, ben);
  await laptop.api.postMoment(words("under the laptop's keys"));
  await looked(world, laptop, ann, ben);
  const roots = laptop.disk.all<{ generation: number }>("SELECT DISTINCT generation, root FROM moment_own_logs");
  expect(roots.map(({ generation }) => generation).toSorted((a, b) => a - b)).toEqual([1, 2, 2]);
  expect(names().length).toBeGreaterThan(300);
  await world.during(laptop.api.deleteAccount());
  await world.until(
    "it is done",
    () => laptop.view("status").phase !== "ready" && ann.view("status").phase !== "ready",
  );
  await world.until("all of it", () => laptop.disk.all("SELECT 1 FROM moments").length === 0, 600_000);
  expect(names().length).toBe(0);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO62] where the line is lost in between, what home cleared already is not asked for again", async () => {
  const home = new OpenHome();
  const { world, people } = await friends({ seed: 978, logPath: home.path }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await ann.api.postMoment(words("one"));
  await looked(world, ann, ben);
  // As after years: what filled rounds of before is still to be cleared.
  const crypto = globalThis.crypto;
  for (let at = 0; at < 13_000; at++)
    ann.disk.run(
      "INSERT INTO moment_clears (secret, due_ms, is_own) VALUES (?, 1, 1)",
      crypto.getRandomValues(new Uint8Array(32)),
    );
  const honest = Holes.prototype.clear;
  const asked: string[][] = [];
  Holes.prototype.clear = async function (this: Holes, args, ...rest) {
    const secrets = Array.from({ length: args.secrets.length / 32 }, (_, at) =>
      toHex(args.secrets.subarray(at * 32, at * 32 + 32)),
    );
    asked.push(secrets);
    // The third call is not answered in time.
    if (asked.length === 3) return { kind: "error", code: "rate-limited" } as never;
    return honest.call(this, args, ...rest);
  } as typeof honest;
  try {
    await world.during(ann.api.deleteAccount());
    await world.until("it is done", () => ann.view("status").phase !== "ready");
    await world.until("all of it", () => ann.disk.all("SELECT 1 FROM moments").length === 0, 600_000);
  } finally {
    Holes.prototype.clear = honest;
  }
  expect(asked.length).toBe(4);
  expect([...(asked[3] ?? [])].toSorted()).toEqual([...(asked[2] ?? [])].toSorted());
  expect(home.db.query("SELECT 1 FROM holes").all()).toEqual([]);
  expect(world.bugs()).toEqual([]);
  home.end();
});
