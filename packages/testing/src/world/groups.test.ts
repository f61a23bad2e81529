import { expect, test } from "bun:test";
import { World } from "../index.ts";
import { isPushOf } from "./drops.ts";

test("[GR16] [SY8] a group is founded from contacts; everybody reads everybody, by name", async () => {
  const world = new World({ seed: 2 });
  const [mum, dad, kid] = [await world.person("妈妈"), await world.person("爸爸"), await world.person("Maya")];
  const family = await world.group(mum, [dad, kid], "一家人");
  await dad.say(family, "今晚吃火锅");
  await world.until("Maya reads it", () => kid.reads(family).includes("今晚吃火锅"));
  await kid.say(family, "yes!!");
  await world.until("all read it", () => [mum, dad].every((one) => one.reads(family).includes("yes!!")));
  const names = kid.view("conversation", family)?.members.map((member) => member.name);
  expect(names?.toSorted()).toEqual(["Maya", "妈妈", "爸爸"].toSorted());
  expect(mum.reads(family)).toEqual(["今晚吃火锅", "yes!!"]);
  expect(world.bugs()).toEqual([]);
});

test("[WE42] who is added to a group is told by whom, and with whom where it is new; the chat is unread until it is opened", async () => {
  const world = new World({ seed: 33 });
  const [mum, dad, kid] = [await world.person("妈妈"), await world.person("爸爸"), await world.person("Maya")];
  const family = await world.group(mum, [dad, kid], "一家人");
  const row = (one: typeof kid) => one.view("chats").find(({ conversation }) => conversation === family);
  await world.until("she knows their names", () => {
    const preview = row(kid)?.preview;
    const line = preview?.kind === "system" && preview.line.kind === "invited" ? preview.line : undefined;
    return line?.by.name === "妈妈" && line.people.map(({ name }) => name).join() === "爸爸";
  });
  expect(row(kid)?.unread).toBe(1);
  expect(row(mum)?.unread).toBe(0);
  await kid.api.markRead(family);
  expect(row(kid)?.unread).toBe(0);
  expect(kid.lines(family).filter((kind) => kind === "invited")).toHaveLength(1);
  expect(world.bugs()).toEqual([]);
});

test("[WE38] [WE41] whom one meets in a group is a person with a face, and is asked from there; what was asked and answered stays to be seen", async () => {
  const world = new World({ seed: 34 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await world.until("Ben knows her", () => ben.view("person", cat.account)?.name === "Cat");
  expect(ben.view("person", cat.account)).toMatchObject({
    standing: "new",
    groups: [{ conversation: group, title: "Choir" }],
  });
  expect(ben.view("person", "ab".repeat(32))).toBeUndefined();
  expect(ben.view("person", ann.account)?.standing).toBe("contact");
  const chat = await world.during(ben.api.requestMember({ group, account: cat.account, greeting: "from the choir" }));
  expect(ben.view("person", cat.account)).toMatchObject({ standing: "requested", conversation: chat });
  const greeted = (one: typeof ben, other: typeof ben) =>
    one.view("greetings").find(({ account }) => account === other.account);
  expect(greeted(ben, cat)).toMatchObject({ standing: "waiting", mine: true, greeting: "from the choir" });
  await world.until("Cat is asked", () => cat.view("requests").length === 1);
  expect(cat.view("person", ben.account)?.standing).toBe("asks");
  expect(greeted(cat, ben)).toBeUndefined();
  await cat.api.acceptRequest(cat.view("requests")[0]?.conversation ?? "");
  await world.until("Ben hears it", () => greeted(ben, cat)?.standing === "accepted");
  expect(greeted(cat, ben)).toMatchObject({ standing: "accepted", mine: false });
  expect(world.bugs()).toEqual([]);
});

test("[GR19] [SY12] somebody is added: they read from joining on, and the others see who came", async () => {
  const world = new World({ seed: 3 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Choir");
  await ann.say(group, "before");
  await world.until("Ben reads", () => ben.reads(group).includes("before"));
  await world.befriend(ann, cat);
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  await ben.say(group, "welcome");
  await world.until("Cat reads", () => cat.reads(group).includes("welcome"));
  expect(cat.reads(group)).toEqual(["welcome"]);
  expect(ben.lines(group)).toContain("added");
  expect(cat.view("conversation", group)?.title).toBe("Choir");
  expect(world.bugs()).toEqual([]);
});

test("[GR19] a removed member reads and posts nothing from that moment", async () => {
  const world = new World({ seed: 4 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Board");
  await ann.api.removeMember(group, cat.account);
  await world.until("Cat is out", () => cat.view("conversation", group)?.state === "removed");
  await ben.say(group, "secret");
  await world.until("Ann reads", () => ann.reads(group).includes("secret"));
  await world.pass(5_000);
  expect(cat.reads(group)).not.toContain("secret");
  await expect(cat.say(group, "let me in")).rejects.toThrow("not-allowed");
  expect(ann.view("conversation", group)?.members.length).toBe(2);
  expect(world.bugs()).toEqual([]);
});

test("[GR19] who was removed while away posts nothing on coming back", async () => {
  const world = new World({ seed: 5 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Board");
  world.network.cutOff(cat.device);
  await cat.say(group, "written too late");
  await ann.api.removeMember(group, cat.account);
  await world.until("Ben sees two", () => ben.view("conversation", group)?.members.length === 2);
  world.network.letBack(cat.device);
  await world.pass(60_000);
  expect(ben.reads(group)).toEqual([]);
  expect(ann.reads(group)).toEqual([]);
  expect(cat.view("conversation", group)?.state).toBe("removed");
  expect(world.bugs()).toEqual([]);
});

test("[GR20] [GR24] leaving is silent but for the admins; the last owner must appoint another first", async () => {
  const world = new World({ seed: 6 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Walks");
  await expect(ann.api.leaveGroup(group)).rejects.toThrow("last-admin");
  await cat.api.leaveGroup(group);
  await world.until("Cat's leaf is gone", () => ben.view("conversation", group)?.members.length === 2);
  expect(ann.lines(group)).toContain("left");
  expect(ben.lines(group)).not.toContain("left");
  expect(ben.lines(group)).not.toContain("removed");
  expect(cat.view("conversation", group)?.state).toBe("left");
  await ann.api.setRole(group, ben.account, "owner");
  await world.until("Ben owns it", () => ben.view("conversation", group)?.may.appoint === true);
  await world.until("Ann is an admin", () => ann.view("conversation", group)?.may.appoint === false);
  await ann.api.leaveGroup(group);
  await world.until("Ben is alone", () => ben.view("conversation", group)?.members.length === 1);
  expect(world.bugs()).toEqual([]);
});

test("[GR5] name, picture and roles travel in the group's state; a mere member may not appoint", async () => {
  const world = new World({ seed: 7 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const group = await world.group(ann, [ben], "Old name");
  await ann.api.renameGroup(group, "新名字");
  await ann.api.setGroupPicture(group, new Uint8Array(500).fill(7));
  await world.until("Ben sees both", () => {
    const seen = ben.view("conversation", group);
    return seen?.title === "新名字" && seen.faces[0]?.picture?.length === 500;
  });
  expect(ben.lines(group)).toEqual(expect.arrayContaining(["renamed", "picture-changed"]));
  await expect(ben.api.setRole(group, ben.account, "owner")).rejects.toThrow("not-allowed");
  expect(world.bugs()).toEqual([]);
});

test("[GR14] [GR15] two members change the group at the same moment: both changes come true", async () => {
  const world = new World({ seed: 8 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [ben, cat], "Busy");
  await world.befriend(ben, dan);
  await ann.api.renameGroup(group, "Busier");
  await ben.api.addMembers(group, [dan.account]);
  await world.until("both are true for all", () =>
    [ann, ben, cat, dan].every((one) => {
      const seen = one.view("conversation", group);
      return seen?.title === "Busier" && seen.members.length === 4;
    }),
  );
  expect(world.bugs()).toEqual([]);
});

test("[SY2] written before somebody joined, sent after: it waits for a tap", async () => {
  const world = new World({ seed: 9 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Two of us");
  await world.befriend(ann, cat);
  world.network.cutOff(ben.device);
  const id = await ben.say(group, "only for Ann");
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  world.network.letBack(ben.device);
  await world.until("it waits", () => ben.items(group).some((item) => item.id === id && item.state === "waiting-tap"));
  await world.pass(5_000);
  expect(cat.reads(group)).toEqual([]);
  await ben.api.resend(id);
  await world.until("Cat reads it", () => cat.reads(group).includes("only for Ann"));
  expect(world.bugs()).toEqual([]);
});

test("[SY2] written while a group is founded, sent after somebody joined: it waits for a tap", async () => {
  const world = new World({ seed: 10 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  await world.befriend(ann, ben);
  await world.befriend(ben, cat);
  world.network.overhearServer = (_, owner, frame) => {
    // Before the answer is there.
    if (owner === ben.device && isPushOf(frame, "create")) world.network.cutOff(ann.device);
  };
  const group = await ann.api.createGroup({ name: "Two of us", accounts: [ben.account] });
  await world.until("Ben is in", () => ben.view("conversation", group)?.state === "open");
  expect(ann.disk.all("SELECT creates FROM pending_commits")).toEqual([{ creates: 1 }]);
  const id = await ann.say(group, "only for Ben");
  expect(
    ann
      .view("conversation", group)
      ?.members.map(({ account }) => account)
      .toSorted(),
  ).toEqual([ann.account, ben.account].toSorted());
  await ben.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  world.network.letBack(ann.device);
  await world.until("it waits", () => ann.items(group).some((item) => item.id === id && item.state === "waiting-tap"));
  await world.pass(5_000);
  expect([...ben.reads(group), ...cat.reads(group)]).toEqual([]);
  await ann.api.resend(id);
  await world.until("both read it", () => [ben, cat].every((one) => one.reads(group).includes("only for Ben")));
  expect(world.bugs()).toEqual([]);
});

test("[SY2] a tap is for who is there by what its device knows: who joined unheard of waits for another", async () => {
  const world = new World({ seed: 11 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Two of us");
  await world.befriend(ann, cat);
  world.network.cutOff(ben.device);
  const id = await ben.say(group, "only for Ann");
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  await world.until("it shows as not sent", () => ben.items(group).at(-1)?.state === "failed", 60_000);
  await ben.api.resend(id);
  world.network.letBack(ben.device);
  await world.until("it waits", () => ben.items(group).some((item) => item.id === id && item.state === "waiting-tap"));
  await world.pass(5_000);
  expect([...ann.reads(group), ...cat.reads(group)]).toEqual([]);
  await ben.api.resend(id);
  await world.until("both read it", () => [ann, cat].every((one) => one.reads(group).includes("only for Ann")));
  expect(world.bugs()).toEqual([]);
});
