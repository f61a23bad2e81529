import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Person, World } from "../index.ts";

/** What a person is told, or undefined when it went well. */
async function told(world: World, work: Promise<unknown>): Promise<string | undefined> {
  return world.during(work).then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

async function findAndAsk(world: World, who: Person, typed: string): Promise<string> {
  const link = await world.during(who.api.findHandle(typed));
  expect(await who.api.readLink(link)).toMatchObject({ kind: "contact", name: "Maya", standing: "new" });
  return world.during(who.api.requestContact({ link, greeting: "还记得我吗？", scanned: false, isFound: true }));
}

test("[F-2a-1] [ID28] [ID29] a person is found by her handle, not verified, and both know by what", async () => {
  const world = new World({ seed: 350, files: true });
  const [maya, ben] = [await world.person("Maya"), await world.person("Ben")];
  await world.during(maya.api.setHandle("@Maya.L"));
  expect(maya.view("status").me?.handle).toEqual({ handle: "maya.l", isFound: true });
  const chat = await findAndAsk(world, ben, " ＠maya.l ");
  await world.until("she is asked", () => maya.view("requests").length === 1);
  expect(maya.view("requests")[0]).toMatchObject({ name: "Ben", source: { kind: "name" } });
  await maya.api.acceptRequest(chat);
  await world.until("they are contacts", () => ben.view("conversation", chat)?.state === "open");
  expect(ben.view("contacts")[0]).toMatchObject({ trust: "none", source: { kind: "name" } });
  expect(world.bugs()).toEqual([]);
});

test("[ID29] nobody there, not to be found and given up sound alike; what is none is told before home is asked", async () => {
  const world = new World({ seed: 351, files: true });
  const [maya, ben] = [await world.person("Maya"), await world.person("Ben")];
  await world.during(maya.api.setHandle("maya"));
  await world.during(maya.api.setFound(false));
  for (const typed of ["nobody", "maya"]) expect(await told(world, ben.api.findHandle(typed))).toBe("no-such-handle");
  expect(await told(world, ben.api.findHandle("妈妈"))).toBe("bad-handle");
  expect(await told(world, ben.api.findHandle("@maya:other.test"))).toBe("wrong-server");
  expect(world.bugs()).toEqual([]);
});

test("[ID28] turned off on one own device it leads nowhere, also whom it led before; and on again", async () => {
  const world = new World({ seed: 357, files: true });
  const [maya, ben] = [await world.person("Maya"), await world.person("Ben")];
  const tablet = await world.linkDevice(maya);
  await world.during(maya.api.setHandle("maya"));
  await world.until("her tablet knows", () => tablet.view("status").me?.handle.handle === "maya");
  const link = await world.during(ben.api.findHandle("maya"));
  await world.during(tablet.api.setFound(false));
  // Who found her before draws nothing either.
  const ask = () => told(world, ben.api.requestContact({ link, greeting: "", scanned: false, isFound: true }));
  expect(await ask()).toBe("link-reset");
  await world.until("her phone knows", () => maya.view("status").me?.handle.isFound === false);
  await world.during(maya.api.setFound(true));
  expect(await ask()).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[ID28] [ID29] what somebody has is taken, and rests when it was given up", async () => {
  const world = new World({ seed: 356, files: true });
  const [maya, ben] = [await world.person("Maya"), await world.person("Ben")];
  await world.during(maya.api.setHandle("maya"));
  expect(await told(world, ben.api.setHandle("maya"))).toBe("handle-taken");
  await world.during(maya.api.setHandle(""));
  expect(await told(world, ben.api.findHandle("maya"))).toBe("no-such-handle");
  expect(await told(world, ben.api.setHandle("maya"))).toBe("handle-taken"); // It rests.
  expect(world.bugs()).toEqual([]);
});

test("[ID28] a handle follows the name, the link and another one; her link that is off is another thing", async () => {
  const world = new World({ seed: 352, files: true });
  const [maya, ben] = [await world.person("妈妈"), await world.person("Ben")];
  await world.during(maya.api.setHandle("maya"));
  await maya.api.setProfile({ name: "Maya" });
  await world.pass(2_000);
  const before = await world.during(ben.api.findHandle("maya"));
  await world.during(maya.api.resetLink());
  await maya.api.setPrivacy({ takesLink: false });
  await world.pass(2_000);
  const asked = ben.api.requestContact({ link: before, greeting: "", scanned: false, isFound: true });
  expect(await told(world, asked)).toBe("link-reset");
  await world.during(maya.api.setHandle("maya2"));
  expect(await told(world, ben.api.findHandle("maya"))).toBe("no-such-handle");
  await findAndAsk(world, ben, "maya2");
  await world.until("she is asked", () => maya.view("requests").length === 1);
  expect(world.bugs()).toEqual([]);
});

test("[ID28] turned off without a network, it is off as soon as there is one", async () => {
  const world = new World({ seed: 353, files: true });
  const [maya, ben] = [await world.person("Maya"), await world.person("Ben")];
  await world.during(maya.api.setHandle("maya"));
  maya.client.network(false);
  await world.during(maya.api.setFound(false));
  expect(maya.view("status").me?.handle.isFound).toBe(false);
  maya.client.network(true);
  await world.until("she is online", () => maya.view("status").network === "online");
  await world.pass(2_000);
  expect(await told(world, ben.api.findHandle("maya"))).toBe("no-such-handle");
  expect(world.bugs()).toEqual([]);
});

test("[ID28] [ID22] a home that was put back hears of it again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-handles-"));
  try {
    const world = new World({ seed: 354, files: true, logPath: join(folder, "a.db") });
    const [maya, ben] = [await world.person("Maya"), await world.person("Ben")];
    await world.pass(5_000);
    world.copyDisk(join(folder, "copy.db"));
    await world.until("both are back", () => [maya, ben].every((one) => one.view("status").network === "online"));
    await world.during(maya.api.setHandle("maya"));
    world.restoreDisk(join(folder, "copy.db"));
    await world.until("both are back", () => [maya, ben].every((one) => one.view("status").network === "online"));
    await world.pass(5_000);
    await findAndAsk(world, ben, "maya");
    expect(world.bugs()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("[ID28] [DS51] home's disk holds neither the name nor whom it leads to, but under what scrypt makes of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-handles-"));
  try {
    const path = join(folder, "a.db");
    const world = new World({ seed: 355, files: true, logPath: path });
    const maya = await world.person("Maya");
    await world.during(maya.api.setHandle("canary-of-a-handle"));
    world.copyDisk(join(folder, "copy.db"));
    const disk = readFileSync(join(folder, "copy.db"));
    for (const text of ["canary", "Maya"]) expect(disk.includes(text)).toBe(false);
    const database = new Database(join(folder, "copy.db"), { readonly: true });
    const row = database.query("SELECT tag, record FROM handles").get() as { tag: Uint8Array; record: Uint8Array };
    expect([row.tag.length, row.record.length]).toEqual([32, 316]);
    expect(Buffer.from(row.record).includes(Buffer.from(maya.account, "hex"))).toBe(false);
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
