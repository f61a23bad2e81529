import { expect, setDefaultTimeout, test } from "bun:test";
import type { MomentAudience } from "@yanshu/client";
import {
  cellKinds,
  cellName,
  hintOf,
  noWord,
  postPayload,
  sealCell,
  sealHeader,
  sealWord,
  wayTo,
  wordIdOf,
} from "@yanshu/client/moments";
import type { Body } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, equalBytes, fromHex, toHex } from "@yanshu/wire";
import { encode } from "cborg";
import { type Person, World } from "../index.ts";
import { all, feed, friends, looked, nobodyLooks, OpenHome, range, texts, words } from "./moments.ts";
import { chatWith, saysUnchecked } from "./turned.ts";

// Weeks pass in some of them, with a look each quarter of an hour.
setDefaultTimeout(300_000);

test("[MO1][MO5][MO6] a post is read by a friend, whose like and comment come back, and its answer", async () => {
  const world = new World({ seed: 900, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const post = await ann.api.postMoment(words("今天包了饺子"));
  await looked(world, ann, ben);
  expect(texts(ben)).toEqual(["今天包了饺子"]);
  expect(feed(ann)[0]?.mine).toMatchObject({ audience: all, count: 1, state: "sent" });
  expect(feed(ben)[0]?.mine).toBeUndefined();
  await ben.api.likeMoment(post);
  const comment = await ben.api.commentMoment(post, "给我留几个");
  await looked(world, ben, ann);
  const [shown] = feed(ann);
  expect(shown?.likes.map(({ name }) => name)).toEqual(["Ben"]);
  expect(shown?.comments.map(({ by, text, may }) => [by.name, text, may])).toEqual([["Ben", "给我留几个", "hide"]]);
  expect(ann.view("momentsNews")).toMatchObject({ count: 2 });
  await ann.api.commentMoment(post, "留了", comment);
  await looked(world, ann, ben);
  expect(feed(ben)[0]?.comments.map(({ text, answers }) => [text, answers?.to?.name])).toEqual([
    ["给我留几个", undefined],
    ["留了", "Ben"],
  ]);
  expect(world.bugs()).toEqual([]);
});

const named = (...people: readonly Person[]) => people.map(({ account }) => account);
const comments = (person: Person, post = 0) => feed(person)[post]?.comments.map(({ text }) => text);

test("[MO3][MO4] a post for some is with them alone, and nobody else has a gap; a long one comes whole", async () => {
  const { world, people } = await friends(901, "Ann", "Ben", "Cleo", "Dan");
  const [ann, ben, cleo, dan] = people as [Person, Person, Person, Person];
  await ann.api.setContactNotes(ben.account, { tags: ["家人"] });
  const long = "饺".repeat(3_900);
  await ann.api.postMoment(words(long, { who: "only", tags: ["家人"] }));
  await ann.api.postMoment(words("不给 Ben", { who: "except", people: named(ben) }));
  await ann.api.postMoment(words("只有我", { who: "me" }));
  await ann.api.postMoment({ ...words("叫 Cleo"), mentions: named(cleo) });
  await looked(world, ann, ben, cleo, dan);
  expect(texts(ben)).toEqual(["叫 Cleo", long]);
  for (const other of [cleo, dan]) expect(texts(other)).toEqual(["叫 Cleo", "不给 Ben"]);
  expect(people.map((one) => feed(one)[0]?.mentionsMe)).toEqual([false, false, true, false]);
  expect(cleo.view("momentsNews").items.map(({ kind }) => kind)).toEqual(["mention"]);
  for (const one of people) expect(one.view("momentsFeed", range).gaps).toEqual([]);
  expect(texts(ann)).toEqual(["叫 Cleo", "只有我", "不给 Ben", long]);
  expect(await ann.api.countMomentAudience({ who: "except", tags: ["家人"] })).toBe(2);
  expect(world.bugs()).toEqual([]);
});

test("[MO6][MO7][MO8] comments and their answers are seen by friends of both alone, whichever came first", async () => {
  const { world, people } = await friends(902, "Ann", "Ben", "Cleo", "Dan");
  const [ann, ben, cleo, dan] = people as [Person, Person, Person, Person];
  await world.befriend(ben, cleo);
  const post = await ann.api.postMoment(words("周末爬山"));
  await looked(world, ann, ben, dan);
  const said = await ben.api.commentMoment(post, "我去");
  await ben.api.likeMoment(post);
  await world.pass(1_000); // Of one moment neither is the first.
  await dan.api.commentMoment(post, "我也去");
  await looked(world, ben, dan, ann);
  await ann.api.commentMoment(post, "八点见", said);
  await world.pass(1_000);
  await looked(world, ann, ben, cleo, dan);
  expect(comments(ann)).toEqual(["我去", "我也去", "八点见"]);
  expect(comments(ben)).toEqual(["我去", "八点见"]);
  // She looked for the first time after all of it was said.
  expect(comments(cleo)).toEqual(["我去", "八点见"]);
  // No friend of Ben's: neither what he said, nor what answers it.
  expect(comments(dan)).toEqual(["我也去"]);
  expect([ann, cleo, dan].map((one) => feed(one)[0]?.likes.length)).toEqual([1, 1, 0]);
  expect(world.bugs()).toEqual([]);
});

test("[MO10] a comment that is taken back, and one that is hidden, go from every phone and from home", async () => {
  const home = new OpenHome();
  const { world, people } = await friends({ seed: 903, logPath: home.path }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  await world.befriend(ben, cleo);
  const post = await ann.api.postMoment(words("新家"));
  await looked(world, ann, ben, cleo);
  const [slip, rude] = [await ben.api.commentMoment(post, "打错了"), await ben.api.commentMoment(post, "不好听的")];
  await ben.api.likeMoment(post);
  await looked(world, ben, ann, cleo);
  expect(comments(cleo)).toEqual(["打错了", "不好听的"]);
  const names = read<{ name: Bytes }>(ben, "SELECT name FROM moment_words").map(({ name }) => name);
  expect(names.map((name) => home.value(name) !== undefined)).toEqual([true, true, true]);
  await ben.api.deleteMomentComment(slip);
  await ben.api.unlikeMoment(post);
  await ann.api.hideMomentComment(rude);
  await expect(cleo.api.hideMomentComment(rude)).rejects.toThrow("unknown-message");
  await expect(ann.api.deleteMomentComment(rude)).rejects.toThrow("unknown-message");
  await looked(world, ben, ann, cleo, ben);
  for (const one of people) expect([one.name, comments(one), feed(one)[0]?.likes]).toEqual([one.name, [], []]);
  expect(names.map((name) => home.value(name))).toEqual([undefined, undefined, undefined]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO10] what is taken back while it waits behind another word never leaves", async () => {
  const { world, people } = await friends(967, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const post = await ann.api.postMoment(words("新家"));
  await looked(world, ann, ben);
  world.network.cutOff(ben.device);
  const said = ["恭喜", "打错了"].map((text) => ben.api.commentMoment(post, text));
  const [[, slip]] = await Promise.all([Promise.all(said), ben.api.likeMoment(post)]);
  world.network.letBack(ben.device);
  const waiting = () => read<{ holes: Bytes | null }>(ben, "SELECT holes FROM moment_puts ORDER BY put");
  // The first is on its way, and those behind it have no place yet.
  await world.atOnce("the first leaves", () => waiting()[0]?.holes != null);
  expect(waiting().map(({ holes }) => holes === null)).toEqual([false, true, true]);
  await ben.api.deleteMomentComment(slip as string);
  await ben.api.unlikeMoment(post);
  await looked(world, ben, ann, ben);
  for (const one of people) expect([one.name, comments(one), feed(one)[0]?.likes]).toEqual([one.name, ["恭喜"], []]);
  expect(waiting()).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[MO11] a post that is deleted, or made private, goes from home and from the phones of friends", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 904, files: true, logPath: home.path });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  for (const [one, other] of [
    [ann, ben],
    [ann, cleo],
    [ben, cleo],
  ] as const)
    await world.befriend(one, other);
  const gone = await ann.api.postMoment(words("删掉的"));
  const kept = await ann.api.postMoment(words("收回的"));
  await looked(world, ann, ben, cleo);
  await ben.api.commentMoment(gone, "在这里");
  await looked(world, ben, ann, cleo);
  const names = [
    ...read<{ name: Bytes }>(ann, "SELECT name FROM moments"),
    ...read<{ name: Bytes }>(ben, "SELECT name FROM moment_words"),
  ].map(({ name }) => name);
  expect(names.map((name) => home.value(name) !== undefined)).toEqual([true, true, true]);
  await ann.api.deleteMoment(gone);
  await ann.api.makeMomentPrivate(kept);
  await looked(world, ann, ben, cleo, ben);
  for (const one of [ben, cleo]) expect([one.name, texts(one)]).toEqual([one.name, []]);
  expect(texts(ann)).toEqual(["收回的"]);
  expect(feed(ann)[0]?.mine?.audience).toEqual({ who: "me" });
  await expect(ben.api.likeMoment(gone)).rejects.toThrow("unknown-message");
  expect(ben.view("moment", gone)).toBeUndefined();
  expect(names.map((name) => home.value(name))).toEqual([undefined, undefined, undefined]);
  expect(read<{ signed: Bytes }>(ben, "SELECT signed FROM moments").map(({ signed }) => signed.length)).toEqual([0, 0]);
  expect(read<{ text: string }>(ben, "SELECT text FROM moment_words").map(({ text }) => text)).toEqual([""]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO12] a new friend sees back as far as the window goes, and what was for some stays theirs", async () => {
  const world = new World({ seed: 905, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const day = 86_400_000;
  await ann.api.postMoment(words("很久以前"));
  await world.pass(5 * day);
  await ann.api.postMoment(words("昨天", all));
  await ann.api.postMoment(words("只给 Ben", { who: "only", people: named(ben) }));
  await ann.api.setMomentsWindow(3);
  await ann.api.postMoment(words("今天"));
  await looked(world, ann, ben);
  expect(texts(ben)).toEqual(["今天", "只给 Ben", "昨天", "很久以前"]);
  const cleo = await world.person("Cleo");
  await world.befriend(cleo, ann);
  await looked(world, ann, cleo);
  expect(texts(cleo)).toEqual(["今天", "昨天"]);
  await world.pass(5 * day);
  await looked(world, cleo, ben);
  // What was said under the window is over; what was said before it was for good.
  expect(texts(cleo)).toEqual(["昨天"]);
  expect(texts(ann)).toContain("今天");
  expect(ann.view("momentsSettings").window).toBe(3);
  expect(world.bugs()).toEqual([]);
});

test("[MO13] who is let go, or made chats only, learns nothing of what comes; the others lose nothing", async () => {
  const { world, people } = await friends(906, "Ann", "Ben", "Cleo", "Dan");
  const [ann, ben, cleo, dan] = people as [Person, Person, Person, Person];
  await world.befriend(ben, cleo);
  await world.befriend(ben, dan);
  const post = await ben.api.postMoment(words("吃饭"));
  const on = (person: Person) => person.view("moment", post)?.comments.map(({ text }) => text);
  await world.pass(1_000);
  await ann.api.postMoment(words("一"));
  await looked(world, ann, ben, cleo, dan);
  await ann.api.commentMoment(post, "好");
  await looked(world, ann, ben, cleo, dan);
  expect(on(cleo)).toContain("好");
  await ann.api.deleteContact(cleo.account);
  await ann.api.setMomentsWith(dan.account, { chatsOnly: true });
  await world.pass(2_000);
  await ann.api.postMoment(words("二"));
  await ann.api.commentMoment(post, "也好");
  await looked(world, ann, ben, cleo, dan);
  await looked(world, ben, cleo, dan);
  expect(texts(ben)).toEqual(["二", "一", "吃饭"]);
  for (const one of [cleo, dan]) {
    expect([one.name, texts(one)]).toEqual([one.name, ["一", "吃饭"]]);
    expect([one.name, on(one)]).toEqual([one.name, ["好"]]);
  }
  expect(on(ben)).toEqual(["好", "也好"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO13] who is let back hears what is said from then on, and what is deleted goes from them too", async () => {
  const { world, people } = await friends(917, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const post = await ann.api.postMoment(words("一"));
  const slip = await ann.api.postMoment(words("发错了"));
  await looked(world, ann, ben, cleo);
  for (const one of [ben, cleo]) expect(texts(one)).toEqual(["发错了", "一"]);
  await ann.api.block(ben.account);
  await ann.api.setMomentsWith(cleo.account, { chatsOnly: true });
  await looked(world, ann, ben, cleo);
  await ann.api.unblock(ben.account);
  await ann.api.setMomentsWith(cleo.account, { chatsOnly: false });
  await looked(world, ann, ben, cleo);
  await ann.api.commentMoment(post, "好");
  await ann.api.deleteMoment(slip);
  await looked(world, ann, ben, cleo);
  for (const one of [ben, cleo]) expect([one.name, texts(one), comments(one)]).toEqual([one.name, ["一"], ["好"]]);
  expect(world.bugs()).toEqual([]);
});

test("[MO15] [MO63] own devices have the same posts, words and settings, one that comes later too", async () => {
  const { world, people } = await friends(907, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  const post = await ann.api.postMoment(words("手机", { who: "except", people: [] }));
  await looked(world, ann, tablet, ben);
  await tablet.api.postMoment(words("平板"));
  await ben.api.postMoment(words("Ben 的"));
  const said = await ben.api.commentMoment(post, "看到了");
  await looked(world, ben, tablet, ann, tablet);
  await tablet.api.commentMoment(post, "谢谢", said);
  await looked(world, tablet, ann, ben);
  for (const one of [ann, tablet, ben]) {
    expect([one.name, texts(one).toSorted()]).toEqual([one.name, ["Ben 的", "平板", "手机"]]);
    expect(one.view("moment", post)?.comments.map(({ text }) => text)).toEqual(["看到了", "谢谢"]);
  }
  expect(tablet.view("moment", post)?.mine?.audience.who).toBe("except");
  await tablet.api.deleteMoment(post);
  await looked(world, tablet, ann, ben);
  expect([ann, tablet, ben].map((one) => one.view("moment", post))).toEqual([undefined, undefined, undefined]);
  // An own device may say a time beyond every calendar: it is taken as now, and an export is whole with it.
  ann.disk.run("UPDATE moments SET at_ms = ? WHERE state = 'here'", Number.MAX_SAFE_INTEGER);
  const later = await world.linkDevice(ann);
  await looked(world, later, ann);
  expect(texts(later).toSorted()).toEqual(["Ben 的", "平板"]);
  for (const { atMs } of feed(later)) expect(atMs).toBeLessThanOrEqual(world.clock.nowMs());
  for (const one of [later, ann])
    expect((await one.api.exportMoments()).posts.map(({ text }) => text).toSorted()).toEqual(["Ben 的", "平板"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO4] two own devices that post at one moment both arrive, in places of their own", async () => {
  const { world, people } = await friends(908, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("零"));
  await looked(world, ann, tablet);
  const posts = [ann.api.postMoment(words("一")), tablet.api.postMoment(words("二"))];
  await world.during(Promise.all(posts));
  const [first] = await Promise.all(posts);
  await Promise.all([ann.api.likeMoment(first as string), tablet.api.commentMoment((await posts[1]) as string, "三")]);
  await looked(world, ann, tablet, ben);
  expect(texts(ben).toSorted()).toEqual(["一", "二", "零"].toSorted());
  expect(ben.view("momentsFeed", range).gaps).toEqual([]);
  expect(ben.view("moment", first as string)?.likes.length).toBe(1);
  expect(ben.view("moment", (await posts[1]) as string)?.comments.length).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[MO18] a status is there for a day, and gone after it; cover, words and pins stand on one's page", async () => {
  const { world, people } = await friends(909, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const first = await ann.api.postMoment(words("一"));
  await ann.api.postMoment(words("二"));
  await ann.api.setMomentsCover({ signature: "平常心" });
  await ann.api.pinMoment(first, true);
  const status = await ann.api.setStatus({ icon: "🍜", text: "吃面", audience: all });
  await ben.api.setStatus({ icon: "🍜", text: "", audience: all });
  await looked(world, ann, ben, ann);
  expect(ben.view("statuses").friends.map(({ icon, text }) => [icon, text])).toEqual([["🍜", "吃面"]]);
  expect(ben.view("statuses").same.map(({ name }) => name)).toEqual(["Ann"]);
  await ben.api.likeStatus(status);
  await looked(world, ben, ann);
  expect(ann.view("statuses").mine?.likes.length).toBe(1);
  expect(ann.view("momentsNews").items.map(({ kind }) => kind)).toEqual(["status-like"]);
  const page = ben.view("momentsOf", ann.account, range);
  expect([page?.signature, page?.pinned.map(({ text }) => text), page?.posts.map(({ text }) => text)]).toEqual([
    "平常心",
    ["一"],
    ["二", "一"],
  ]);
  await world.pass(25 * 3_600_000);
  await looked(world, ann, ben);
  expect(ben.view("statuses").friends).toEqual([]);
  expect(texts(ben)).toEqual(["二", "一"]);
  expect(world.bugs()).toEqual([]);
});

const crypto = createBunCrypto();
const read = <T>(person: Person, sql: string, ...args: Uint8Array[]) => person.disk.all<T>(sql, ...args);
const counted = (person: Person, what: string) =>
  read<{ count: number }>(person, "SELECT count FROM diagnostics WHERE what = ?1", what as never)[0]?.count ?? 0;
type Log = { key: Bytes; heads: Bytes };
const logOf = (person: Person, of: Person) =>
  read<Log>(person, "SELECT key, heads FROM moment_logs WHERE account = ?", fromHex(of.account))[0] as Log;
const wayFrom = (person: Person, of: Person) =>
  read<{ way: Bytes; next: number }>(
    person,
    "SELECT way, next FROM moment_ways WHERE account = ?",
    fromHex(of.account),
  )[0] as {
    way: Bytes;
    next: number;
  };

test("[MO9] a friend with all keys, and a home that lays what they like, put nothing into another's mouth", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 910, files: true, logPath: home.path });
  const [ann, ben, eve] = [await world.person("Ann"), await world.person("Ben"), await world.person("Eve")];
  for (const [one, other] of [
    [ann, ben],
    [ann, eve],
    [ben, eve],
  ] as const)
    await world.befriend(one, other);
  const post = await ann.api.postMoment(words("给大家"));
  const hidden = await ann.api.postMoment(words("不给 Ben", { who: "except", people: named(ben) }));
  await looked(world, ann, ben, eve);
  await ben.api.likeMoment(post);
  await looked(world, ben, ann, eve);
  // Where Ben's log goes on, a word of Eve's own making, which no device of Ben's signed.
  const { key, heads } = logOf(eve, ben);
  const secretOf = (id: string) =>
    read<{ secret: Bytes }>(eve, "SELECT secret FROM moments WHERE id = ?", fromHex(id))[0]?.secret as Bytes;
  const [head, word] = [heads.slice(0, 16), new Uint8Array(16).fill(7)];
  const id = wordIdOf(crypto, fromHex(ben.account) as AccountId, fromHex(post), word);
  const said = { kind: "comment", id, about: noWord, reply: word, atMs: 1, text: "假的" } as const;
  const forged = { ...said, signature: new Uint8Array(64).fill(1) };
  const day = read<{ day: number }>(eve, "SELECT day FROM moments WHERE id = ?", fromHex(post))[0]?.day as number;
  const of = { author: fromHex(ann.account) as AccountId, secret: secretOf(post) };
  const hint = hintOf(crypto, key, of);
  const next = [1, 2, 3, 4].map((byte) => new Uint8Array(16).fill(byte));
  home.lay(head, await sealHeader(crypto, key, head, { day: day & 255, hint, next, word }));
  home.lay(word, (await sealWord(crypto, key, word, secretOf(post), undefined, forged)) as Bytes);
  // A post of Ann's that was not for Ben, told on by Eve at her own place; and what is no cell at all.
  await eve.api.postMoment(words("Eve 的"));
  await looked(world, eve, ben);
  const eves = wayFrom(ben, eve);
  const row = read<{ secret: Bytes; name: Bytes }>(
    eve,
    "SELECT secret, name FROM moments WHERE id = ?",
    fromHex(hidden),
  )[0];
  const payload = postPayload(row?.secret as Bytes, row?.name as Bytes);
  const cell = { kind: cellKinds.post, flags: 0, day, payload };
  home.lay(cellName(crypto, eves.way, eves.next), await sealCell(crypto, eves.way, eves.next, cell));
  home.lay(cellName(crypto, eves.way, eves.next + 1), new Uint8Array(96).fill(3));
  home.lay(cellName(crypto, eves.way, eves.next + 2), new Uint8Array(4_096).fill(3));
  await looked(world, ann, ben, eve);
  expect(texts(ben)).toEqual(["Eve 的", "给大家"]);
  for (const one of [ann, eve]) expect(one.view("moment", post)?.comments).toEqual([]);
  expect([counted(ann, "moments-false-word"), counted(ben, "moments-false-body")]).toEqual([1, 1]);
  expect(counted(ben, "moments-false-cell")).toBe(2);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO5] what home withholds is told as a gap, asked for, and comes in the chat of two", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 911, files: true, logPath: home.path });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await ann.api.postMoment(words("零"));
  await looked(world, ann, ben);
  const { way, next } = wayFrom(ben, ann);
  await ann.api.postMoment(words("一"));
  await world.pass(3_000);
  home.withhold(cellName(crypto, way, next));
  await looked(world, ann, ben);
  expect([texts(ben), ben.view("momentsFeed", range).gaps]).toEqual([["零"], []]); // Not yet: nothing stands behind it.
  await ann.api.postMoment(words("二"));
  await world.pass(3_000);
  await world.pass(3_600_000);
  await world.during(ben.api.lookAtMoments());
  expect(ben.view("momentsFeed", range).gaps.map(({ count }) => count)).toEqual([1]);
  for (let hour = 0; hour < 26 && texts(ben).length < 3; hour++) await world.pass(3_600_000);
  expect(texts(ben)).toEqual(["二", "一", "零"]);
  expect(ben.view("momentsFeed", range).gaps).toEqual([]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO16] [MO17] what was read and what was filled goes from home later; what home lost is put again", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 912, files: true, logPath: home.path });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await ann.api.postMoment(words("一"));
  await looked(world, ann, ben);
  const cells = () =>
    home.db.query("SELECT hole AS name, value FROM holes WHERE length(value) = 96").all() as { name: Bytes }[];
  expect(cells().length).toBe(64);
  const checks = read<{ secret: Bytes; value: Bytes }>(ann, "SELECT secret, value FROM moment_checks");
  expect(checks.length).toBe(3);
  for (const { name } of cells()) home.withhold(name);
  await nobodyLooks(world, 3 * 86_400_000);
  await world.during(ann.api.lookAtMoments());
  expect(cells().length).toBe(3);
  expect(counted(ann, "moments-put-again")).toBe(3);
  await ann.api.postMoment(words("二"));
  await world.until("it is put", () => feed(ann)[0]?.mine?.state === "sent", 120_000);
  await looked(world, ann, ben);
  expect(cells().length).toBe(67);
  const early = new Set(cells().map(({ name }) => toHex(name)));
  for (const days of [35, 35]) {
    for (const one of [ann, ben]) one.crash();
    await world.pass(days * 86_400_000);
    await Promise.all([ann.switchOn(), ben.switchOn()]);
    await world.pass(60_000);
    await looked(world, ann, ben);
  }
  // Those that were put again are fillings too, or were read.
  expect(cells().filter(({ name }) => early.has(toHex(name)))).toEqual([]);
  expect(texts(ben)).toEqual(["二", "一"]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO14] a device that was dropped opens nothing of what comes; friends go on as before", async () => {
  const { world, people } = await friends(913, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("一"));
  await ben.api.postMoment(words("Ben 一"));
  await looked(world, ann, tablet, ben);
  const before = read<{ root: Bytes }>(tablet, "SELECT root FROM moment_self")[0]?.root as Bytes;
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(5_000);
  await ann.api.postMoment(words("二"));
  const word = await ann.api.commentMoment(feed(ann).find(({ author }) => author.name === "Ben")?.id ?? "", "好");
  await looked(world, ann, ben, ann);
  expect(texts(ben).toSorted()).toEqual(["Ben 一", "一", "二"]);
  expect(feed(ben).flatMap((one) => one.comments.map(({ id }) => id))).toEqual([word]);
  const after = read<{ root: Bytes; generation: number }>(ann, "SELECT root, generation FROM moment_self")[0];
  expect(after?.generation).toBe(2);
  expect(equalBytes(after?.root as Bytes, before)).toBe(false);
  // Ways of after follow from what the dropped device never held.
  const ways = read<{ way: Bytes }>(ben, "SELECT way FROM moment_ways WHERE account = ?", fromHex(ann.account));
  const held = [1, 2].map((generation) => toHex(wayTo(crypto, before, generation, fromHex(ben.account) as AccountId)));
  expect(ways.filter(({ way }) => held.includes(toHex(way))).length).toBe(1);
  expect(ways.length).toBe(2);
  await ben.api.postMoment(words("Ben 二"));
  await looked(world, ben, ann);
  expect(texts(ann)).toContain("Ben 二");
  expect(world.bugs()).toEqual([]);
});

test("[MO2] [MO11] pictures of a post come with it, and go from home with it", async () => {
  const { world, people } = await friends(914, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const bytes = crypto.random(40_000);
  const source = { size: bytes.length, slice: (start: number, end: number) => new Blob([bytes.slice(start, end)]) };
  const picture = { source, type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const;
  const posting = ann.api.postMoment({ text: "", pictures: [picture, picture], audience: all });
  const post = await world.during(posting);
  await world.pass(5_000);
  await looked(world, ann, ben);
  const [shown] = feed(ben);
  expect(shown?.pictures.map(({ width, height }) => [width, height])).toEqual([
    [40, 30],
    [40, 30],
  ]);
  const handle = shown?.pictures[1]?.file.handle ?? "";
  const got = await world.during(ben.api.readFile(handle, 0, bytes.length));
  expect(Buffer.from(got).equals(bytes)).toBe(true);
  await ann.api.deleteMoment(post);
  await looked(world, ann, ben);
  await world.pass(5_000);
  expect(feed(ben)).toEqual([]);
  await expect(world.during(ben.api.readFile(handle, 0, 1))).rejects.toThrow("file-gone");
  expect([ann, ben].map((one) => read(one, "SELECT * FROM blobs").length)).toEqual([0, 0]);
  expect(world.bugs()).toEqual([]);
});

test("[MO4] for how many a post is, the size of its round does not tell", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 915, files: true, logPath: home.path });
  const ann = await world.person("Ann");
  const others = [await world.person("Ben"), await world.person("Cleo"), await world.person("Dan")];
  for (const other of others) await world.befriend(ann, other);
  await world.during(ann.api.lookAtMoments());
  await world.pass(5_000);
  const cells = () =>
    (home.db.query("SELECT count(*) AS n FROM holes WHERE length(value) = 96").get() as { n: number }).n;
  const sizes: number[] = [];
  const people = named(...others);
  for (const audience of [
    all,
    { who: "me" },
    { who: "only", people: people.slice(0, 1) },
    { who: "except", people: people.slice(0, 2) },
  ] satisfies MomentAudience[]) {
    const before = cells();
    await ann.api.postMoment(words("一样大", audience));
    await world.pass(5_000);
    sizes.push(cells() - before);
  }
  expect(sizes).toEqual([64, 64, 64, 64]);
  expect(world.bugs()).toEqual([]);
  home.end();
});

test("[MO10] a changed client of a friend neither hides nor takes back what another said", async () => {
  const { world, people } = await friends(916, "Ann", "Ben", "Eve");
  const [ann, ben, eve] = people as [Person, Person, Person];
  await world.befriend(ben, eve);
  const post = await ann.api.postMoment(words("给大家"));
  await looked(world, ann, ben, eve);
  const said = await ben.api.commentMoment(post, "在这里");
  await eve.api.likeMoment(post);
  await looked(world, ben, eve, ann, eve);
  for (const [at, kind] of ["hide", "delete", "withdraw"].entries()) {
    const id = new Uint8Array(16).fill(at + 1);
    const job = { kind, id, post: fromHex(post), about: fromHex(said), reply: noWord, atMs: 1, text: "" };
    eve.disk.transaction(() =>
      eve.disk.run("INSERT INTO moment_puts (kind, args, about) VALUES ('word', ?, ?)", encode(job), id),
    );
  }
  await looked(world, eve, ann, ben);
  for (const one of [ann, ben]) expect([one.name, comments(one)]).toEqual([one.name, ["在这里"]]);
  expect(read(eve, "SELECT * FROM moment_puts")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

/** A changed client says this in the chat with a friend, who is reached when they come back. */
async function saysTo(world: World, from: Person, to: string, ...bodies: readonly Body[]) {
  await saysUnchecked(world, from, chatWith(from, to), bodies);
  await world.pass(2_000);
}

test("[MO31] a friend who names another's log as their own mutes nobody, and keeps four ways and sixteen logs", async () => {
  const { world, people } = await friends(917, "Ann", "Ben", "Eve", "Dan");
  const [ann, ben, eve, dan] = people as [Person, Person, Person, Person];
  await world.befriend(ben, eve);
  const post = await ann.api.postMoment(words("零"));
  await ben.api.postMoment(words("Ben"));
  await eve.api.postMoment(words("Eve"));
  await looked(world, ann, ben, eve, dan);
  const toBen = ben.account;
  ben.crash();
  // Ann's log changes: Eve knows the new one before Ben does, and says that it is hers.
  await ann.api.deleteContact(dan.account);
  await looked(world, ann, eve);
  const logs = read<Log>(eve, "SELECT key, heads FROM moment_logs WHERE account = ?", fromHex(ann.account));
  expect(logs.length).toBe(2);
  const told = (log: Bytes, generation: number) =>
    ({ kind: "moments", way: crypto.random(32), generation, log, heads: [] }) as const;
  await saysTo(world, eve, toBen, ...logs.map(({ key }) => told(key, 1)));
  await ben.switchOn();
  await world.pass(65_000);
  await looked(world, ann, ben);
  await ann.api.commentMoment(post, "听得到吗");
  await looked(world, ann, ben);
  const shown = () => feed(ben).find(({ text }) => text === "零");
  expect(shown()?.comments.map(({ text }) => text)).toEqual(["听得到吗"]);
  await saysTo(world, eve, toBen, ...Array.from({ length: 18 }, (_, at) => told(crypto.random(32), at + 2)));
  const kept = (table: string) => read(ben, `SELECT 1 FROM ${table} WHERE account = ?`, fromHex(eve.account)).length;
  expect([kept("moment_ways"), kept("moment_logs")]).toEqual([4, 16]);
  await ann.api.deleteMoment(post);
  await looked(world, ann, ben);
  expect(shown()).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[MO31] what is said in a log that is made anew many times over, while a friend is away, is heard by them", async () => {
  const { world, people } = await friends(918, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const post = await ben.api.postMoment(words("Ben"));
  await ann.api.postMoment(words("Ann"));
  await looked(world, ann, ben);
  ben.crash();
  await ann.api.commentMoment(post, "听得到吗");
  await world.pass(5_000);
  for (let n = 0; n < 8; n++) {
    // As where another own device holds somebody for no friend (MO120), or thirty days went by.
    ann.disk.transaction(() => ann.disk.run("UPDATE moment_own_logs SET since_ms = since_ms - ?", 31 * 86_400_000));
    await world.during(ann.api.lookAtMoments());
    await world.pass(5_000);
  }
  expect(read(ann, "SELECT 1 FROM moment_own_logs").length).toBe(9);
  await ben.switchOn();
  await world.pass(65_000);
  await looked(world, ann, ben);
  expect(
    feed(ben)
      .find(({ id }) => id === post)
      ?.comments.map(({ text }) => text),
  ).toEqual(["听得到吗"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO31] a header that leads to itself is read once", async () => {
  const home = new OpenHome();
  const world = new World({ seed: 918, files: true, logPath: home.path });
  const [ann, eve] = [await world.person("Ann"), await world.person("Eve")];
  await world.befriend(ann, eve);
  await ann.api.postMoment(words("零"));
  await eve.api.postMoment(words("Eve"));
  await looked(world, ann, eve);
  const { key, heads } = logOf(ann, eve);
  const head = heads.slice(0, 16);
  const header = { day: 1, hint: crypto.random(8), next: [head, head, head, head], word: crypto.random(16) };
  home.lay(head, await sealHeader(crypto, key, head, header));
  await looked(world, ann);
  expect(logOf(ann, eve).heads.length).toBe(0);
  expect(world.bugs()).toEqual([]);
  home.end();
});
