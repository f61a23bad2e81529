/** A family without a reserve whose only home is gone: together again by the link of the first who went (HM77). */
import { expect, test } from "bun:test";
import type { Person } from "../index.ts";
import { worldOfTwo } from "./second-home.ts";

const names = ["Ann", "Ben", "Cat", "Dan", "Eve", "Fay"];

test("[F-homes-3] [HM77] [HM78] a family of six without a reserve, whose server is gone in mid-talk, is together again by the link of the first who went, and has all that any device had", async () => {
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

test("[HM86] [HM87] [HM88] of a family whose server is gone in mid-talk three have a terminal, whose commands run for a moment each: all have every word, none waits for a tap, and nothing shows as lost", async () => {
  const { world, home, crash } = worldOfTwo({ seed: 970 });
  const two = home("two.test");
  const family: Person[] = [];
  for (const name of names) family.push(await world.person(name));
  const [ann, ben, cat, dan, eve, fay] = family as [Person, Person, Person, Person, Person, Person];
  const [screens, terminals] = [
    [ann, ben, cat],
    [dan, eve, fay],
  ];
  const group = await world.group(ann, [ben, cat, dan, eve, fay], "Family");
  await world.pass(5_000);
  for (const one of terminals) crash(one);
  /** A command: it ends once home was silent for a moment and nothing is left to do. */
  const command = async (person: Person, act: () => Promise<unknown> = async () => undefined) => {
    await person.switchOn();
    await act();
    let stillMs = 0;
    for (let ms = 0; ms < 20_000 && stillMs < 500; ms += 50) {
      await world.pass(50);
      const isStill = person.view("status").network === "online" && !person.client.isBusy();
      stillMs = isStill ? stillMs + 50 : 0;
    }
    crash(person);
  };
  await ann.say(group, "dinner at six");
  await world.pass(2_000);
  for (const one of terminals) await command(one, () => one.say(group, `yes, by ${one.name}`));
  await world.pass(2_000);
  await Promise.all([dan.switchOn(), fay.switchOn()]);
  for (const one of [dan, fay, ...screens]) await one.say(group, `on the way, by ${one.name}`);
  await world.pass(40);
  world.crashServer();
  await world.pass(900);
  for (const one of [dan, fay]) crash(one);

  await world.during(ann.api.moveHome(two.inviteLink));
  await world.until("she is in", () => ann.view("status").network === "online", 60_000);
  const link = await world.during(ann.api.myLink());
  for (const one of [ben, cat]) await world.during(one.api.moveHome(link));
  for (const one of terminals) await command(one, () => world.during(one.api.moveHome(link)));
  for (const word of ["here", "sat down"]) {
    for (const one of screens) await one.say(group, `${word}, by ${one.name}`);
    for (const one of terminals) await command(one, () => one.say(group, `${word}, by ${one.name}`));
  }
  for (let round = 0; round < 3; round++) for (const one of terminals) await command(one);
  for (const one of terminals) await one.switchOn();
  const words = 1 + 3 + 5 + 12;
  await world.until("all have all", () => family.every((one) => idsOf(one, group).length === words), 60_000);
  for (const one of family) {
    expect(idsOf(one, group).toSorted()).toEqual(idsOf(ann, group).toSorted());
    expect(one.items(group).filter(({ state }) => state === "waiting-tap")).toEqual([]);
    expect(one.lines(group).filter((line) => ["lost", "added"].includes(line))).toEqual([]);
    expect(one.disk.all("SELECT * FROM awaited")).toEqual([]);
  }
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
