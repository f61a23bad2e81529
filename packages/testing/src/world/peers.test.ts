/** Two people of two homes write to each other (docs/spec/peers.md PE43–PE57). */
import { expect, test } from "bun:test";
import { worldOfPeers } from "./peer-homes.ts";

test("[PE44] [PE51] people of two homes befriend each other by a link, and write", async () => {
  const { world, personThere } = worldOfPeers({ seed: 2301 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "吃了吗？");
  await world.until("Ben reads it", () => ben.reads(chat).includes("吃了吗？"));
  await ben.say(chat, "Just now. You?");
  await world.until("Ann reads it", () => ann.reads(chat).includes("Just now. You?"));
  expect(ann.reads(chat)).toEqual(["我是Ann", "吃了吗？", "Just now. You?"]);
  expect(ben.reads(chat)).toEqual(["我是Ann", "吃了吗？", "Just now. You?"]);
  expect(world.bugs()).toEqual([]);
});
