/** A stolen phone fills the device list: the card comes back all the same (ID41). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Bytes, fromHex, limits, takeEntry, toHex } from "@yanshu/wire";
import { World } from "../index.ts";
import type { Person } from "../world/person.ts";
import { crypto, entryBy, keyOn, listAt, strangerCall } from "./accounts.ts";

setDefaultTimeout(120_000);

async function stolen(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { words } = await ann.api.recoveryCard();
  await world.pass(60_000);
  const thief = await keyOn(ann);
  const { account } = ann;
  ann.crash();
  return { world, account, ben, chat, card: words.join(" "), thief };
}

/** Entries by the thief until a device can add no more. */
async function filling(world: World, account: string, thief: Awaited<ReturnType<typeof keyOn>>) {
  let list = await listAt(world, account);
  const entries: Bytes[] = [];
  for (;;) {
    const entry = await entryBy(list, thief);
    const step = await takeEntry(crypto, list, entry);
    if (step.kind !== "advanced") return { entries, list, refused: step };
    list = step.list;
    entries.push(entry);
  }
}

async function comesBack(world: World, card: string, ben: Person, chat: string): Promise<void> {
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card, areOthersLost: true }));
  await world.until("Ann has her chat", () => fresh.view("chats").length > 0);
  await world.pass(120_000);
  await ben.say(chat, "is it you?");
  await world.until("Ann reads it", () => fresh.reads(chat).includes("is it you?"));
}

test("[ID41] [DS100] a stranger's socket fills nobody's list, though a stolen phone signed every entry", async () => {
  const { world, ben, chat, card, thief, account } = await stolen(9301);
  const { entries } = await filling(world, account, thief);
  expect(entries.length).toBeGreaterThan(900);
  // As many as a frame of somebody holds whom nobody knows.
  const asked = { account: fromHex(account), entries: entries.slice(0, 16) };
  expect(await strangerCall(world, "appendEntries", asked)).toBe("not-signed-in");
  expect((await listAt(world, account)).entries).toHaveLength(1);
  await comesBack(world, card, ben, chat);
});

test("[ID41] a list that a stolen phone filled through its own sign-in leaves the card its room", async () => {
  const { world, ben, chat, card, thief, account } = await stolen(9302);
  const { entries, list, refused } = await filling(world, account, thief);
  expect(refused).toEqual({ kind: "refused", why: "full" });
  expect(list.entries).toHaveLength(limits.entriesMax - limits.rootEntriesKept);
  // As its own sign-in would have had them taken.
  const row = world.log.accounts.find(fromHex(account));
  if (row === undefined) throw new Error("Ann has no account");
  world.log.transaction(() => world.log.accounts.putEntries(row.ref, 1, entries));
  await comesBack(world, card, ben, chat);
  // What the thief put there gave way, so that the next thief finds no less room to be thrown out of.
  const after = await listAt(world, account);
  expect(after.entries.length).toBeLessThan(10);
  const gone = after.entries.at(-1)?.body.devices.map(toHex);
  expect(gone).not.toContain(toHex(thief.publicKey));
});
