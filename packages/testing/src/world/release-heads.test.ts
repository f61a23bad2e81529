/** Heads of the log of releases, which friends tell each other (docs/spec/release.md RE20). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../index.ts";
import { sayInTheDark } from "./turned.ts";

setDefaultTimeout(60_000);

test("[RE20] each friend is told the head once, one who came later too, and the last four of each count", async () => {
  const world = new World({ seed: 4_201 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const [shown, unread] = [ben.items(chat).length, ben.view("chats")[0]?.unread];
  await ann.api.tellReleaseHead("one");
  await world.until("Ben heard it", () => ben.view("releaseHeads").includes("one"));
  // Nothing of it is shown, or unread.
  expect([ben.items(chat).length, ben.view("chats")[0]?.unread]).toEqual([shown, unread]);
  const sent = () => ann.disk.get<{ n: number }>("SELECT count(*) AS n FROM sent")?.n ?? 0;
  const before = sent();
  await ann.api.tellReleaseHead("one");
  expect(sent()).toBe(before);
  await world.befriend(ann, cat);
  expect(cat.view("releaseHeads")).toEqual([]);
  await ann.api.tellReleaseHead("one");
  await world.until("Cat heard it", () => cat.view("releaseHeads").includes("one"));
  await ben.api.tellReleaseHead("two");
  await world.until("Ann heard it", () => ann.view("releaseHeads").includes("two"));
  await ann.api.tellReleaseHead("three");
  await world.until("Ben heard the newer one", () => ben.view("releaseHeads").includes("three"));
  // What another of her devices said stays beside it, so that a home that lies to one of them is seen.
  expect(ben.view("releaseHeads")).toEqual(["one", "three"]);
  for (const head of ["four", "five", "six"]) await ann.api.tellReleaseHead(head);
  await world.until("Ben heard the newest", () => ben.view("releaseHeads").includes("six"));
  expect(ben.view("releaseHeads")).toEqual(["three", "four", "five", "six"]);
  await expect(ann.api.tellReleaseHead("x".repeat(4_097))).rejects.toMatchObject({ code: "too-long" });
  expect(world.bugs()).toEqual([]);
});

test("[RE27] a friend whose head is another is told how the log grew from theirs, and nobody else by what they say", async () => {
  const world = new World({ seed: 4_204 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  for (const one of [ben, cat]) await world.befriend(ann, one);
  // Ben says what hides from others that Cat's log is another.
  for (const head of ["early", "late"]) await ben.api.tellReleaseHead(head);
  await cat.api.tellReleaseHead("honest");
  await world.until("Ann heard all", () => ann.view("releaseHeads").length === 3);
  const grown = [
    ["early", "grown from early"],
    ["honest", "grown from honest"],
    ["late", "grown from late"],
  ] as const;
  await ann.api.tellReleaseHead("own", grown);
  await world.until("both heard", () => [ben, cat].every((one) => one.view("releaseHeads").length === 2));
  expect(ben.view("releaseHeads")).toEqual(["own", "grown from early"]);
  expect(cat.view("releaseHeads")).toEqual(["own", "grown from honest"]);
  const sent = () => ann.disk.get<{ n: number }>("SELECT count(*) AS n FROM sent")?.n ?? 0;
  const before = sent();
  await ann.api.tellReleaseHead("own", grown);
  // However often Ben says another: Ben alone is told anew.
  await ann.api.tellReleaseHead("own", grown.slice(1));
  await world.until("Ben heard it", () => ben.view("releaseHeads").includes("grown from late"));
  expect(sent()).toBe(before + 1);
  expect(cat.view("releaseHeads")).toEqual(["own", "grown from honest"]);
  await expect(ann.api.tellReleaseHead("own", [["early", "x".repeat(4_097)]])).rejects.toMatchObject({
    code: "too-long",
  });
  expect(world.bugs()).toEqual([]);
});

test("[RE20] it counts in the chat of two alone", async () => {
  const world = new World({ seed: 4_202 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben], "Family");
  await sayInTheDark(world, ann, group, [
    { kind: "releaseHead", head: "in a group" },
    { kind: "text", text: "八点？" },
  ]);
  await world.until("it came", () => ben.reads(group).includes("八点？"));
  expect(ben.view("releaseHeads")).toEqual([]);
  // The same words in the chat of two.
  await sayInTheDark(world, ann, chat, [{ kind: "releaseHead", head: "of two" }]);
  await world.until("Ben heard it", () => ben.view("releaseHeads").includes("of two"));
});

test("[RE20] of somebody who is no friend, or no longer, nothing counts", async () => {
  const world = new World({ seed: 4_203 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const link = await world.during(ben.api.myLink());
  const chat = await world.during(ann.api.requestContact({ link, greeting: "hello", scanned: false }));
  await world.until("Ben is asked", () => ben.view("requests").length === 1);
  await sayInTheDark(world, ann, chat, [
    { kind: "releaseHead", head: "of a stranger" },
    { kind: "text", text: "八点？" },
  ]);
  await world.until("it came", () => ben.reads(chat).includes("八点？"));
  expect(ben.view("releaseHeads")).toEqual([]);
  await ben.api.acceptRequest(chat);
  expect(ben.view("releaseHeads")).toEqual([]);
  await world.until("Ann knows", () => ann.view("conversation", chat)?.state === "open");
  await ann.api.tellReleaseHead("of a friend");
  await world.until("Ben heard it", () => ben.view("releaseHeads").includes("of a friend"));
  await ben.api.block(ann.account);
  // Another view of what is stored.
  const cat = await world.person("Cat");
  await world.befriend(cat, ben);
  await cat.api.tellReleaseHead("of Cat");
  await world.until("Ben heard Cat", () => ben.view("releaseHeads").includes("of Cat"));
  expect(ben.view("releaseHeads")).toEqual(["of Cat"]);
});
