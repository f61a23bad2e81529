import { expect, test } from "bun:test";
import { World } from "../index.ts";

test("[SY1] a message goes from one person to another, through a server that cannot read it", async () => {
  const world = new World({ seed: 1 });
  const alice = await world.person("爱丽丝");
  const bob = await world.person("Bob");
  const chat = await world.befriend(alice, bob);
  await alice.say(chat, "吃了吗？");
  await world.until("Bob reads it", () => bob.reads(chat).includes("吃了吗？"));
  await bob.say(chat, "Just now. You?");
  await world.until("Alice reads it", () => alice.reads(chat).includes("Just now. You?"));
  expect(alice.reads(chat)).toEqual(["我是爱丽丝", "吃了吗？", "Just now. You?"]);
  expect(bob.reads(chat)).toEqual(["我是爱丽丝", "吃了吗？", "Just now. You?"]);
  expect(world.bugs()).toEqual([]);
});
