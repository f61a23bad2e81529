/** What members are called in a group (docs/spec/groups.md GR29). */
import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { type Person, World } from "../index.ts";

const names = (person: Person, group: Hex) =>
  person
    .view("conversation", group)
    ?.members.map(({ name }) => name)
    .toSorted();

test("[GR29] a nickname is seen by all, also by who comes later and on a later device; a remark outranks it", async () => {
  const world = new World({ seed: 430 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben, cat], "Choir");
  await ben.api.setNickname(group, "  Tenor Ben ");
  await world.until("all see it", () => [ann, cat].every((one) => names(one, group)?.includes("Tenor Ben") === true));
  await ben.say(group, "la la");
  await world.until("Cat reads it", () => cat.reads(group).includes("la la"));
  const said = () => cat.items(group).find(({ body }) => body.kind === "text")?.from.name;
  expect(said()).toBe("Tenor Ben");
  expect(cat.view("chats").find(({ conversation }) => conversation === group)?.preview).toMatchObject({
    from: "Tenor Ben",
  });
  expect(cat.view("groups")[0]?.members).toContain("Tenor Ben");
  expect(ben.view("conversation", group)?.nickname).toBe("Tenor Ben");
  // What Ann calls him herself wins for her, and is nobody else's business.
  await ann.api.setRemark(ben.account, "Benny");
  expect(names(ann, group)).toContain("Benny");
  expect(ann.view("conversation", group)?.members.find(({ name }) => name === "Benny")?.calledHere).toBe("Tenor Ben");
  expect(names(cat, group)).not.toContain("Benny");
  await world.befriend(ann, dan);
  await ann.api.addMembers(group, [dan.account]);
  await world.until("Dan, who came later, sees it", () => names(dan, group)?.includes("Tenor Ben") === true);
  const tablet = await world.linkDevice(cat);
  await world.until("so does a later device", () => names(tablet, group)?.includes("Tenor Ben") === true);
  expect(world.bugs()).toEqual([]);
});

test("[GR29] a nickname is taken back; showing them is one's own choice, on all own devices", async () => {
  const world = new World({ seed: 431 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const group = await world.group(ann, [ben], "Choir");
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  await ben.api.setNickname(group, "Bass");
  await world.until("both see it", () => [ann, tablet].every((one) => names(one, group)?.includes("Bass") === true));
  await ann.api.setNicknamesShown(group, false);
  expect(names(ann, group)).toContain("Ben");
  await world.until("the tablet follows", () => tablet.view("conversation", group)?.showsNicknames === false);
  expect(names(tablet, group)).toContain("Ben");
  expect(names(ben, group)).toContain("Bass");
  await ann.api.setNicknamesShown(group, true);
  await ben.api.setNickname(group, "");
  await world.until("it is gone", () => names(ann, group)?.includes("Ben") === true);
  await expect(ben.api.setNickname(group, "x".repeat(65))).rejects.toThrow("too-long");
  expect(world.bugs()).toEqual([]);
});

test("[GR29] nobody names another: a nickname counts from its own account, and what is retold only fills in", async () => {
  const world = new World({ seed: 432 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await ben.api.setNickname(group, "Bass");
  await world.until("Cat sees it", () => names(cat, group)?.includes("Bass") === true);
  // Ann's program is changed: what it says next of Ben is another name, once as said and once as retold.
  ann.disk.run("UPDATE nicknames SET name = 'Fool', stamp_ms = stamp_ms + 1000");
  const dan = await world.person("Dan");
  await world.befriend(ann, dan);
  await ann.api.addMembers(group, [dan.account]); // Retells what it holds.
  await world.until("Dan, who knew nothing, believes it", () => names(dan, group)?.includes("Fool") === true);
  expect(names(cat, group)).toContain("Bass");
  await ben.api.setNickname(group, "Baritone"); // His own word outranks it, whatever its stamp.
  await world.until("all follow him", () =>
    [cat, dan].every((one) => names(one, group)?.includes("Baritone") === true),
  );
  expect(world.bugs()).toEqual([]);
});
