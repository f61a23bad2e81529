/** A family without a reserve whose only home is gone: together again by the link of the first who went (HM77). */
import { expect, test } from "bun:test";
import type { Person } from "../index.ts";
import { worldOfTwo } from "./second-home.ts";

const names = ["Ann", "Ben", "Cat", "Dan", "Eve", "Fay"];

test("[HM77] [HM78] a family of six without a reserve, whose server is gone in mid-talk, is together again by the link of the first who went, and has all that any device had", async () => {
  const { world, home } = worldOfTwo({ seed: 970 });
  const two = home("two.test");
  const family: Person[] = [];
  for (const name of names) family.push(await world.person(name));
  const [ann, ben, ...rest] = family as [Person, Person, ...Person[]];
  const fay = family.at(-1) as Person;
  const others = [ben, ...rest];
  const group = await world.group(ann, others, "Family");
  for (const person of family) await person.say(group, `before, by ${person.name}`);
  await world.until("all read all", () => family.every((one) => one.reads(group).length === names.length));
  // Fay is asleep, and the last thing that is heard by the others never comes to her from the server.
  await world.pass(10_000);
  fay.crash();
  await ben.say(group, "she sleeps");
  const awake = family.filter((one) => one !== fay);
  await world.until("the others read it", () => awake.every((one) => one.reads(group).includes("she sleeps")));
  for (const person of awake) await person.api.sendText(group, `meanwhile, by ${person.name}`);
  await world.pass(40);
  world.crashServer();
  const goneMs = world.clock.nowMs();
  await world.pass(10_000);
  await fay.switchOn();
  const had = new Set(family.flatMap((one) => idsOf(one, group)));
  expect(had.size).toBe(12);

  const gone = (person: Person) => person.view("status").homeGone;
  await world.until("Ann is told", () => gone(ann) !== undefined, 300_000);
  expect(gone(ann)).toEqual({ fromMs: expect.any(Number) });
  expect((gone(ann)?.fromMs ?? 0) - goneMs).toBeGreaterThanOrEqual(3_600_000);
  await world.during(ann.api.moveHome(two.inviteLink));
  expect(gone(ann)).toBeUndefined();
  await world.until("she is in", () => ann.view("status").network === "online", 60_000);
  const link = await world.during(ann.api.myLink());
  expect(link).toStartWith("https://two.test/#c/");
  for (const person of others) await world.during(person.api.moveHome(link));
  // What is missing shows at the next word of who said it (SY5).
  for (const person of family) await person.say(group, `here, by ${person.name}`);
  await world.until(
    "all have all",
    () => family.every((one) => [...had].every((id) => idsOf(one, group).includes(id))),
    300_000,
  );
  await world.until(
    "all are here",
    () => family.every((one) => idsOf(one, group).length === had.size + names.length),
    60_000,
  );
  const ids = idsOf(ann, group);
  for (const one of family) {
    expect(idsOf(one, group).toSorted()).toEqual(ids.toSorted());
    expect(one.view("homes").home).toBe("two.test");
    expect(one.view("conversation", group)?.members).toHaveLength(names.length);
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(world.bugs()).toEqual([]);
}, 120_000);

test("[HM77] a link of one’s own home leads nowhere, one of a device is none, and who has not settled brings nobody", async () => {
  const { world, home } = worldOfTwo({ seed: 971 });
  const [two, three] = [home("two.test"), home("three.test")];
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const own = await world.during(ann.api.myLink());
  await expect(world.during(ben.api.moveHome(own))).rejects.toMatchObject({ code: "not-allowed" });
  await expect(world.during(ben.api.moveHome("https://two.test/#d/AAAA"))).rejects.toMatchObject({ code: "bad-link" });
  await world.during(cat.api.moveHome(two.inviteLink));
  const there = await world.during(cat.api.myLink());
  // At the third home nobody knows Cat's capability.
  const elsewhere = there.replace("two.test/", "three.test/");
  await expect(world.during(ben.api.moveHome(three.inviteLink.replace(/.{6}$/, "AAAAAA")))).rejects.toMatchObject({
    code: expect.stringMatching(/^(bad-link|link-reset)$/),
  });
  expect(ben.view("homes").home).toBe("yan.test");
  // What stands before the # is no server's word: the link itself says whose it is.
  await world.during(ben.api.moveHome(elsewhere));
  expect(ben.view("homes").home).toBe("two.test");
  expect(world.bugs()).toEqual([]);
}, 60_000);

function idsOf(person: Person, conversation: Parameters<Person["items"]>[0]): readonly string[] {
  return person.items(conversation).flatMap(({ id, body }) => (body.kind === "text" ? [id] : []));
}
