/**
 * Dice (packages/web/src/features/dice/README.md): one roll, the same for all, and what a device reads that does not
 * know them.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ClientFeature, clientFeatures } from "@yanshu/client";
import { type Person, World } from "../index.ts";

setDefaultTimeout(60_000);

function dice(person: Person, chat: string): readonly string[] {
  return person.items(chat).flatMap(({ body }) => {
    if (body.kind === "die") return [`${body.points}`];
    return body.kind === "newer" ? [body.fallback ?? ""] : [];
  });
}

test("[F-dice-1] a die lies the same for all, a carried one is words, and an older app reads the points", async () => {
  const older = new Set<string>();
  const world = new World({
    seed: 950,
    featuresOf: ({ device }) =>
      clientFeatures.map((feature: ClientFeature) => ({
        ...feature,
        kinds: feature.kinds?.filter((kind) => kind !== "die" || !older.has(device)) ?? [],
      })),
  });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const [chat, other] = [await world.befriend(ann, ben), await world.befriend(ben, cat)];
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.push(await ann.api.rollDie(chat));
  await world.until("all came", () => dice(ben, chat).length === 30);
  expect(dice(ben, chat)).toEqual(dice(ann, chat));
  expect([...new Set(dice(ann, chat))].sort()).toEqual(["1", "2", "3", "4", "5", "6"]);
  const [last = ""] = dice(ann, chat).slice(-1);

  await ben.api.forward({
    from: chat,
    messages: [{ author: ann.account, id: ids[29] as string }],
    to: [other],
    mode: "each",
    note: "",
  });
  await world.until("it was passed on", () => cat.reads(other).includes(`🎲 骰子 Dice ${last}`));

  older.add(ben.device);
  ben.crash();
  await ben.switchOn();
  await ann.api.rollDie(chat);
  const [next = ""] = dice(ann, chat).slice(-1);
  await world.until("he reads it", () => dice(ben, chat).at(-1) === `🎲 骰子 Dice ${next}`);
  expect(world.bugs()).toEqual([]);
});
