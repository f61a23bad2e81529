import { expect, test } from "bun:test";
import type { MomentAudience, MomentView } from "@yanshu/client";
import { type Person, World } from "../index.ts";

const all: MomentAudience = { who: "all" };
const words = (text: string, audience: MomentAudience = all) => ({ text, pictures: [], audience });
const range = { limit: 50 };
const feed = (person: Person): readonly MomentView[] => person.view("momentsFeed", range).posts;
const texts = (person: Person) => feed(person).map(({ text }) => text);

/** Everybody looks, some times over: what one says is there when the next looks. */
async function looked(world: World, ...people: readonly Person[]): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await world.pass(2_000);
    for (const person of people) await world.during(person.api.lookAtMoments());
  }
  await world.pass(2_000);
}

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

/** As many friends of the first as are named. */
async function friends(
  seed: number,
  ...names: readonly string[]
): Promise<{ world: World; people: readonly Person[] }> {
  const world = new World({ seed, files: true });
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  for (const other of people.slice(1)) await world.befriend(people[0] as Person, other);
  return { world, people };
}
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
  const { world, people } = await friends(903, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  await world.befriend(ben, cleo);
  const post = await ann.api.postMoment(words("新家"));
  await looked(world, ann, ben, cleo);
  const [slip, rude] = [await ben.api.commentMoment(post, "打错了"), await ben.api.commentMoment(post, "不好听的")];
  await ben.api.likeMoment(post);
  await looked(world, ben, ann, cleo);
  expect(comments(cleo)).toEqual(["打错了", "不好听的"]);
  await ben.api.deleteMomentComment(slip);
  await ben.api.unlikeMoment(post);
  await ann.api.hideMomentComment(rude);
  await expect(cleo.api.hideMomentComment(rude)).rejects.toThrow("unknown-message");
  await expect(ann.api.deleteMomentComment(rude)).rejects.toThrow("unknown-message");
  await looked(world, ben, ann, cleo, ben);
  for (const one of people) expect([one.name, comments(one), feed(one)[0]?.likes]).toEqual([one.name, [], []]);
  expect(world.bugs()).toEqual([]);
});

test("[MO11] a post that is deleted, or made private, goes from home and from the phones of friends", async () => {
  const { world, people } = await friends(904, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  await world.befriend(ben, cleo);
  const gone = await ann.api.postMoment(words("删掉的"));
  const kept = await ann.api.postMoment(words("收回的"));
  await looked(world, ann, ben, cleo);
  await ben.api.commentMoment(gone, "在这里");
  await looked(world, ben, ann, cleo);
  await ann.api.deleteMoment(gone);
  await ann.api.makeMomentPrivate(kept);
  await looked(world, ann, ben, cleo, ben);
  for (const one of [ben, cleo]) expect([one.name, texts(one)]).toEqual([one.name, []]);
  expect(texts(ann)).toEqual(["收回的"]);
  expect(feed(ann)[0]?.mine?.audience).toEqual({ who: "me" });
  await expect(ben.api.likeMoment(gone)).rejects.toThrow("unknown-message");
  expect(ben.view("moment", gone)).toBeUndefined();
  expect(world.bugs()).toEqual([]);
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

test("[MO15] own devices have the same posts, words and settings, one that comes later too", async () => {
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
  const later = await world.linkDevice(ann);
  await looked(world, later, ann);
  expect(texts(later).toSorted()).toEqual(["Ben 的", "平板"]);
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
