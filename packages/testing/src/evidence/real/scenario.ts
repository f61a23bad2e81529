/**
 * Scenario: five people and seven devices use every field that there is, each with its own canary.
 * It ends with one device away and a letter waiting for it on the server.
 */
import type { Hex } from "@yanshu/client";
import { type Device, until } from "./device.ts";
import type { Town } from "./town.ts";

export type Played = {
  /** Away; what was written to it since waits in its queue. */
  readonly away: Device;
  /** What it shall read when it comes back. */
  readonly waiting: { readonly conversation: Hex; readonly text: string };
};

export async function play(town: Town): Promise<Played> {
  const { canaries } = town;
  const granny = await town.person("外婆");
  const ann = await town.person("Ann");
  const ben = await town.person("Ben");
  const cat = await town.person("Cat");
  const dan = await town.person("丹");
  const say = async (from: Device, chat: Hex, what: string, text: (canary: string) => string) => {
    const canary = canaries.text(what);
    await from.api.sendText(chat, text(canary));
    return canary;
  };
  const everyoneReads = (chat: Hex, canary: string, devices: readonly Device[]) =>
    until(`all read ${chat}`, () => devices.every((device) => device.has(chat, canary)));

  const withGranny = await town.befriend(ann, granny);
  const withBen = await town.befriend(ben, ann);
  await town.befriend(cat, ann);
  const withDan = await town.befriend(ann, dan);
  const ann2 = await town.link(ann);
  const ben2 = await town.link(ben);
  await until("the second devices are in", () => ann2.isOpen(withGranny) && ben2.isOpen(withBen));

  const greeting = await say(ann, withGranny, "text in Chinese", (it) => `外婆，今晚吃火锅吗？${it} 🍲 想你了`);
  await everyoneReads(withGranny, greeting, [granny, ann2]);
  await granny.api.markRead(withGranny);
  const reply = await say(granny, withGranny, "reply in traditional script", (it) => `好啊，記得帶傘 ${it}`);
  await everyoneReads(withGranny, reply, [ann, ann2]);
  const fromTablet = await say(ben2, withBen, "text from a second device", (it) => `from the tablet: ${it}`);
  await everyoneReads(withBen, fromTablet, [ann, ann2, ben]);
  const long = await say(ann, withBen, "long text", (it) => `${"第一章 ".repeat(700)}${it}${" the end".repeat(900)}`);
  await everyoneReads(withBen, long, [ben, ben2]);

  await ann.api.setRemark(granny.account, `姥姥 ${canaries.text("remark")}`);
  await until("the remark follows", () => ann2.view("contacts").some(({ remark }) => remark.startsWith("姥姥")));
  await ann.api.setDraft(withBen, `not sent yet ${canaries.text("draft")}`);
  await ben.api.setProfile({
    name: `本 ${canaries.text("new name of Ben")}`,
    picture: canaries.picture("new picture of Ben"),
  });

  const family = await ann.api.createGroup({
    name: `一家人 ${canaries.text("group name")}`,
    accounts: [granny, ben, cat, dan].map(({ account }) => account),
  });
  await until("all are in the group", () => [granny, ben, ben2, cat, dan, ann2].every((one) => one.isOpen(family)));
  const inGroup = await say(cat, family, "text in the group", (it) => `周末去爬山 ${it}`);
  await everyoneReads(family, inGroup, [granny, ann, ann2, ben, ben2, dan]);
  await ann.api.renameGroup(family, `我们 ${canaries.text("new group name")}`);
  await ann.api.setGroupPicture(family, canaries.picture("group picture", 2_000));
  await until("all see the new name", () => {
    const seen = [granny, ben2, cat, dan].map((one) => one.view("conversation", family));
    return seen.every((one) => one?.title.startsWith("我们") === true && one.faces[0]?.picture !== undefined);
  });
  const before = await say(cat, family, "text before a removal", (it) => `see you, ${it}`);
  await everyoneReads(family, before, [granny, ann, ben, dan]);
  await ann.api.removeMember(family, cat.account);
  await until("Cat is out", () => cat.view("conversation", family)?.state === "removed");
  const after = await say(ben, family, "text after a removal", (it) => `now that she is gone: ${it}`);
  await everyoneReads(family, after, [granny, ann, ann2, ben2, dan]);
  await town.settled();

  dan.network(false);
  const once = await say(ann, withDan, "text to a device that is away", (it) => `给你留言：${it}`);
  await say(granny, family, "group text to a device that is away", (it) => `早点回家 ${it}`);
  await until("all is sent", () => [ann, granny].every((one) => one.view("status").unsent === 0));
  return { away: dan, waiting: { conversation: withDan, text: once } };
}
