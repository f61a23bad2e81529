/**
 * The root's word goes around what devices had signed (ID41): what devices of that time had put into the vault is
 * believed all the same (VA29).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Bytes, decodeResult, decodeServerFrame, fromHex, groundOfRoot, takeEntry } from "@yanshu/wire";
import { World } from "../index.ts";
import { crypto, entryBy, keyOn, listAt } from "./accounts.ts";

setDefaultTimeout(120_000);

const minuteMs = 60_000;

test("[VA29] [ID41] devices that are kept, that are linked later, and that come back once more, believe what a device put there that stands only in entries which the root went around", async () => {
  const world = new World({ seed: 9901 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { account } = ann;
  const card = (await ann.api.recoveryCard()).words.join(" ");
  const laptop = await world.linkDevice(ann);
  const lost = laptop.view("status").me?.device ?? "";
  await world.pass(5 * minuteMs);
  // Only the laptop is there when Ben writes, and it puts it into the vault.
  world.network.cutOff(ann.device);
  await ben.say(chat, "the key is under the mat");
  await world.until("the laptop reads it", () => laptop.reads(chat).includes("the key is under the mat"));
  await world.pass(2 * minuteMs);
  laptop.crash();
  world.network.letBack(ann.device);
  await world.until("Ann reads it", () => ann.reads(chat).includes("the key is under the mat"), 300_000);
  await world.pass(5 * minuteMs);
  // It is linked, and has read nothing of the vault when it is laid aside.
  world.network.meddle("Ann 3", (frame) => (isPageOfVault(frame) ? [] : [frame]));
  const tablet = await world.linkDevice(ann);
  expect(tablet.device).toBe("Ann 3");
  expect(tablet.reads(chat)).toEqual([]);
  tablet.crash();
  world.network.meddle("Ann 3", undefined);
  await world.pass(5 * minuteMs);
  await fillHalf(world, account, await keyOn(ann));
  ann.crash();
  await ann.switchOn();
  await world.pass(5 * minuteMs);
  await world.during(ann.api.revokeDevice(lost));

  const phone = await world.device("Ann");
  await world.during(phone.api.restoreAccount({ card, areOthersLost: false }));
  expect((await listAt(world, account)).entries.length).toBeLessThan(4);
  await world.until("who comes back has it", () => phone.reads(chat).includes("the key is under the mat"), 300_000);
  await tablet.switchOn();
  await world.until("who is kept has it", () => tablet.reads(chat).includes("the key is under the mat"), 600_000);
  await world.pass(20 * minuteMs);
  for (const one of [ann, tablet]) one.crash();
  const later = await world.linkDevice(phone);
  await world.until(
    "who is linked later has it",
    () => later.reads(chat).includes("the key is under the mat"),
    600_000,
  );
  await world.pass(20 * minuteMs);
  for (const one of [phone, later]) one.crash();
  const last = await world.device("Ann");
  await world.during(last.api.restoreAccount({ card, areOthersLost: true }));
  await world.until(
    "who comes back once more has it",
    () => last.reads(chat).includes("the key is under the mat"),
    600_000,
  );
  expect(world.bugs()).toEqual([]);
});

function isPageOfVault(frame: Bytes): boolean {
  const decoded = decodeServerFrame(frame);
  if (decoded.type !== "result") return false;
  try {
    return decodeResult("vaultRead", decoded.body).segments.length > 0;
  } catch {
    return false; // It answers something else.
  }
}

/** Entries of a device that change nothing, until the root's next one goes around them. */
async function fillHalf(world: World, account: string, key: Awaited<ReturnType<typeof keyOn>>): Promise<void> {
  let list = await listAt(world, account);
  const [from, devices] = [list.entries.length, list.entries.at(-1)?.body.devices];
  const entries: Bytes[] = [];
  while (groundOfRoot(list) === list) {
    const step = await takeEntry(crypto, list, await entryBy(list, key, devices));
    if (step.kind !== "advanced") throw new Error(step.kind);
    list = step.list;
    entries.push(list.entries.at(-1)?.bytes ?? new Uint8Array());
  }
  const row = world.log.accounts.find(fromHex(account));
  if (row === undefined) throw new Error("Ann has no account");
  world.log.transaction(() => world.log.accounts.putEntries(row.ref, from, entries));
}
