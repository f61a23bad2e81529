/** Whom one writes to most comes first, for the faces of elder mode. */
import { expect, test } from "bun:test";
import { World } from "./world.ts";

test("[WE18] those one writes to most come first, then those one heard from last", async () => {
  const world = new World({ seed: 18 });
  const mum = await world.person("Mum");
  const [ben, cat, dan] = [await world.person("Ben"), await world.person("Cat"), await world.person("Dan")];
  const chats = [
    await world.befriend(mum, ben),
    await world.befriend(mum, cat),
    await world.befriend(mum, dan),
  ] as const;
  for (let i = 0; i < 3; i++) await mum.api.sendText(chats[1], `猫 ${i}`);
  await mum.api.sendText(chats[0], "本");
  await world.pass(2_000);
  await dan.api.sendText(chats[2], "我在这儿");
  await world.pass(2_000);
  expect(mum.view("often")).toEqual([chats[1], chats[0], chats[2]]);
  await world.during(mum.api.block(cat.account));
  expect(mum.view("often")).toEqual([chats[0], chats[2]]);
});
