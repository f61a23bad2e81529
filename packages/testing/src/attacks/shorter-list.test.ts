/**
 * The root's word takes the place of a longer list (ID7, ID41): whose leaf names an entry of that goes on all the same
 * (ID44).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { decodeResult, decodeServerFrame, encodeResult } from "@yanshu/wire";
import { World } from "../index.ts";
import { listAt } from "./accounts.ts";

setDefaultTimeout(120_000);

for (const [seed, kept] of [
  [9701, 0],
  [9702, 1],
] as const)
  test(`[ID44] [GR12] home shows ${kept} of the two newest entries to who comes back: a device that is kept, and whose leaf names the last, is still heard`, async () => {
    const world = new World({ seed });
    const [ann, cat] = [await world.person("Ann"), await world.person("Cat")];
    const chat = await world.befriend(cat, ann);
    const card = (await ann.api.recoveryCard()).words.join(" ");
    await world.pass(60_000);
    const short = (await listAt(world, ann.account)).entries.length;
    const tablet = await world.linkDevice(ann);
    await world.pass(120_000);
    await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    await ann.say(chat, "the tablet is gone");
    await world.until("Cat reads it", () => cat.reads(chat).includes("the tablet is gone"));
    await world.pass(120_000);
    expect((await listAt(world, ann.account)).entries.length).toBe(short + 2);
    const fresh = await world.device("Ann");
    let hidden = 0;
    world.network.meddle(fresh.device, (frame) => {
      const decoded = decodeServerFrame(frame);
      if (decoded.type !== "result") return [frame];
      try {
        const answer = decodeResult("rootEntries", decoded.body);
        hidden++;
        return [
          encodeResult(decoded.request, "rootEntries", { ...answer, entries: answer.entries.slice(0, short + kept) }),
        ];
      } catch {
        return [frame];
      }
    });
    await world.during(fresh.api.restoreAccount({ card, areOthersLost: false }));
    expect(hidden).toBeGreaterThan(0);
    world.network.meddle(fresh.device, undefined);
    await world.pass(300_000);
    await ann.say(chat, "am I heard?");
    await world.until("Cat reads it", () => cat.reads(chat).includes("am I heard?"), 300_000);
    await cat.say(chat, "you are");
    await world.until("both read it", () => [ann, fresh].every((one) => one.reads(chat).includes("you are")), 300_000);
    expect(world.bugs()).toEqual([]);
  });
