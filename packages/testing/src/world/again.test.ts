/** What is said again to one who lacks it reaches nobody who came after it was said (GR19.1, SY9). */
import { expect, test } from "bun:test";
import type { Ports } from "@yanshu/client";
import { dropPush, pushFrame } from "./drops.ts";
import { World } from "./world.ts";

type Note = <T extends Uint8Array | undefined>(plain: T) => T;
type Opens = (...args: readonly unknown[]) => Promise<Uint8Array>;

/** `note` sees all that a device opens, of groups and of what is sealed to it. */
function overheard(crypto: Ports["crypto"], note: Note): Ports["crypto"] {
  const suite = crypto.suite as { readonly hpke: { readonly decryptAead: Opens } };
  const decryptAead: Opens = async (...args) => note(await suite.hpke.decryptAead(...args));
  return {
    ...crypto,
    hpkeOpen: async (...args) => note(await crypto.hpkeOpen(...args)),
    suite: { ...suite, hpke: { ...suite.hpke, decryptAead } },
  };
}

test("[SY9a] what was said is said again for sixty days, and told to be gone after that", async () => {
  const world = new World({ seed: 112 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "hello");
  await world.until("Ben reads", () => ben.reads(chat).includes("hello"));
  await world.pass(5_000);
  const days = async (count: number) => {
    const dropped = dropPush(world, ben.device, "application");
    await ann.say(chat, `${count} days ago`);
    await world.until(
      "it is gone, and said",
      () => dropped() === 1 && ann.disk.all("SELECT 1 FROM outbox").length === 0,
    );
    for (const one of [ann, ben]) one.crash();
    await world.pass(count * 86_400_000);
    for (const one of [ann, ben]) await one.switchOn();
    await world.pass(10_000);
    await ann.say(chat, "and today");
    await world.pass(60_000);
    return ben.reads(chat).slice(2);
  };
  expect(await days(50)).toEqual(["and today", "50 days ago"]);
  expect(await days(61)).toEqual(["and today", "50 days ago", "and today"]);
  expect(ben.lines(chat)).toContain("lost");
  expect(ann.disk.all("SELECT 1 FROM sent WHERE kept_ms < ?", world.clock.nowMs() - 60 * 86_400_000)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[SY9] [GR19.1] what was said before somebody joined is said again to who was there, and to nobody else", async () => {
  const words = "before Cat";
  const opened = new Set<string>();
  const world = new World({
    seed: 81,
    wrapPorts: (ports, { name, device }) => {
      const note = <T extends Uint8Array | undefined>(plain: T): T => {
        if (name !== "Ann" && plain !== undefined && Buffer.from(plain).includes(words)) opened.add(device);
        return plain;
      };
      return { ...ports, crypto: overheard(ports.crypto, note) };
    },
  });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  await world.befriend(ben, cat);
  const id = await world.group(ann, [ben], "Board");
  await world.pass(5_000);
  const dropped = dropPush(world, ben.device, "application");
  await ann.say(id, words);
  await world.until("it is gone, and said", () => dropped() === 1 && ann.disk.all("SELECT 1 FROM outbox").length === 0);
  // What comes for Ann from here on waits, until she is back.
  world.network.meddle(ann.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  await ann.say(id, "the next"); // Ben notices, and asks for what he lacks.
  await world.until("Ben reads the next", () => ben.reads(id).includes("the next"), 120_000);
  await world.pass(5_000);
  await ben.api.addMembers(id, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", id)?.state === "open", 120_000);
  expect(ben.reads(id)).toEqual(["the next"]);
  ann.crash();
  world.network.meddle(ann.device, undefined);
  await ann.switchOn();
  // Ann's only way to tell Ben now is an epoch in which Cat reads.
  await world.until("Ben reads what he lacked", () => ben.reads(id).includes(words), 120_000);
  await world.pass(5_000);
  expect(opened).toEqual(new Set(["Ben 1"]));
  expect(world.bugs()).toEqual([]);
});
