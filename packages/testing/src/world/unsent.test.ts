/** What becomes of what was said when there is no way to home, or no place in the conversation any more. */
import { expect, test } from "bun:test";
import { decodeServerFrame } from "@yanshu/wire";
import { type Person, World } from "../index.ts";

function states(person: Person, chat: string): readonly string[] {
  return person.items(chat).flatMap(({ mine, body, state }) => {
    const isGreeting = body.kind === "text" && body.text.startsWith("我是");
    return mine && body.kind === "text" && !isGreeting ? [state] : [];
  });
}

function hasFailed(person: Person, chat: string): boolean {
  return person.view("chats").find((row) => row.conversation === chat)?.failed === true;
}

async function friends(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  return { world, ann, ben, chat };
}

test("[SY30] without a way to home an item shows as not sent after half a minute, and goes by itself when there is one", async () => {
  const { world, ann, ben, chat } = await friends(81);
  world.network.cutOff(ann.device);
  await ann.say(chat, "one");
  await world.pass(10_000);
  await ann.say(chat, "two");
  await world.pass(18_000);
  expect(states(ann, chat)).toEqual(["sending", "sending"]);
  await world.pass(4_000);
  expect(states(ann, chat)).toEqual(["failed", "sending"]);
  expect(hasFailed(ann, chat)).toBe(true);
  await world.pass(10_000);
  expect(states(ann, chat)).toEqual(["failed", "failed"]);
  await ann.say(chat, "three");
  expect(states(ann, chat)).toEqual(["failed", "failed", "sending"]);
  world.network.letBack(ann.device);
  await world.until("all are sent", () => states(ann, chat).every((state) => state === "sent"));
  expect(hasFailed(ann, chat)).toBe(false);
  await world.until("Ben has them", () => ben.reads(chat).includes("three"));
  await world.pass(60_000);
  expect(ben.reads(chat).slice(1)).toEqual(["one", "two", "three"]);
  expect(world.bugs()).toEqual([]);
});

test("[SY30] tapping it is another try of half a minute, and never a second message", async () => {
  const { world, ann, ben, chat } = await friends(82);
  world.crashServer();
  const id = await ann.say(chat, "anybody home?");
  await world.pass(31_000);
  expect(states(ann, chat)).toEqual(["failed"]);
  await ann.api.resend(id);
  expect(states(ann, chat)).toEqual(["sending"]);
  await world.pass(25_000);
  expect(states(ann, chat)).toEqual(["sending"]);
  await world.pass(6_000);
  expect(states(ann, chat)).toEqual(["failed"]);
  ann.crash(); // And the battery dies over it.
  await ann.switchOn();
  expect(states(ann, chat)).toEqual(["failed"]);
  world.startServer();
  await world.until("it is sent", () => states(ann, chat)[0] === "sent");
  await world.until("Ben reads", () => ben.reads(chat).includes("anybody home?"));
  await world.pass(30_000);
  expect(ben.reads(chat).slice(1)).toEqual(["anybody home?"]);
  expect(world.bugs()).toEqual([]);
});

test("[SY30] the answer is lost with the way: shown as not sent, then as sent, and read once", async () => {
  const { world, ann, ben, chat } = await friends(83);
  await ann.say(chat, "hello");
  await world.until("that is sent", () => states(ann, chat)[0] === "sent");
  world.network.meddle(ann.device, (frame) => {
    if (frame[0] !== 0x80) return [frame]; // Home has it, and its answer does not arrive.
    world.clock.after(1, () => world.network.cutOff(ann.device));
    return [];
  });
  await ann.say(chat, "once");
  await world.until("Ben reads", () => ben.reads(chat).includes("once"));
  await world.pass(40_000);
  expect(states(ann, chat)).toEqual(["sent", "failed"]);
  world.network.meddle(ann.device, undefined);
  world.network.letBack(ann.device);
  await world.until("she knows", () => states(ann, chat)[1] === "sent");
  await world.pass(20_000);
  expect(ben.reads(chat).slice(1)).toEqual(["hello", "once"]);
  expect(world.bugs()).toEqual([]);
});

test("[DS125] seven hundred messages that waited are all sent under the limits as shipped, and read in their order", async () => {
  const { world, ann, ben, chat } = await friends(87);
  const texts = Array.from({ length: 700 }, (_, i) => `message ${i}`);
  world.network.cutOff(ann.device);
  for (const text of texts) await ann.say(chat, text);
  expect(ann.view("status").unsent).toBe(700);
  const refused: string[] = [];
  world.network.meddle(ann.device, (bytes) => {
    const frame = decodeServerFrame(bytes);
    if (frame.type === "error") refused.push(frame.code);
    return [bytes];
  });
  world.network.letBack(ann.device);
  await world.until("all are sent", () => ann.view("status").unsent === 0);
  await world.until("Ben has them", () => ben.reads(chat).includes("message 699"));
  expect(ben.reads(chat).filter((text) => text?.startsWith("message"))).toEqual(texts);
  expect(refused).toEqual([]); // With a limit that they run into, they come in order too (WI24, refused.test.ts).
  expect(world.bugs()).toEqual([]);
}, 60_000);

test("[SY31] what one said in a group that one was removed from is not sent, and goes again with a tap once one is back", async () => {
  const world = new World({ seed: 84 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Dinner");
  world.network.cutOff(cat.device);
  const first = await cat.say(group, "wait for me");
  await cat.say(group, "never mind");
  await ann.api.removeMember(group, cat.account);
  await world.until("she is out", () => ann.view("conversation", group)?.members.length === 2);
  world.network.letBack(cat.device);
  await world.until("Cat knows", () => cat.view("conversation", group)?.state === "removed");
  expect(states(cat, group)).toEqual(["failed", "failed"]);
  expect(hasFailed(cat, group)).toBe(true);
  expect(cat.view("status").unsent).toBe(0); // Nothing waits in vain.
  expect(await cat.api.resend(first).catch((error: { code: string }) => error.code)).toBe("not-allowed");
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is back", () => cat.view("conversation", group)?.state === "open");
  await cat.say(group, "back again"); // What failed holds nothing up.
  await world.until("Ben reads", () => ben.reads(group).includes("back again"));
  await cat.api.resend(first);
  await world.until("Ben reads that too", () => ben.reads(group).includes("wait for me"));
  const second = cat.items(group).find((item) => item.state === "failed")?.id ?? "";
  await cat.api.discard(second);
  expect(states(cat, group)).toEqual(["sent", "sent"]);
  await world.pass(20_000);
  expect(ben.reads(group)).toEqual(["back again", "wait for me"]);
  expect(world.bugs()).toEqual([]);
});

test("[SY31] nor does anything wait for ever in a chat that was blocked", async () => {
  const { world, ann, ben, chat } = await friends(85);
  world.network.cutOff(ann.device);
  await ann.say(chat, "and another thing");
  await ann.api.block(ben.account);
  expect(ann.view("status").unsent).toBe(0);
  expect(states(ann, chat)).toEqual(["failed"]);
  world.network.letBack(ann.device);
  await world.pass(5_000);
  expect(ben.reads(chat)).not.toContain("and another thing");
  expect(world.bugs()).toEqual([]);
});

test("[SY31] what one did with a message that was not sent goes with it when it is said again", async () => {
  const world = new World({ seed: 86 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Dinner");
  world.network.cutOff(cat.device);
  const name = (id: string) => ({ author: cat.account, id });
  const message = await cat.say(group, "seven?");
  await cat.api.edit(group, message, "eight?");
  await cat.api.react(group, name(message), "👍", true);
  const options = ["here", "there"];
  const poll = await cat.api.startPoll(group, { question: "Where?", options, isMultiple: false, isAnonymous: false });
  await cat.api.vote(group, name(poll), [1]);
  const list = await cat.api.startChain(group, { title: "Who brings what", note: "", seeds: [] });
  for (const line of ["plates", "tea"]) {
    await cat.api.writeLine(group, name(list), line);
    await world.pass(10); // Lines of one moment stand by their names, which are random.
  }
  await ann.api.removeMember(group, cat.account);
  await world.until("she is out", () => ann.view("conversation", group)?.members.length === 2);
  world.network.letBack(cat.device);
  await world.until("Cat knows", () => cat.view("conversation", group)?.state === "removed");
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is back", () => cat.view("conversation", group)?.state === "open");
  for (const id of [message, poll, list]) await cat.api.resend(id);
  const face = (one: Person, id: string) => {
    const { body, isEdited = false, reactions = [] } = one.items(group).find((item) => item.id === id) ?? {};
    if (body?.kind === "poll") return body.options.map(({ count }) => count);
    if (body?.kind === "chain") return body.lines.map(({ text }) => text);
    return [body?.kind === "text" ? body.text : "", isEdited, ...reactions.map(({ emoji }) => emoji)];
  };
  const faces = (one: Person) => [message, poll, list].map((id) => face(one, id));
  await world.until("they have gone", () => cat.view("status").unsent === 0);
  await world.pass(10_000);
  expect(faces(cat)).toEqual([
    ["eight?", true, "👍"],
    [0, 1],
    ["plates", "tea"],
  ]);
  expect(faces(ben)).toEqual(faces(cat));
  await ben.api.writeLine(group, name(list), "soup");
  await world.until("Cat sees it", () => JSON.stringify(face(cat, list)).includes("soup"));
  expect(faces(ben)).toEqual(faces(cat));
  expect(world.bugs()).toEqual([]);
});
