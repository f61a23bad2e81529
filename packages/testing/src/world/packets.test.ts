/** Red packets (docs/spec/packets.md): five people, who open at once, late and from away, and one result for all. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { PacketItem } from "@yanshu/client";
import { type Person, World } from "../index.ts";

setDefaultTimeout(60_000);

function packet(person: Person, chat: string, id: string): PacketItem {
  const body = person.items(chat).find((item) => item.id === id)?.body;
  if (body?.kind !== "packet") throw new Error(`${person.device} sees no packet`);
  return body;
}

/** What all must show alike: who stands where, and what each has. */
function result(person: Person, chat: string, id: string) {
  const { lots, back, isDone, isDisputed } = packet(person, chat, id);
  return { lots: lots.map(({ person: { account }, amount, isFinal }) => ({ account, amount, isFinal })), back, isDone, isDisputed };
}

const lucky = { of: "money", currency: "USD", total: 8_800, mode: "lucky", wish: "平安喜乐" } as const;

test("[RP3] two who tap at once stand in one order for all, one too late is told, and all reckon alike", async () => {
  const world = new World({ seed: 2_501 });
  const names = ["Ann", "Ben", "Cat", "Dan", "Eve"] as const;
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  const [ann, ben, cat, dan, eve] = people as [Person, Person, Person, Person, Person];
  const group = await world.group(ann, [ben, cat, dan, eve], "一家人");
  const id = await ann.api.sendPacket(group, { ...lucky, shares: 4 });
  await world.until("all see it", () => people.every((one) => one.items(group).some((item) => item.id === id)));
  const ref = { author: ann.account, id };
  // Dan taps without a network; Ben and Cat in one tick.
  world.network.cutOff(dan.device);
  await dan.api.takePacket(group, ref);
  expect(packet(dan, group, id).mine).toEqual({ state: "going" });
  await Promise.all([ben.api.takePacket(group, ref), cat.api.takePacket(group, ref)]);
  await ben.api.takePacket(group, ref); // A second tap is none.
  await world.until("both have a place", () => [ann, ben, cat, eve].every((one) => packet(one, group, id).lots.length === 2));
  await ann.api.takePacket(group, ref);
  await eve.api.takePacket(group, ref);
  await world.until("it is full", () => packet(ann, group, id).state === "full");
  await world.until("all has been shown", () => [ann, ben, cat, eve].every((one) => packet(one, group, id).isDone));
  world.network.letBack(dan.device);
  await world.until("he is late", () => packet(dan, group, id).mine?.state === "late");
  await world.until("he reckons too", () => packet(dan, group, id).isDone);
  const seen = result(ann, group, id);
  for (const one of people) expect(result(one, group, id)).toEqual(seen);
  expect(seen.lots.reduce((sum, { amount }) => sum + amount, 0)).toBe(8_800);
  expect(seen.lots.every(({ isFinal, amount }) => isFinal && amount > 0)).toBe(true);
  expect(packet(eve, group, id).lots.filter(({ isBest }) => isBest)).toHaveLength(1);
  // Nothing of it is unread but the packet.
  expect(eve.view("chats").find(({ conversation }) => conversation === group)?.unread).toBe(1);
  expect(world.bugs()).toEqual([]);
});
