/**
 * Scenario: five people and seven devices use every field that there is, each with its own canary.
 * It ends with one device away and a message waiting for it on the server.
 */
import type { Hex } from "@yanshu/client";
import { decodeLink } from "@yanshu/wire";
import { testFeatures } from "../../features/index.ts";
import { filesIn } from "../../features.ts";
import { playActions } from "./actions.ts";
import type { Deployment } from "./deployment.ts";
import { type Device, until } from "./device.ts";
import { shareMoments, showLive } from "./moments.ts";

export type Played = {
  /** Away; what was written to it since waits in its queue. */
  readonly away: Device;
  /** What it shall read when it comes back. */
  readonly waiting: { readonly conversation: Hex; readonly text: string };
};

export async function play(deployment: Deployment): Promise<Played> {
  const { canaries } = deployment;
  const granny = await deployment.person("外婆");
  const ann = await deployment.person("Ann");
  const ben = await deployment.person("Ben");
  const cat = await deployment.person("Cat");
  const dan = await deployment.person("丹");
  const say = async (from: Device, chat: Hex, what: string, text: (canary: string) => string) => {
    const canary = canaries.text(what);
    await from.api.sendText(chat, text(canary));
    return canary;
  };
  const everyoneReads = (chat: Hex, canary: string, devices: readonly Device[]) =>
    until(`all read ${chat}`, () => devices.every((device) => device.has(chat, canary)));

  const withGranny = await deployment.befriend(ann, granny);
  const withBen = await deployment.befriend(ben, ann);
  await deployment.befriend(cat, ann);
  const withDan = await deployment.befriend(ann, dan);
  const ann2 = await deployment.link(ann);
  const ben2 = await deployment.link(ben);
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
  await ann.api.setContactNotes(granny.account, {
    phone: `+1 555 ${canaries.text("phone of a contact")}`,
    description: `怕冷 ${canaries.text("description of a contact")}`,
    tags: [canaries.text("tag")],
    isStarred: true,
  });
  await until("the star follows", () => ann2.view("contacts").some(({ isStarred }) => isStarred));
  await ann.api.setPinned(withGranny, true);
  await ann.api.setMuted(withBen, true);
  await until("the marks follow", () => ann2.view("chats").some(({ isMuted }) => isMuted));
  await ann.api.searchMessages({ query: `found? ${canaries.text("search word")}`, limit: 10 });
  const toSelf = await say(ann, await ann.api.openOwn(), "text to oneself", (it) => `护照 ${it}`);
  await everyoneReads(await ann2.api.openOwn(), toSelf, [ann2]);
  await sendMedia(deployment, ann, withBen, [ben, ben2, ann2]);
  await sendTheSame(deployment, [ann, ben], withBen);
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
  await playActions(deployment, family, { ann, ann2, ben, granny });
  const before = await say(cat, family, "text before a removal", (it) => `see you, ${it}`);
  await everyoneReads(family, before, [granny, ann, ben, dan]);
  await ann.api.removeMember(family, cat.account);
  await until("Cat is out", () => cat.view("conversation", family)?.state === "removed");
  const after = await say(ben, family, "text after a removal", (it) => `now that she is gone: ${it}`);
  await everyoneReads(family, after, [granny, ann, ann2, ben2, dan]);
  await comeByLink(deployment, family, { ann, ben, cat });
  await comeByName(deployment, ann, dan, cat);
  await shareMoments(deployment, { ann, ann2, ben, granny });
  await showLive(deployment, family, { ann, ben });
  await deployment.settled();

  dan.network(false);
  const once = await say(ann, withDan, "text to a device that is away", (it) => `给你留言：${it}`);
  await say(granny, family, "group text to a device that is away", (it) => `早点回家 ${it}`);
  await until("all is sent", () => [ann, granny].every((one) => one.view("status").unsent === 0));
  return { away: dan, waiting: { conversation: withDan, text: once } };
}

/** Cat comes back by the group's link, with approval; what stands in the link is looked for as it is. */
async function comeByLink(
  { canaries }: Deployment,
  family: Hex,
  { ann, ben, cat }: { ann: Device; ben: Device; cat: Device },
): Promise<void> {
  const nickname = canaries.text("name in a group");
  await ben.api.setNickname(family, nickname);
  await ann.api.setApproval(family, true);
  await ann.api.makeGroupLink(family, { days: 7, uses: 10 });
  const named = (one: Device) =>
    one.view("conversation", family)?.members.some(({ name }) => name === nickname) === true;
  const hasLink = (one: Device) => one.view("conversation", family)?.link !== undefined;
  await until("the link holds", () => hasLink(ben) && hasLink(ann) && named(ann));
  const url = (await ann.api.groupLink(family)) ?? "";
  const read = decodeLink(url);
  if (read?.kind !== "group") throw new Error("no group link");
  const secret = Buffer.from(read.link.secret);
  canaries.all.push({ name: "secret of a group's link", bytes: secret, text: secret.toString("hex") });
  await cat.api.joinGroup(url);
  await until("Cat asks", () => ann.view("asking", family).length === 1);
  await ann.api.letIn(family, cat.account);
  await until("Cat is back, and knows names", () => cat.isOpen(family) && named(cat));
}

/** One is found by a name, one gave hers up; who looks types the same. */
async function comeByName({ canaries }: Deployment, ann: Device, dan: Device, cat: Device): Promise<void> {
  const name = (what: string): string => {
    const canary = canaries.text(what); // 32 characters, as many as a handle has.
    if (/^[a-f]/.test(canary)) return canary;
    canaries.all.pop(); // It begins with a to f.
    return name(what);
  };
  const [anns, dans] = [name("name that one is found by"), name("name that was given up")];
  await ann.api.setHandle(anns);
  await dan.api.setHandle(dans);
  await dan.api.setHandle("");
  const link = await cat.api.findHandle(`@${anns}`);
  if ((await cat.api.readLink(link)).kind !== "contact") throw new Error("nobody was found");
  await dan.api.findHandle(dans).then(
    () => {
      throw new Error("a name that was given up leads to somebody");
    },
    () => undefined,
  );
}

/**
 * A canary in everything that a picture, a voice message, a film, a file, a place and a sticker can hold. All fetch all
 * of it.
 */
async function sendMedia({ canaries }: Deployment, from: Device, chat: Hex, readers: readonly Device[]): Promise<void> {
  const bytes = (name: string, length: number) => new Blob([canaries.picture(name, length) as Uint8Array<ArrayBuffer>]);
  const few = (name: string) => canaries.picture(name, 101 + 16).subarray(101);
  const count = () => readers.map((one) => one.view("timeline", chat, 1_000).items.length);
  for (const send of testFeatures.flatMap(({ messages = [] }) => messages)) {
    const before = count();
    await send({ canaries, from, chat, bytes, few });
    await until("all have the message", () => count().every((one, place) => one > (before[place] ?? 0)));
  }
  for (const reader of readers)
    for (const { body } of reader.view("timeline", chat, 1_000).items)
      for (const { file } of filesIn(body))
        if (file !== undefined) await reader.api.readFile(file.handle, 0, file.bytes);
}

/** Five files, twice each, by two people: twenty on the server, which must have nothing in common. */
async function sendTheSame({ canaries }: Deployment, people: readonly Device[], chat: Hex): Promise<void> {
  const files = Array.from({ length: 5 }, (_, i) =>
    canaries.picture(`file ${i} that is sent four times`, 5_000 * (i + 1)),
  );
  for (const file of files) for (const algorithm of ["md5", "sha1", "sha256"]) canaries.hash(algorithm, file);
  for (const one of people)
    for (const file of [...files, ...files])
      await one.api.sendFile(chat, { source: new Blob([file as Uint8Array<ArrayBuffer>]), name: "same.bin", type: "" });
  await until("all are stored", () => people.every((one) => one.isSettled));
}
