/** A home whose disk died and was put back from a backup. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { World } from "../index.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-restored-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("[ID22] [DS26] after a restore every device tells home again what it lost, and all goes on", async () => {
  const world = new World({ seed: 86, logPath: join(folder, "home.db") });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "before the copy");
  await world.until("Ben reads", () => ben.reads(chat).includes("before the copy"));
  world.copyDisk(join(folder, "copy.db"));

  // After it: a commit, a new group, a new device, a new link, and sign-ins.
  const group = await world.group(ann, [ben, cat], "Family");
  await ann.say(group, "after the copy");
  await world.until("all read", () => [ben, cat].every((one) => one.reads(group).includes("after the copy")));
  const tablet = await world.linkDevice(ben);
  await world.during(cat.api.resetLink());
  await ben.say(chat, "since then");
  await world.until("Ann reads", () => ann.reads(chat).includes("since then"));
  const everybody = [ann, ben, cat, tablet];
  expect(everybody.map((one) => one.client.diagnostics()["home-restored"])).toEqual(everybody.map(() => undefined));

  world.restoreDisk(join(folder, "copy.db"));
  await world.until(
    "all are online",
    () => everybody.every((one) => one.view("status").network === "online" && one.view("status").phase === "ready"),
    120_000,
  );
  expect(everybody.map((one) => one.client.diagnostics()["home-restored"])).toEqual([1, 1, 1, 1]);
  await world.pass(10_000); // Until all is told.
  await ann.say(chat, "are you there?");
  await world.until(
    "both of Ben's read",
    () => [ben, tablet].every((one) => one.reads(chat).includes("are you there?")),
    300_000,
  );
  await cat.say(group, "and we?");
  await world.until(
    "all read Cat",
    () => [ann, ben, tablet].every((one) => one.reads(group).includes("and we?")),
    300_000,
  );

  // A person who comes now reaches those who were there, by a link that the copy did not know.
  const dan = await world.person("Dan");
  const other = await world.befriend(dan, cat);
  await dan.say(other, "hello");
  await world.until("Cat reads", () => cat.reads(other).includes("hello"));
  // A second sign-in is nothing new.
  ann.crash();
  await ann.switchOn();
  await world.until("Ann is online", () => ann.view("status").network === "online");
  await world.pass(5_000);
  expect(ann.client.diagnostics()["home-restored"]).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[ID76] a link that was reset since the copy leads nobody to its owner after a restore, whichever of their devices comes first", async () => {
  const world = new World({ seed: 1202, logPath: join(folder, "links.db") });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ben);
  const old = await world.during(ben.api.myLink());
  world.copyDisk(join(folder, "links-copy.db"));
  await world.pass(30_000);
  const fresh = await world.during(ben.api.resetLink());
  await world.pass(30_000);
  ben.crash();
  world.restoreDisk(join(folder, "links-copy.db"));
  await world.until("the tablet told", () => tablet.client.diagnostics()["home-restored"] === 1, 120_000);
  await world.pass(30_000);
  const ask = (link: string) => world.during(ann.api.requestContact({ link, greeting: "", scanned: false }));
  await expect(ask(old)).rejects.toThrow("link-reset");
  await ask(fresh);
  await world.until("he is asked", () => tablet.view("requests").length === 1, 60_000);
  expect(world.bugs()).toEqual([]);
});
