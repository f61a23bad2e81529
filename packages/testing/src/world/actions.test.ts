import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { type Person, World } from "../index.ts";

/** The newest message with these words on this person's screen. */
function found(person: Person, chat: Hex, text: string) {
  const item = person.items(chat).findLast(({ body }) => body.kind === "text" && body.text === text);
  if (item === undefined) throw new Error(`${person.device} does not see "${text}"`);
  return item;
}

function refOf(person: Person, chat: Hex, text: string) {
  const { from, id } = found(person, chat, text);
  return { author: from.account, id };
}

/** Whether these words stand anywhere on the device's disk, in a table or in a free page. */
function onDisk(person: Person, words: string): boolean {
  return Buffer.from(person.takeSnapshot()).includes(Buffer.from(words));
}

async function family(seed: number) {
  const world = new World({ seed });
  const mum = await world.person("妈妈");
  const dad = await world.person("爸爸");
  const kid = await world.person("Maya");
  const group = await world.group(mum, [dad, kid], "一家人");
  return { world, mum, dad, kid, group };
}

test("[AC1] a quote shows who said what, also to another device of the quoter, and leads to the original", async () => {
  const { world, mum, dad, kid, group } = await family(301);
  const tablet = await world.linkDevice(kid);
  await mum.say(group, "周日一起包饺子，谁来？");
  await world.until("Maya reads it", () => kid.reads(group).length === 1);
  await kid.api.sendText(group, "Me!", { quote: refOf(kid, group, "周日一起包饺子，谁来？") });
  for (const one of [mum, dad, tablet]) await world.until("all read it", () => one.reads(group).includes("Me!"));
  for (const one of [mum, dad, kid, tablet]) {
    const { body } = found(one, group, "Me!");
    expect(body).toMatchObject({
      quote: { words: "周日一起包饺子，谁来？", of: "text", standing: "here", from: { name: "妈妈" } },
    });
  }
  const late = await world.person("舅舅");
  await world.befriend(mum, late);
  await mum.api.addMembers(group, [late.account]);
  await world.until("he is in", () => late.view("conversation", group)?.state === "open");
  await dad.api.sendText(group, "我也去", { quote: refOf(dad, group, "周日一起包饺子，谁来？") });
  await world.until("he reads it", () => late.reads(group).includes("我也去"));
  expect(found(late, group, "我也去").body).toMatchObject({
    quote: { words: "周日一起包饺子，谁来？", standing: "gone" },
  });
  expect(world.bugs()).toEqual([]);
});

test("[AC1] the list, a quote, a pin, a record, what is kept and the search begin a poll, a list and a place alike", async () => {
  const { world, mum, dad, group } = await family(319);
  const poll = { options: ["here", "there"], isMultiple: false, isAnonymous: false };
  const said = [
    ["where to?", await mum.api.startPoll(group, { question: "where to?", ...poll })],
    ["who brings what", await mum.api.startChain(group, { title: "who brings what", note: "", seeds: ["plates"] })],
    ["the lake", await mum.api.sendLocation(group, { name: "the lake" })],
  ] as const;
  for (const [words, id] of said) {
    const ref = { author: mum.account, id };
    await world.until("it came", () => dad.items(group).some((item) => item.id === id));
    await dad.api.sendText(group, `to ${words}`, { quote: ref });
    expect(found(dad, group, `to ${words}`).body).toMatchObject({ quote: { words } });
    await mum.api.pin(group, ref, true);
    expect(mum.view("pins", group).find((pin) => pin.id === id)?.words).toBe(words);
    const hits = await world.during(dad.api.searchMessages({ query: words, limit: 5 }));
    expect(hits.hits.map((hit) => hit.id)).toContain(id);
  }
  const messages = said.map(([, id]) => ({ author: mum.account, id }));
  await mum.api.forward({ from: group, messages, to: [group], mode: "merged", note: "" });
  const [record] = mum.items(group).flatMap(({ body }) => (body.kind === "record" ? [body] : []));
  const begins = record?.begins.map(({ words }) => words) ?? [];
  expect(said.map(([words], i) => begins[i]?.startsWith(words))).toEqual([true, true, true]);
  await mum.api.keepFavourites(group, messages.slice(2));
  expect(mum.view("favourites")[0]?.body).toMatchObject({ kind: "other", words: "the lake" });
  const last = await mum.api.startPoll(group, { question: "and when?", ...poll });
  await world.until("it came", () => dad.items(group).some((item) => item.id === last));
  expect(dad.view("chats")[0]?.preview).toMatchObject({ kind: "poll", text: "and when?" });
  expect(world.bugs()).toEqual([]);
});

test("[AC2] [AC3] what is recalled in time is gone from every device, from its quotes and its versions", async () => {
  const { world, mum, dad, kid, group } = await family(302);
  const secret = "红包藏在米缸里";
  const id = await mum.say(group, secret);
  await world.until("they read it", () => [dad, kid].every((one) => one.reads(group).includes(secret)));
  await dad.api.sendText(group, "别说出来", { quote: refOf(dad, group, secret) });
  await mum.api.edit(group, id, `${secret}！`);
  await kid.api.react(group, refOf(kid, group, secret), "😂", true);
  await world.until("all is there", () =>
    [dad, mum, kid].every(
      (one) => one.reads(group).includes(`${secret}！`) && found(one, group, `${secret}！`).reactions?.length === 1,
    ),
  );
  expect(found(kid, group, `${secret}！`).isEdited).toBe(true);
  expect([mum, dad, kid].map((one) => onDisk(one, secret))).toEqual([true, true, true]);
  await mum.api.recall(group, id);
  await world.until("it is recalled everywhere", () =>
    [dad, kid].every((one) => one.lines(group).includes("recalled")),
  );
  for (const one of [mum, dad, kid]) {
    expect(one.reads(group)).toEqual(["别说出来"]);
    expect(found(one, group, "别说出来").body).toMatchObject({ quote: { words: "", standing: "recalled" } });
  }
  expect([dad, kid].map((one) => onDisk(one, secret))).toEqual([false, false]);
  // Her own words are hers for five minutes, to write them again; then they go from her device too.
  const line = mum.items(group).find(({ body }) => body.kind === "system" && body.line.kind === "recalled");
  expect(line?.again?.words).toBe(`${secret}！`);
  await world.pass(5 * 60_000 + 1_000);
  expect(mum.items(group).some(({ again }) => again !== undefined)).toBe(false);
  expect(onDisk(mum, secret)).toBe(false);
  expect(world.bugs()).toEqual([]);
});

test("[AC2] two minutes by the sender's own stamps: later is refused there, and passed over by those who receive it", async () => {
  const { world, mum, dad, group } = await family(303);
  dad.skewMs = 3_600_000; // The reader's clock decides nothing.
  const id = await mum.say(group, "一");
  await world.pass(119_000);
  await mum.api.recall(group, id);
  await world.until("in time", () => dad.lines(group).includes("recalled"));
  const late = await mum.say(group, "二");
  await world.until("it is there", () => dad.reads(group).includes("二"));
  await world.pass(121_000);
  await expect(mum.api.recall(group, late)).rejects.toMatchObject({ code: "too-late" });
  mum.skewMs = -60_000; // A device that turns its clock back can say so to itself; its stamps then agree, as they must.
  await mum.api.recall(group, late);
  await world.until(
    "by the stamps it is in time",
    () => dad.lines(group).filter((one) => one === "recalled").length === 2,
  );
  expect(world.bugs()).toEqual([]);
});

test("[AC3] a recall that overtakes its message leaves its line, and the message never shows", async () => {
  const { world, mum, dad, kid, group } = await family(304);
  // The operator swallows it on its way to him.
  world.network.meddle(dad.device, (frame) => (frame[0] === 0xc0 ? [] : [frame]));
  const id = await mum.say(group, "发错群了");
  await world.until("Maya has it", () => kid.reads(group).includes("发错群了"));
  await world.pass(2_000);
  world.network.meddle(dad.device, undefined);
  await mum.api.recall(group, id);
  await world.until("the line stands", () => dad.lines(group).includes("recalled"));
  await world.pass(60_000);
  // What he missed was asked for again: its author answers with the recall, not with the words.
  expect(dad.reads(group)).toEqual([]);
  expect(dad.lines(group)).not.toContain("lost");
  expect(onDisk(dad, "发错群了")).toBe(false);
  expect(world.bugs()).toEqual([]);
});

test("[AC3] what has not left the device is recalled without a word to anybody", async () => {
  const { world, mum, dad, group } = await family(305);
  mum.client.network(false);
  await world.pass(1_000);
  const id = await mum.say(group, "悄悄话");
  await mum.api.recall(group, id);
  expect(mum.lines(group)).toContain("recalled");
  mum.client.network(true);
  await mum.say(group, "在吗");
  await world.until("the next arrives", () => dad.reads(group).includes("在吗"));
  expect(dad.reads(group)).toEqual(["在吗"]);
  expect(dad.lines(group)).not.toContain("recalled");
  expect(world.bugs()).toEqual([]);
});

test("[AC3] [SY10] what may be on its way when it is recalled is gone, whether its answer comes or not", async () => {
  const { world, mum, dad, group } = await family(306);
  await mum.say(group, "先说一句");
  await world.until("it is sent", () => mum.view("status").unsent === 0);
  world.network.meddle(mum.device, () => []); // The server takes it, and no answer and no echo comes.
  const id = await mum.say(group, "撤得快");
  await world.until(
    "it has its number",
    () => mum.disk.get("SELECT seq FROM outbox WHERE shown = 1 AND seq IS NOT NULL") !== undefined,
    1_000,
  );
  await mum.api.recall(group, id);
  world.network.meddle(mum.device, undefined);
  await mum.say(group, "然后");
  await world.until("the next arrives", () => dad.reads(group).includes("然后"));
  await world.pass(30_000);
  expect(dad.reads(group)).toEqual(["先说一句", "然后"]);
  expect(dad.lines(group)).not.toContain("lost");
  expect(dad.lines(group)).toContain("recalled");
  expect(mum.view("status").unsent).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[AC4] an edit shows as one, with every version, for fifteen minutes, and only by its author", async () => {
  const { world, mum, dad, kid, group } = await family(307);
  const id = await mum.say(group, "六点吃饭");
  await world.until("read", () => dad.reads(group).includes("六点吃饭"));
  await mum.api.edit(group, id, "七点吃饭");
  await world.pass(60_000);
  await mum.api.edit(group, id, "八点吃饭");
  await world.until("edited", () => [dad, kid].every((one) => one.reads(group).includes("八点吃饭")));
  for (const one of [mum, dad, kid]) {
    const item = found(one, group, "八点吃饭");
    expect(item.isEdited).toBe(true);
    expect(one.view("history", group, mum.account, item.id).map(({ text }) => text)).toEqual([
      "六点吃饭",
      "七点吃饭",
      "八点吃饭",
    ]);
  }
  await expect(dad.api.edit(group, id, "不吃了")).rejects.toMatchObject({ code: "unknown-message" });
  await world.pass(15 * 60_000);
  await expect(mum.api.edit(group, id, "九点")).rejects.toMatchObject({ code: "too-late" });
  expect(dad.reads(group)).toEqual(["八点吃饭"]);
  expect(world.bugs()).toEqual([]);
});

test("[AC5] everybody sees who reacted with what, once each, and that it was taken back", async () => {
  const { world, mum, dad, kid, group } = await family(308);
  const tablet = await world.linkDevice(kid);
  await mum.say(group, "外婆出院了");
  await world.until("read", () => [dad, kid, tablet].every((one) => one.reads(group).includes("外婆出院了")));
  const of = (one: Person) =>
    (found(one, group, "外婆出院了").reactions ?? []).map(
      ({ emoji, people }) => `${emoji}${people.map(({ name }) => name).join("、")}`,
    );
  await dad.api.react(group, refOf(dad, group, "外婆出院了"), "❤️", true);
  await world.pass(1_000);
  await kid.api.react(group, refOf(kid, group, "外婆出院了"), "❤️", true);
  await tablet.api.react(group, refOf(tablet, group, "外婆出院了"), "🎉", true);
  await world.until("all see them", () =>
    [mum, dad, kid, tablet].every((one) => of(one).join(" ") === "❤️爸爸、Maya 🎉Maya"),
  );
  expect(found(tablet, group, "外婆出院了").reactions?.map(({ mine }) => mine)).toEqual([true, true]);
  await tablet.api.react(group, refOf(tablet, group, "外婆出院了"), "❤️", false);
  await world.until("taken back", () => [mum, dad, kid, tablet].every((one) => of(one).join(" ") === "❤️爸爸 🎉Maya"));
  expect(dad.view("chats").find(({ title }) => title === "一家人")?.unread).toBe(1); // A reaction makes nothing unread.
  expect(world.bugs()).toEqual([]);
});

test("[AC6] what one deletes goes from that device alone, and does not come back", async () => {
  const { world, mum, dad, group } = await family(309);
  await mum.say(group, "旧账");
  await world.until("read", () => dad.reads(group).includes("旧账"));
  await dad.api.deleteMessages(group, [refOf(dad, group, "旧账")]);
  expect(dad.reads(group)).toEqual([]);
  expect(onDisk(dad, "旧账")).toBe(false);
  expect(mum.reads(group)).toEqual(["旧账"]);
  expect(world.bugs()).toEqual([]);
});

test("[AC7] who is named hears of it, through mute and on every device; everybody is called by who leads, and by nobody else", async () => {
  const { world, mum, dad, kid, group } = await family(310);
  const mentioned = (one: Person) => one.view("chats").find(({ title }) => title === "一家人")?.mentioned;
  await dad.api.sendText(group, "@Maya 吃饭了", { mentions: [{ at: 0, length: 5, account: kid.account }] });
  await world.until("Maya is named", () => mentioned(kid) === true);
  expect(found(kid, group, "@Maya 吃饭了").body).toMatchObject({ mentions: [{ at: 0, length: 5, isMe: true }] });
  await world.until("mum reads", () => mum.reads(group).length === 1);
  expect(mentioned(mum)).toBe(false);
  await kid.api.markRead(group);
  expect(mentioned(kid)).toBe(false);
  await expect(dad.api.sendText(group, "@所有人 看这里", { mentions: [{ at: 0, length: 4 }] })).rejects.toMatchObject({
    code: "not-allowed",
  });
  // A client that does it all the same is not believed.
  dad.disk.run("UPDATE members SET role = 'owner' WHERE account = ?", Buffer.from(dad.account, "hex"));
  await dad.api.sendText(group, "@所有人 骗你们的", { mentions: [{ at: 0, length: 4 }] });
  await world.until("it arrives", () => kid.reads(group).includes("@所有人 骗你们的"));
  expect([mentioned(mum), mentioned(kid)]).toEqual([false, false]);
  await mum.api.sendText(group, "@所有人 外婆到了", { mentions: [{ at: 0, length: 4 }] });
  await world.until("all are called", () => mentioned(kid) === true && mentioned(dad) === true);
  const id = found(mum, group, "@所有人 外婆到了").id;
  await mum.api.recall(group, id);
  await world.until("and not any more", () => mentioned(kid) === false);
  expect(world.bugs()).toEqual([]);
});

test("[AC8] a pat is a line with the words of who is patted, once a second at most", async () => {
  const { world, mum, dad, kid, group } = await family(311);
  await kid.api.setPat("的小脑袋");
  await kid.say(group, "hi");
  await world.until("they know it", () => mum.reads(group).includes("hi") && dad.reads(group).includes("hi"));
  await mum.api.pat(group, kid.account);
  await expect(mum.api.pat(group, kid.account)).rejects.toMatchObject({ code: "too-often" });
  for (const one of [mum, dad, kid]) await world.until("it stands there", () => one.lines(group).includes("pat"));
  const line = dad
    .items(group)
    .flatMap(({ body }) => (body.kind === "system" && body.line.kind === "pat" ? [body.line] : []))[0];
  expect(line).toMatchObject({ by: { name: "妈妈" }, who: { name: "Maya" }, suffix: "的小脑袋" });
  expect(dad.view("chats").find(({ title }) => title === "一家人")?.unread).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[AC9] what is pinned stands for all, three at most, and is told to who comes later; so is the announcement", async () => {
  const { world, mum, dad, kid, group } = await family(312);
  for (const text of ["一", "二", "三", "四"]) await mum.say(group, text);
  await world.until("read", () => dad.reads(group).length === 4);
  await dad.api.pin(group, refOf(dad, group, "一"), true);
  await world.pass(1_000);
  await mum.api.pin(group, refOf(mum, group, "三"), true);
  const pinned = (one: Person) => one.view("pins", group).map(({ words }) => words);
  await world.until("all see them", () => [mum, dad, kid].every((one) => pinned(one).join() === "三,一"));
  await mum.api.pin(group, refOf(mum, group, "二"), true);
  await expect(mum.api.pin(group, refOf(mum, group, "四"), true)).rejects.toMatchObject({ code: "too-many-pins" });
  await mum.api.pin(group, refOf(mum, group, "二"), false);
  await expect(dad.api.announce(group, "我来说")).rejects.toMatchObject({ code: "not-allowed" });
  await mum.api.announce(group, "周日十点集合");
  await world.until("they know", () =>
    [dad, kid].every((one) => one.view("conversation", group)?.announcement === "周日十点集合"),
  );
  expect(kid.lines(group)).toContain("announced");
  expect(kid.view("chats").find(({ title }) => title === "一家人")?.mentioned).toBe(true);
  const uncle = await world.person("舅舅");
  await world.befriend(dad, uncle);
  await dad.api.addMembers(group, [uncle.account]);
  await world.until("he sees what is pinned", () => uncle.isOn && pinned(uncle).join() === "三,一");
  expect(uncle.view("pins", group).map(({ isHere, from }) => [isHere, from.name])).toEqual([
    [false, "妈妈"],
    [false, "妈妈"],
  ]);
  expect(uncle.view("conversation", group)?.announcement).toBe("周日十点集合");
  await mum.api.recall(group, found(mum, group, "一").id);
  await world.until("what is recalled is not pinned", () =>
    [mum, dad, kid, uncle].every((one) => pinned(one).join() === "三"),
  );
  expect(world.bugs()).toEqual([]);
});

test("[AC10] a poll counts one vote a person, the last one, on all devices alike", async () => {
  const { world, mum, dad, kid, group } = await family(313);
  const tablet = await world.linkDevice(kid);
  const closesAtMs = world.clock.nowMs() + 600_000;
  const id = await mum.api.startPoll(group, {
    question: "吃什么？",
    options: ["火锅", "饺子"],
    isMultiple: false,
    isAnonymous: false,
    closesAtMs,
  });
  const poll = { author: mum.account, id };
  const options = (one: Person) => {
    const body = one.items(group).find((item) => item.id === id)?.body;
    return body?.kind === "poll"
      ? body.options.map(({ count, people }) => [count, people.map(({ name }) => name).join()])
      : [];
  };
  await world.until("they see it", () => [dad, kid, tablet].every((one) => options(one).length === 2));
  await dad.api.vote(group, poll, [0]);
  await kid.api.vote(group, poll, [0]);
  await world.pass(1_000);
  await tablet.api.vote(group, poll, [1]);
  await expect(dad.api.vote(group, poll, [0, 1])).rejects.toMatchObject({ code: "not-allowed" });
  await world.until("all count alike", () =>
    [mum, dad, kid, tablet].every(
      (one) =>
        JSON.stringify(options(one)) ===
        JSON.stringify([
          [1, "爸爸"],
          [1, "Maya"],
        ]),
    ),
  );
  await world.pass(600_000);
  await expect(dad.api.vote(group, poll, [1])).rejects.toMatchObject({ code: "too-late" });
  expect(world.bugs()).toEqual([]);
});

test("[AC11] two who add a line to a list at the same moment both stand on it, in the same order for all", async () => {
  const { world, mum, dad, kid, group } = await family(314);
  const id = await mum.api.startChain(group, { title: "周日聚餐", note: "地点老地方", seeds: ["外婆 1 位"] });
  const chain = { author: mum.account, id };
  const lines = (one: Person) => {
    const body = one.items(group).find((item) => item.id === id)?.body;
    return body?.kind === "chain" ? body.lines : [];
  };
  await world.until("they see it", () => [dad, kid].every((one) => lines(one).length === 1));
  for (const one of [dad, kid]) world.network.cutOff(one.device);
  await dad.api.writeLine(group, chain, "爸爸 2 位");
  await kid.api.writeLine(group, chain, "Maya, vegetarian");
  await mum.api.writeLine(group, chain, "妈妈 1 位");
  for (const one of [dad, kid]) world.network.letBack(one.device);
  await world.until("no line is lost", () => [mum, dad, kid].every((one) => lines(one).length === 4));
  const texts = (one: Person) => lines(one).map(({ text }) => text);
  expect(texts(dad)).toEqual(texts(mum));
  expect(texts(kid)).toEqual(texts(mum));
  expect([...texts(mum)].sort()).toEqual(["Maya, vegetarian", "外婆 1 位", "妈妈 1 位", "爸爸 2 位"].sort());
  const before = texts(mum).indexOf("爸爸 2 位");
  await dad.api.writeLine(group, chain, "爸爸 3 位", lines(dad)[before]?.key);
  await kid.api.writeLine(group, chain, "", lines(kid).find(({ by }) => by?.isMe === true)?.key);
  await world.until("changed in its place, and taken out", () =>
    [mum, dad, kid].every(
      (one) =>
        texts(one).length === 3 && texts(one)[Math.min(before, 2)] !== undefined && texts(one).includes("爸爸 3 位"),
    ),
  );
  expect(world.bugs()).toEqual([]);
});

test("[AC12] messages are forwarded one by one or as a record, which may lie in a record, three deep", async () => {
  const { world, mum, dad, kid, group } = await family(315);
  const chat = mum.chat("爸爸");
  for (const text of ["第一句", "第二句"]) await mum.say(group, text);
  await world.until("read", () => dad.reads(group).length === 2);
  const both = ["第一句", "第二句"].map((text) => refOf(mum, group, text));
  expect(
    await mum.api.forward({
      from: group,
      messages: [...both].reverse(),
      to: [chat, mum.chat("Maya")],
      mode: "each",
      note: "看看",
    }),
  ).toBe(2);
  await world.until("both have them", () => [dad, kid].every((one) => one.reads(one.chat("妈妈")).includes("看看")));
  expect(dad.reads(chat).slice(-3)).toEqual(["第一句", "第二句", "看看"]);
  const records = (one: Person) => one.items(chat).filter(({ body }) => body.kind === "record");
  await mum.api.forward({ from: group, messages: both, to: [chat], mode: "merged", note: "" });
  for (let depth = 2; depth <= 3; depth++) {
    await world.until("the record is there", () => records(dad).length === depth - 1);
    const inner = records(mum).at(-1);
    await mum.api.forward({
      from: chat,
      messages: [{ author: mum.account, id: inner?.id ?? "" }],
      to: [chat],
      mode: "merged",
      note: "",
    });
  }
  await world.until("all are there", () => records(dad).length === 3);
  const last = records(dad).at(-1);
  await expect(
    dad.api.forward({
      from: chat,
      messages: [{ author: mum.account, id: last?.id ?? "" }],
      to: [chat],
      mode: "merged",
      note: "",
    }),
  ).rejects.toMatchObject({ code: "too-deep" });
  expect(last?.body).toMatchObject({ kind: "record", names: ["爸爸", "妈妈"], count: 1 });
  const opened = dad.view("record", chat, mum.account, last?.id ?? "", [0, 0]);
  expect(opened?.names).toEqual([]);
  expect(opened?.items.map(({ name, body }) => [name, body.kind === "text" ? body.text : ""])).toEqual([
    ["妈妈", "第一句"],
    ["妈妈", "第二句"],
  ]);
  await expect(
    mum.api.forward({
      from: group,
      messages: both,
      to: Array.from({ length: 10 }, (_, i) => `${i}`.repeat(64)),
      mode: "each",
      note: "",
    }),
  ).rejects.toMatchObject({ code: "unknown-conversation" });
  expect(world.bugs()).toEqual([]);
});

test("[AC13] what is kept is there on all own devices, also after the original was recalled, and also on a later one", async () => {
  const { world, mum, dad, kid, group } = await family(316);
  const tablet = await world.linkDevice(kid);
  const id = await mum.say(group, "红烧肉：糖色要小火");
  await world.until("read", () => kid.reads(group).length === 1);
  await kid.api.keepFavourites(group, [refOf(kid, group, "红烧肉：糖色要小火")]);
  await world.until("the tablet has it", () => tablet.view("favourites").length === 1);
  await mum.api.recall(group, id);
  await world.until("recalled", () => kid.lines(group).includes("recalled"));
  const watch = await world.linkDevice(kid);
  await world.until("the third has it", () => watch.view("favourites").length === 1);
  for (const one of [kid, tablet, watch])
    expect(one.view("favourites")).toMatchObject([
      { name: "妈妈", body: { kind: "text", text: "红烧肉：糖色要小火" } },
    ]);
  await watch.api.dropFavourite(watch.view("favourites")[0]?.id ?? "");
  await world.until("let go everywhere", () => [kid, tablet].every((one) => one.view("favourites").length === 0));
  expect(onDisk(kid, "糖色要小火")).toBe(false);
  expect(dad.view("favourites")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[AC3] [AC4] what was recalled or changed is not found any more, and what it reads now is", async () => {
  const { world, mum, dad, group } = await family(317);
  const id = await mum.say(group, "银行密码是八八六六");
  await world.until("read", () => dad.reads(group).length === 1);
  const finds = (query: string) => onDisk(dad, query);
  await mum.api.edit(group, id, "密码当面说");
  await world.until("changed", () => dad.reads(group).includes("密码当面说"));
  expect(finds("银行密码是八八六六")).toBe(true); // As a version that may be looked at.
  await mum.api.recall(group, id);
  await world.until("recalled", () => dad.lines(group).includes("recalled"));
  await world.pass(60_000); // What indexes, and what forgets, runs in between.
  expect([finds("银行密码是八八六六"), finds("密码当面说")]).toEqual([false, false]);
  expect(world.bugs()).toEqual([]);
});

test("[AC3] [SY30] what showed as not sent and was recalled is gone, and a tap on it stops nothing that follows", async () => {
  const { world, mum, dad, group } = await family(330);
  world.network.cutOff(mum.device);
  await world.pass(1_000);
  const id = await mum.say(group, "作废");
  await world.until("it shows as not sent", () => found(mum, group, "作废").state === "failed", 120_000);
  await mum.api.recall(group, id);
  expect(mum.items(group).at(-1)).toMatchObject({
    body: { kind: "system", line: { kind: "recalled" } },
    state: "sent",
  });
  await expect(mum.api.resend(id)).rejects.toThrow("unknown-conversation");
  world.network.letBack(mum.device);
  await mum.say(group, "重来");
  await world.until("it goes", () => dad.reads(group).includes("重来"), 120_000);
  expect(dad.reads(group)).toEqual(["重来"]);
  expect(world.bugs()).toEqual([]);
});
