/**
 * R3.1: what an operator slips into somebody's line: noise, another conversation's messages, bare words, what was said
 * before.
 */
import { concat, type Push, utf8 } from "@yanshu/wire";
import { tap } from "../../world/thief.ts";
import { allOf } from "../check.ts";
import { type Attack, people, watchedWorld } from "../evil/attack.ts";
import { diagnosticsOf, inventPushes } from "../evil/operator.ts";

export const injected: Attack = async (weakness = {}) => {
  const world = watchedWorld(605, weakness);
  const [ann, ben, cat, dan] = await people(world, "Ann", "Ben", "Cat", "Dan");
  const group = await world.group(ann, [ben, cat], "Family");
  const other = await world.group(ann, [dan], "Others");
  const [toCat, toDan] = [tap(world, cat), tap(world, dan)];
  await ann.say(group, "one");
  await ann.say(other, "not for Cat");
  await world.until(
    "both are read",
    () => cat.reads(group).includes("one") && dan.reads(other).includes("not for Cat"),
  );
  await world.pass(5_000);
  const [own, foreign] = [toCat.at(-1)?.push, toDan.at(-1)?.push];
  if (own === undefined || foreign === undefined) throw new Error("nothing to invent from");
  const words = utf8("买一送一！");
  const like = (envelope: Uint8Array): Omit<Push, "id"> => ({ ...own, envelope });
  const invented = [
    like(concat(Uint8Array.of(0), world.chance.bytes(500))),
    like(concat(Uint8Array.of(1), world.chance.bytes(500))),
    like(concat(own.envelope.subarray(0, 29), world.chance.bytes(300))), // Under the right tag.
    like(concat(own.envelope.subarray(0, 29), words)),
    like(concat(Uint8Array.of(0), words)),
    like(foreign.envelope),
    foreign,
    own,
    own,
  ];
  const bubbles = () => cat.items(group).filter(({ body }) => body.kind !== "system").length;
  const before = bubbles();
  const chats = cat.view("chats").length;
  const given = inventPushes(world, cat, invented);
  await ben.say(group, "two");
  await world.until("the next one is read", () => cat.reads(group).includes("two"));
  await world.pass(60_000);
  const reads = cat.reads(group);
  return allOf(
    "P4.injected",
    "what the operator invents, takes from another conversation or says again: none is shown",
    {
      "no word of it": reads.join() === "one,two",
      "no bubble but the honest one": bubbles() === before + 1,
      "no new chat": chats === cat.view("chats").length && cat.view("requests").length === 0,
      "the conversation goes on": ben.reads(group).join() === "one,two",
    },
    given() === invented.length,
    `${given()} invented, ${bubbles() - before - 1} shown; ${diagnosticsOf(cat)}`,
  );
};
