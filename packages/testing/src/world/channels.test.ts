import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readChannelTaste, writeChannelValue } from "@yanshu/store";
import { decodePackFile, decodePackFiles, encodePackFile, encodePackFiles, fromHex } from "@yanshu/wire";
import { encode } from "cborg";
import type { Person } from "../index.ts";
import { bytes, entryOf, feed, film, found, home, operates, PublicLine, photo, published, titles } from "./channels.ts";
import { ForgedPacks, leftOut, otherWords } from "./forged-packs.ts";
import { homeAndMirror } from "./mirror.ts";
import { saysUnchecked } from "./turned.ts";

setDefaultTimeout(120_000);

const likeMs = 31 * 60_000;

test("[CH41] [CH47] [CH53] [CH57] a film that one publishes is seen by another, who follows, likes and comments it", async () => {
  const { world, people } = await home({ seed: 2400 }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "外婆的菜园", about: "六点就去摘" }));
  await world.during(ann.api.publishFilm(channel, film("番茄红了 #种菜# #春节 ")));
  expect(ann.view("channelsMine").uploads).toMatchObject([{ title: "番茄红了 #种菜# #春节", total: 304_000 }]);
  await published(world, ann, ben);
  expect(titles(ben)).toEqual(["番茄红了 #种菜# #春节"]);
  const [seen] = feed(ben);
  const entry = seen?.entry ?? "";
  expect(seen).toMatchObject({
    channel: { id: channel, name: "外婆的菜园", isFollowed: false, isMine: false },
    kind: "film",
    tags: ["种菜", "春节"],
    durationMs: 12_000,
    loudness: -21.8,
    why: { kind: "page" },
  });
  expect(ann.view("channelsMine")).toMatchObject({ channels: [{ name: "外婆的菜园", films: 1 }], uploads: [] });

  await ben.api.followChannel(channel);
  expect(titles(ben, "following")).toEqual(["番茄红了 #种菜# #春节"]);
  await ben.api.likeFilm(entry, true);
  await expect(ben.api.commentFilm(entry, "没有笔名")).rejects.toMatchObject({ code: "empty" });
  await world.during(ben.api.commentFilm(entry, "怎么种的？", { penName: "老王" }));
  await world.pass(likeMs);
  await published(world, ben, ann);
  expect(feed(ann)[0]).toMatchObject({ likes: 1, comments: 1 });
  const [comment] = ann.view("channelComments", entry).comments;
  expect(comment).toMatchObject({ text: "怎么种的？", by: { name: "老王" }, isMine: false });
  expect(ann.view("channelComments", entry).mayHide).toBe(true);
  await world.during(ann.api.commentFilm(entry, "晒太阳", { answers: comment?.entry ?? "" }));
  await published(world, ann, ben);
  expect(ben.view("channelComments", entry).comments).toMatchObject([
    { text: "怎么种的？", isMine: true, answers: [{ text: "晒太阳", by: { name: "外婆的菜园" } }] },
  ]);
  await ann.api.hideChannelComment(comment?.entry ?? "", true);
  await published(world, ann, ben);
  expect(ben.view("channelComments", entry).comments[0]).toMatchObject({ isHidden: true, text: "" });
  for (const one of people) expect(found(one)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CH42] [CH44] [CH50] [CH63] own devices go on behind each other, an upload goes on where it stood, and what was withdrawn is gone", async () => {
  const { world, people } = await home({ seed: 2401 }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "合唱团" }));
  const picture = { source: bytes(9_000, 250), mime: "image/webp" as const, width: 40, height: 30 };
  const upload = await world.during(ann.api.publishFilm(channel, film("排练", 900_000)));
  await ann.api.pauseUpload(upload);
  await world.during(
    ann.api.publishPictures(channel, { title: "演出 #合唱", pictures: [picture], thumbhash: new Uint8Array() }),
  );
  await published(world, ann, ben);
  expect(titles(ben)).toEqual(["演出 #合唱"]);
  // The device is switched off meanwhile, and on again: the film was kept.
  ann.crash();
  await ann.switchOn();
  await world.pass(2_000);
  expect(ann.view("channelsMine").uploads).toMatchObject([{ title: "排练", state: "paused" }]);
  await ann.api.resumeUpload(upload);
  await published(world, ann, ben);
  expect([...titles(ben)].sort()).toEqual(["排练", "演出 #合唱"].sort());
  await ann.api.followChannel(channel);
  const other = await world.linkDevice(ann);
  await published(world, other);
  expect(other.view("channelsFollowed").map(({ name }) => name)).toEqual(["合唱团"]);
  expect(other.view("channelsMine").channels).toMatchObject([{ id: channel, name: "合唱团", films: 2 }]);
  await other.api.pinEntry(entryOf(other, "演出 #合唱"), true);
  await other.api.setChannelProfile(channel, { about: "周三晚上" });
  // Its author sees it at once: no pack has it yet.
  expect(other.view("channel", channel)).toMatchObject({ about: "周三晚上", films: [{ isPinned: true }, {}] });
  expect(ben.view("channel", channel)).toMatchObject({ about: "", films: [{ isPinned: false }, { isPinned: false }] });
  await other.api.deleteEntry(entryOf(other, "排练"));
  await published(world, other, ben);
  await ben.api.firstPage();
  expect(titles(ben)).toEqual(["演出 #合唱"]);
  expect(ben.view("channel", channel)).toMatchObject({
    films: [{ title: "演出 #合唱", isPinned: true }],
    gaps: [{ why: "deleted" }],
  });
  // The first device has not read what the second one said, and goes on behind it all the same.
  await world.during(ann.api.publishFilm(channel, film("再排一次", 70_000, 249)));
  await published(world, ann, ben);
  await ben.api.firstPage();
  expect(titles(ben)).toContain("再排一次");
  expect([found(ben), found(ann)]).toEqual([[], []]);
  expect(world.bugs()).toEqual([]);
});

test("[CH48] [CH51] [CH52] [CH76] [R3.1] [R3.2] [R3.5] what home makes of packs and pages is told, and not shown", async () => {
  const line = new PublicLine("Ben");
  const folder = mkdtempSync(join(tmpdir(), "yanshu-channels-"));
  const logPath = join(folder, "log.sqlite");
  const { world, people } = await home({ seed: 2402, wrapPorts: line.wrap, logPath }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "早市" }));
  await world.during(ann.api.publishFilm(channel, film("油条", 60_000)));
  let first: Uint8Array | undefined;
  line.change = (path, body) => {
    if (path.startsWith("/public/packs/")) first ??= decodePackFiles(body)[0];
    return body;
  };
  await published(world, ann, ben);
  expect(titles(ben)).toEqual(["油条"]);
  const newest = ben.view("channelsLog").newest?.hash ?? "";
  expect(await world.during(ben.api.checkHeads(newest))).toBe(true);

  await world.during(ann.api.publishFilm(channel, film("豆浆", 60_000, 249)));
  const packs = (change: (file: Uint8Array) => Uint8Array) => (path: string, body: Uint8Array) =>
    path.startsWith("/public/packs/") ? encodePackFiles(decodePackFiles(body).map(change)) : body;
  // Nobody signed it; then the one before once more.
  line.change = packs((file) => encodePackFile({ ...decodePackFile(file), signature: new Uint8Array(64) }));
  await published(world, ann, ben);
  expect([titles(ben), found(ben)]).toEqual([["油条"], ["pack-signature"]]);
  line.change = packs(() => first ?? new Uint8Array());
  await world.during(ben.api.lookAtChannels());
  expect([titles(ben), found(ben)]).toEqual([["油条"], ["pack-signature", "pack-fork"]]);
  // Who saw it is not told again, until there is something new.
  const hasAlarm = () => ben.view("channelsFeed", { tab: "for-you", limit: 9 }).hasAlarm;
  expect(hasAlarm()).toBe(true);
  await ben.api.seeChannelsAlarm();
  expect([hasAlarm(), found(ben).length]).toEqual([false, 2]);
  line.change = (_, body) => body;
  await world.during(ben.api.lookAtChannels());
  await ben.api.firstPage();
  expect([...titles(ben)].sort()).toEqual(["油条", "豆浆"].sort());

  // A film is lifted in the page that home hands out.
  const page = ben.view("channelsFeed", { tab: "for-you", limit: 50 }).page;
  const files = (page?.all ?? []).map((entry) => feed(ben).find((one) => one.entry === entry)?.files[0]?.hash ?? "");
  expect(await ben.api.checkHeads(page?.pack ?? "", files)).toBe(true);
  expect(await ben.api.checkHeads(page?.pack ?? "", files.toReversed())).toBe(false);
  expect([found(ben).includes("page-differs"), hasAlarm()]).toEqual([true, true]);

  // What home took and leaves out of its packs is told to its author.
  const log = new Database(logPath);
  log.run("PRAGMA busy_timeout = 10000");
  await world.during(ann.api.publishFilm(channel, film("包子", 60_000, 247)));
  await world.pass(5_000);
  expect(log.run("UPDATE channel_entries SET pack = 999999 WHERE pack IS NULL").changes).toBe(1);
  for (const name of ["饺子", "面条"]) {
    await world.during(ben.api.createChannel({ name }));
    await published(world, ben, ann);
  }
  expect(ann.view("channelsMine").notPublished).toMatchObject([{ title: "包子" }]);
  log.close();
  expect(world.bugs()).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("[CH41] who comes back by the card has their channel, its key and whom they follow", async () => {
  const { world, people } = await home({ seed: 2407 }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const { words: card } = await ann.api.recoveryCard();
  const channel = await world.during(ann.api.createChannel({ name: "家谱" }));
  const other = await world.during(ben.api.createChannel({ name: "老照片" }));
  await published(world, ann, ben, ann);
  await ann.api.followChannel(other);
  await world.pass(120_000);
  ann.crash();
  const phone = await world.device("Ann");
  await world.during(phone.api.restoreAccount({ card: card.join(" "), areOthersLost: true }));
  await world.pass(120_000);
  await published(world, phone);
  expect(phone.view("channelsMine").channels).toMatchObject([{ id: channel, name: "家谱" }]);
  expect(phone.view("channelsFollowed")).toMatchObject([{ id: other, name: "老照片" }]);
  await world.during(phone.api.setChannelProfile(channel, { about: "从光绪年间起" }));
  await published(world, phone, ben);
  expect(ben.view("channel", channel)).toMatchObject({ name: "家谱", about: "从光绪年间起" });
  expect(world.bugs()).toEqual([]);
});

test("[WE300] comments that home took away are counted by reason, to who said one as theirs, and are back once home takes that back", async () => {
  const { world, people } = await home({ seed: 2433 }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "棋社" }));
  await world.during(ann.api.publishPictures(channel, photo("第一局")));
  for (const _ of [1, 2]) await published(world, ann, ben);
  const film = entryOf(ben, "第一局");
  await world.during(ben.api.commentFilm(film, "好棋", { penName: "小本" }));
  await world.during(ben.api.commentFilm(film, "住在三号楼"));
  await world.during(ann.api.commentFilm(film, "谢谢"));
  for (const _ of [1, 2]) await published(world, ben, ann);
  const said = (person: Person) => person.view("channelComments", film).comments.map(({ text }) => text);
  expect([...said(ann)].sort()).toEqual(["住在三号楼", "好棋", "谢谢"].sort());
  const entry = (text: string) => {
    const one = ann.view("channelComments", film).comments.find((comment) => comment.text === text);
    if (one === undefined) throw new Error(`no comment "${text}"`);
    return one.entry;
  };
  const [address, thanks] = [entry("住在三号楼"), entry("谢谢")];
  const why = { reason: "有人的住址", appeal: "yanshu:#appeal" };
  await world.during(operates(world.server, "channels-remove", { entry: address, ...why }));
  await world.during(operates(world.server, "channels-remove", { entry: thanks, ...why }));
  await world.during(operates(world.server, "channels-label", { entry: entry("好棋"), ...why, reason: "玩笑" }));
  await published(world, ann, ben);
  const seen = ann.view("channelComments", film);
  expect(seen).toMatchObject({ count: 1, removed: [{ decision: { action: "remove", ...why }, count: 2, mine: 1 }] });
  expect(seen.comments).toMatchObject([{ text: "好棋", decision: { action: "label", reason: "玩笑" } }]);
  expect(ben.view("channelComments", film).removed).toMatchObject([{ count: 2, mine: 1 }]);
  for (const one of [address, thanks])
    await world.during(operates(world.server, "channels-restore", { entry: one, ...why, reason: "看错了" }));
  await published(world, ann, ben);
  expect(ann.view("channelComments", film)).toMatchObject({ count: 3, removed: [] });
  expect(said(ben)).toContain("住在三号楼");
  expect([found(ann), found(ben), world.bugs()]).toEqual([[], [], []]);
});

test("[CH48] [CH50] [R3.1] [R3.2] [R3.4] an entry that home made up is not shown, one that it left out for one person is missed, and one that it removed says why", async () => {
  const line = new PublicLine("Ben");
  const { world, people } = await home({ seed: 2406, wrapPorts: line.wrap }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "棋社" }));
  await published(world, ann, ben);
  // Home shows Ben other packs than everybody, and signs them.
  const forged = new ForgedPacks();
  forged.on(line, otherWords("第一局"));
  await world.during(ann.api.publishPictures(channel, photo("第一局")));
  await published(world, ann, ben);
  expect([titles(ann), titles(ben)]).toEqual([["第一局"], []]);
  // The head that everybody is shown is another one too.
  expect([...found(ben)].sort()).toEqual(["entry-signature", "pack-fork"]);
  forged.on(line, leftOut);
  await world.during(ann.api.publishPictures(channel, photo("第二局")));
  await published(world, ann, ben);
  forged.on(line, (file) => file);
  await world.during(ann.api.publishPictures(channel, photo("第三局")));
  await published(world, ann, ben);
  expect(titles(ben)).toEqual(["第三局"]);
  expect(found(ben)).toContain("entry-missing");

  const entry = entryOf(ann, "第一局");
  expect(ann.view("channelGap", entry)).toBeUndefined();
  const decision = { entry, reason: "有人的住址", appeal: "yanshu:#appeal" };
  await world.during(operates(world.server, "channels-remove", decision));
  await published(world, ann);
  await ann.api.firstPage();
  expect(titles(ann)).not.toContain("第一局");
  expect(ann.view("channel", channel)?.gaps).toMatchObject([
    { why: "removed", decision: { action: "remove", reason: "有人的住址", appeal: "yanshu:#appeal" } },
  ]);
  expect(ann.view("channelGap", entry)).toMatchObject({ channel: { name: "棋社" }, why: "removed", decision: {} });
  await world.during(operates(world.server, "channels-restore", { ...decision, reason: "看错了" }));
  await published(world, ann);
  await ann.api.firstPage();
  expect([titles(ann).length, ann.view("channel", channel)?.gaps]).toEqual([3, []]);
  expect(found(ann)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CH54] [CH55] [CH64] friends tell each other what they like and which packs they hold; a stranger and a false head are noticed", async () => {
  const { world, people } = await home({ seed: 2403 }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const chat = await world.befriend(ann, ben);
  // Both have opened Channels before: what a friend tells earlier is not for them.
  for (const one of [ann, ben]) await world.during(one.api.lookAtChannels());
  const channel = await world.during(cleo.api.createChannel({ name: "夜市" }));
  await world.during(cleo.api.publishFilm(channel, film("炒面", 60_000)));
  await world.during(cleo.api.publishFilm(channel, film("炒饭", 60_000, 249)));
  await published(world, cleo, ann, ben);
  const entry = entryOf(ann, "炒面");
  await ann.api.likeFilm(entry, true);
  await world.pass(likeMs);
  expect(titles(ben, "friends")).toEqual(["炒面"]);
  expect(ben.view("channelFilm", entry)?.likedBy.map(({ name }) => name)).toEqual(["Ann"]);
  expect(titles(cleo, "friends")).toEqual([]);
  await ann.api.likeFilm(entry, false);
  await world.pass(likeMs);
  expect(titles(ben, "friends")).toEqual([]);
  await ann.api.likeFilm(entry, true);
  await world.pass(likeMs);
  expect(titles(ben, "friends")).toEqual(["炒面"]);
  // Who turns it off takes back what friends were told, and tells nothing any more; turned on, it is told anew.
  await ann.api.setTellsFriends(false);
  await world.pass(likeMs);
  expect(titles(ben, "friends")).toEqual([]);
  await ann.api.likeFilm(entry, false);
  await ann.api.likeFilm(entry, true);
  await world.pass(likeMs);
  expect([titles(ben, "friends"), ann.view("channelsSettings").tellsFriends]).toEqual([[], false]);
  await ann.api.setTellsFriends(true);
  await world.pass(likeMs);
  expect(titles(ben, "friends")).toEqual(["炒面"]);
  // A like that nobody heard of is not told by taking it back either.
  const other = entryOf(ann, "炒饭");
  await ann.api.likeFilm(other, true);
  await ann.api.likeFilm(other, false);
  await world.pass(likeMs);
  expect(ben.disk.get("SELECT 1 FROM channel_friend_likes WHERE entry = ?", fromHex(other))).toBeUndefined();
  // What they told of packs is what is held here too.
  expect(ben.disk.get("SELECT n FROM channel_heads")).toBeDefined();
  expect(found(ben)).toEqual([]);
  const { newest } = ben.view("channelsLog");
  const head = { home: "yan.test", n: newest?.n ?? 0, hash: fromHex("ab".repeat(32)) };
  await saysUnchecked(world, ann, fromHex(chat), [{ kind: "channels", head }]);
  await world.pass(5_000);
  expect(ben.view("channelsLog").found).toMatchObject([{ what: "head-differs", by: { name: "Ann" } }]);
  expect(world.bugs()).toEqual([]);
});

test("[CH65] [CH66] [CH67] what one keeps is on all own devices; a child's limits hold on them, and the guardian's device alone changes them", async () => {
  const { world, people } = await home({ seed: 2408 }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  await world.befriend(ann, ben);
  const channel = await world.during(ann.api.createChannel({ name: "外婆" }));
  await world.during(ann.api.publishFilm(channel, film("折纸", 60_000)));
  await published(world, ann, ben);
  const entry = entryOf(ben, "折纸");
  await ben.api.saveFilm(entry, true);
  const tablet = await world.linkDevice(ben);
  await published(world, tablet);
  const saved = (person: Person) => person.view("channelsSaved", { limit: 9 }).films.map(({ title }) => title);
  expect([saved(ben), saved(tablet)]).toEqual([["折纸"], ["折纸"]]);
  await tablet.api.saveFilm(entry, false);
  await world.pass(5_000);
  expect([saved(ben), saved(tablet), ben.view("channelFilm", entry)?.isSaved]).toEqual([[], [], false]);

  // Nobody may be asked but a contact; numbers are minutes of a day.
  const now = new Date(world.clock.nowMs());
  const minute = now.getHours() * 60 + now.getMinutes();
  const limits = {
    isOn: true,
    minutes: 40,
    closedFrom: (minute + 720) % 1440,
    closedTo: (minute + 780) % 1440,
    forYou: true,
  };
  await expect(ben.api.setChannelsYouth({ limits: { ...limits, minutes: 1441 } })).rejects.toMatchObject({
    code: "not-allowed",
  });
  await expect(ben.api.setChannelsYouth({ limits, guardian: channel })).rejects.toMatchObject({
    code: "unknown-contact",
  });
  const guardian = ben.view("contacts")[0]?.account ?? "";
  await ben.api.setChannelsYouth({ limits, guardian });
  await world.pass(5_000);
  for (const one of [ben, tablet])
    expect(one.view("channelsYouth")).toMatchObject({
      mayChange: false,
      guardian: { name: "Ann" },
      leftMs: 40 * 60_000,
    });
  await expect(tablet.api.setChannelsYouth({ limits: { ...limits, isOn: false } })).rejects.toMatchObject({
    code: "not-allowed",
  });
  expect(ann.view("channelsWards")).toMatchObject([{ person: { name: "Ben" }, limits, isSet: true }]);
  // Minutes of both devices count together.
  await ben.api.watchedFilm(entry, { ms: 25 * 60_000, finished: true });
  await world.pass(5_000);
  await tablet.api.watchedFilm(entry, { ms: 15 * 60_000, finished: true });
  await world.pass(5_000);
  for (const one of [ben, tablet]) {
    expect(one.view("channelsYouth")).toMatchObject({ closed: "time", leftMs: 0 });
    expect(one.view("channelsFeed", { tab: "following", limit: 9 })).toMatchObject({ films: [], closed: "time" });
    expect([one.view("channelFilm", entry), one.view("channel", channel)?.films]).toEqual([undefined, []]);
    expect(await world.during(one.api.searchChannels("折纸", 9))).toMatchObject({ films: [] });
  }
  const ward = ann.view("contacts")[0]?.account ?? "";
  await ann.api.setWardLimits(ward, { ...limits, minutes: 60, forYou: false });
  await world.pass(5_000);
  expect([titles(ben), ben.view("channelFilm", entry)?.title]).toEqual([[], "折纸"]);
  expect(ben.view("channelsFeed", { tab: "for-you", limit: 9 }).closed).toBe("for-you");
  await ann.api.setWardLimits(ward, { ...limits, minutes: 60, closedFrom: minute, closedTo: (minute + 30) % 1440 });
  await world.pass(5_000);
  expect(tablet.view("channelsYouth").closed).toBe("night");
  await world.pass(31 * 60_000);
  for (const one of [ben, tablet])
    expect([one.view("channelsYouth").closed, one.view("channel", channel)?.films.length]).toEqual([undefined, 1]);
  // A changed client of the guardian says the latest moment that there is: own devices and the record are told on.
  const ever = { kind: "channelYouth", stampMs: Number.MAX_SAFE_INTEGER, limits: { ...limits, minutes: 50 } } as const;
  const chat = ann.view("contacts")[0]?.conversation ?? "";
  await saysUnchecked(world, ann, fromHex(chat), [ever, { ...ever, limits: { ...limits, minutes: 70 } }]);
  await world.pass(5_000);
  for (const one of [ben, tablet, await world.linkDevice(ben)])
    expect(one.view("channelsYouth")).toMatchObject({ limits: { minutes: 70 }, mayChange: false });
  // Only who was asked is heard.
  await ann.api.setWardLimits(ward, { ...limits, isOn: false });
  await world.pass(5_000);
  for (const one of [ben, tablet])
    expect(one.view("channelsYouth")).toMatchObject({ mayChange: true, leftMs: undefined });
  expect(ann.view("channelsWards")).toEqual([]);
  await expect(ann.api.setWardLimits(ward, limits)).rejects.toMatchObject({ code: "unknown-contact" });
  // What an earlier version made of such a moment counts as the oldest: it can be changed, and is told.
  for (const stampMs of [2 ** 53, Number.MAX_SAFE_INTEGER]) {
    for (const one of [ben, tablet])
      one.disk.transaction(() => writeChannelValue(one.disk, "guard", encode({ v: { limits, stampMs } })));
    await tablet.api.setChannelsYouth({ limits: { ...limits, minutes: 80 } });
    await world.pass(5_000);
    expect(ben.view("channelsYouth").limits.minutes).toBe(80);
  }
  expect(world.bugs()).toEqual([]);
});

test("[CH56] [FY11] [FY12] [FY13] [FY14] searching, swiping and forgetting ask home for nothing; the order follows what was watched", async () => {
  const line = new PublicLine("Ben");
  const { world, people } = await home({ seed: 2404, wrapPorts: line.wrap }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "外婆" }));
  const small = (title: string, at: number) => ({
    title,
    pictures: [{ source: bytes(500 + at, 200 + at), mime: "image/webp" as const, width: 4, height: 3 }],
    thumbhash: new Uint8Array(),
  });
  const all = ["包饺子 #春节#", "放烟花 #春節 ", "坐火车 #旅行", "看大海 #旅行", "写春联 #春节 ", "爬山 #旅行"];
  for (const [at, title] of all.entries()) await world.during(ann.api.publishPictures(channel, small(title, at)));
  await published(world, ann, ben);
  expect(titles(ben)).toHaveLength(6);
  const asked = line.asked.length;
  const hits = async (words: string) =>
    (await world.during(ben.api.searchChannels(words, 20))).films.map(({ title }) => title);
  expect(await hits("饺子")).toEqual(["包饺子 #春节#"]);
  expect((await hits("#春节#")).sort()).toEqual(["写春联 #春节", "包饺子 #春节#"].sort());
  expect(await hits("春節")).toHaveLength(3);
  expect((await world.during(ben.api.searchChannels("外婆", 20))).channels.map(({ name }) => name)).toEqual(["外婆"]);
  const [firstFilm] = feed(ben).filter(({ title }) => title.includes("火车"));
  await ben.api.showsFilm(firstFilm?.entry ?? "");
  const before = titles(ben);
  const place = before.indexOf("坐火车 #旅行");
  await ben.api.watchedFilm(firstFilm?.entry ?? "", { ms: 4_000, finished: true });
  // It and the next keep their places; what follows is ordered anew, by what goes with it.
  expect(titles(ben).slice(0, place + 2)).toEqual(before.slice(0, place + 2));
  expect(ben.view("channelsSettings").taste.watched).toBe(1);
  const tasted = feed(ben).filter(({ why }) => why.kind === "watched");
  expect(tasted.every(({ tags }) => tags.includes("旅行"))).toBe(true);
  await ben.api.setTopic("春节", 0);
  await ben.api.firstPage();
  expect(titles(ben).some((title) => title.includes("春节"))).toBe(false);
  expect(line.asked).toHaveLength(asked);
  await ben.api.forgetTaste();
  expect(readChannelTaste(ben.disk)).toEqual([]);
  expect(ben.view("channelsSettings").taste).toEqual({ watched: 0, liked: 0, turnedAway: 0 });
  await ben.api.setChannelsOrder("time");
  expect(titles(ben)).toHaveLength(6);
  await ben.api.setChannelsOrder("taste");
  await ben.api.firstPage();
  // Whole pages: what is fetched follows from the page alone, and nothing that was seen is counted.
  const page = ben.view("channelsFeed", { tab: "for-you", limit: 50 }).page;
  const fileOf = (entry: string) => ben.view("channelFilm", entry)?.files[0];
  const firsts = (page?.all ?? []).flatMap((entry) => fileOf(entry) ?? []);
  expect(firsts).toHaveLength(6);
  const counted = async () => {
    for (let time = 0; time < 40; time++) {
      await ben.api.watchedFilm(firstFilm?.entry ?? "", { ms: 4_000, finished: true });
      await ben.api.forgetTaste();
    }
    return ben.disk.get("SELECT count(*) AS views FROM channel_due WHERE what = 'view'");
  };
  await ben.api.setWholePage(true);
  expect([await counted(), ben.view("channelsSettings").wholePage]).toEqual([{ views: 0 }, true]);
  // Also in the other tabs, and by time.
  await ben.api.setChannelsOrder("time");
  for (const tab of ["following", "friends", "for-you"] as const)
    expect(ben.view("channelsFeed", { tab, limit: 50 }).whole).toEqual(
      firsts.map(({ hash, bytes: length }) => ({ hash, bytes: length })),
    );
  await ben.api.setChannelsOrder("taste");
  await ben.api.setWholePage(false);
  expect(ben.view("channelsFeed", { tab: "for-you", limit: 50 }).whole).toBeUndefined();
  expect(await counted()).toEqual({ views: 1 });
  expect(line.asked).toHaveLength(asked);
  expect(world.bugs()).toEqual([]);
});

test("[CH6] [CH74] [CH75] [CH79] [R8.3] the home of a channel is gone, and who follows it reads on within a minute at one that keeps it; what that one says falsely is passed over", async () => {
  const { world, people, mirrors, evil, asked } = await homeAndMirror(2409, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const homeFilms = () => asked.filter((path) => path.startsWith("/public/films/")).length;
  const channel = await world.during(ann.api.createChannel({ name: "乡音" }));
  for (const name of ["192.168.0.1", "printer", "printer.local", "a b.test"])
    await expect(ann.api.setChannelProfile(channel, { mirrors: [name] })).rejects.toMatchObject({
      code: "not-allowed",
    });
  await world.during(ann.api.setChannelProfile(channel, { mirrors: ["mirror.test"] }));
  await world.during(ann.api.publishFilm(channel, film("第一集", 60_000)));
  await published(world, ann, ben);
  await ben.api.followChannel(channel);
  expect(ben.view("channel", channel)?.mirrors).toEqual(["mirror.test"]);
  await mirrors();
  await world.during(ann.api.publishFilm(channel, film("第二集", 60_000, 249)));
  for (const _ of [1, 2]) {
    await world.during(ann.api.lookAtChannels());
    await world.pass(70_000);
  }
  expect(titles(ben, "following")).toEqual(["第一集"]);
  world.crashServer();
  await ben.api.showChannels(true);
  // First the mirror says what home did not.
  evil.says = (path, body) => (path.includes("/packs/") ? body.map((byte, at) => (at === 90 ? byte ^ 1 : byte)) : body);
  await world.pass(30_000);
  expect([titles(ben, "following"), found(ben)]).toEqual([["第一集"], []]);
  evil.says = (_, body) => body;
  await world.pass(60_000);
  expect(titles(ben, "following")).toEqual(["第二集", "第一集"]);
  const shown = ben.view("channelsFeed", { tab: "following", limit: 9 });
  expect([shown.mirror, found(ben)]).toEqual(["mirror.test", []]);
  const file = shown.films[0]?.files[0];
  const chunks = () => world.during(ben.api.channelFilmChunks(file?.hash ?? "", file?.bytes ?? 0, 1, 8));
  const said = new Uint8Array(await film("", 60_000, 249).film.source.arrayBuffer());
  const list = await world.during(ben.api.channelFilmList(file?.hash ?? "", file?.bytes ?? 0));
  expect([...(list ?? [])].slice(0, 4)).toEqual([0, 0, 60_000 >> 8, 60_000 & 255]);
  const before = homeFilms();
  expect(await chunks()).toEqual(said.subarray(32 << 10));
  // Home was silent a moment ago: films do not wait for it again.
  expect([before, homeFilms()]).toEqual([1, 1]);
  await world.pass(60_000);
  expect(await chunks()).toEqual(said.subarray(32 << 10));
  expect(homeFilms()).toBe(2);
  evil.says = (path, body) => (path.endsWith("/list") ? body : body.map((byte) => byte ^ 1));
  expect(await chunks()).toBeUndefined();
  await expect(ben.api.channelFilmChunks(file?.hash ?? "", 0, 0, 1)).rejects.toMatchObject({ code: "unknown-message" });
  expect(world.bugs()).toEqual([]);
});

test("[CH3] [CH89] [CH90] [CH91] [CH92] [CH93] [CH94] a channel gets authors, who publish in it from their own devices, and loses one again", async () => {
  const { world, people } = await home({ seed: 2410 }, "Ann", "Ben", "Cleo", "Dora");
  const [ann, ben, cleo, dora] = people as [Person, Person, Person, Person];
  await world.befriend(ann, ben);
  await world.befriend(ann, cleo);
  await world.befriend(ben, cleo);
  const accountOf = (one: Person, of: Person) =>
    one.view("contacts").find(({ name }) => name === of.name)?.account ?? "";
  const channel = await world.during(ann.api.createChannel({ name: "教会" }));
  await world.during(ann.api.publishFilm(channel, film("主日", 60_000)));
  await published(world, ann, ben, cleo, dora);
  // Nobody but an author may ask, and nobody but a contact is asked.
  await expect(ben.api.askAuthor(channel, accountOf(ben, cleo))).rejects.toMatchObject({ code: "unknown-message" });
  await expect(ann.api.askAuthor(channel, channel)).rejects.toMatchObject({ code: "unknown-contact" });
  await ann.api.askAuthor(channel, accountOf(ann, ben));
  await ann.api.askAuthor(channel, accountOf(ann, cleo));
  await world.pass(5_000);
  expect(ben.view("channelsMine")).toMatchObject({
    channels: [],
    askings: [{ channel, name: "教会", by: { name: "Ann" }, hasAgreed: false }],
  });
  const asked = () =>
    ann.view("channelAuthors", channel)?.asked.map(({ person, hasAgreed }) => [person.name, hasAgreed]);
  expect(asked()).toEqual([
    ["Ben", false],
    ["Cleo", false],
  ]);
  // One takes it back, one says no, and is asked again; an answer that nobody asked for changes nothing.
  await cleo.api.answerAuthorAsking(channel, accountOf(cleo, ann), false);
  await world.pass(5_000);
  expect([asked(), cleo.view("channelsMine").askings]).toEqual([[["Ben", false]], []]);
  const chat = cleo.view("contacts").find(({ name }) => name === "Ann")?.conversation ?? "";
  const key = fromHex("ab".repeat(32));
  await saysUnchecked(world, cleo, fromHex(chat), [
    { kind: "channelAuthor", channel: fromHex(channel), stampMs: world.clock.nowMs(), key },
  ]);
  await published(world, ann);
  expect(ann.view("channel", channel)?.authors).toBe(1);

  await ben.api.answerAuthorAsking(channel, accountOf(ben, ann), true);
  await world.pass(5_000);
  await ben.api.publishFilm(channel, film("诗班", 60_000, 249)).then(
    () => expect.unreachable(),
    (error) => expect(error).toMatchObject({ code: "unknown-message" }),
  );
  const tablet = await world.linkDevice(ben);
  await published(world, ann, ben, tablet, cleo);
  for (const one of [ben, tablet])
    expect(one.view("channelsMine")).toMatchObject({ channels: [{ id: channel, name: "教会" }], askings: [] });
  const authors = (one: Person) =>
    one.view("channelAuthors", channel)?.authors.map(({ isMe, person }) => (isMe ? "I" : person?.name));
  expect([authors(ann), authors(ben), authors(cleo)]).toEqual([["I", "Ben"], [undefined, "I"], undefined]);
  expect(cleo.view("channel", channel)).toMatchObject({ authors: 2, isMine: false });

  // Both say something before either read what the other said, and ask somebody: none undoes the other.
  await ann.api.askAuthor(channel, accountOf(ann, cleo));
  await world.pass(5_000);
  await cleo.api.answerAuthorAsking(channel, accountOf(cleo, ann), true);
  await world.during(tablet.api.publishFilm(channel, film("诗班", 60_000, 249)));
  await world.during(ann.api.publishFilm(channel, film("圣餐", 60_000, 247)));
  await published(world, ann, ben, tablet, cleo, dora);
  await published(world, ann, ben, tablet, cleo, dora);
  expect([...titles(dora)].sort()).toEqual(["主日", "圣餐", "诗班"].sort());
  expect(dora.view("channel", channel)?.authors).toBe(3);
  // A comment of hers is under a name of her own.
  await expect(cleo.api.commentFilm(entryOf(cleo, "主日"), "阿们")).rejects.toMatchObject({ code: "empty" });
  const keyOf = (one: Person, at: number) => one.view("channelAuthors", channel)?.authors[at]?.key ?? "";
  // Her key has another place once Ben's is gone, and her device learns it from packs alone.
  await ann.api.removeAuthor(channel, keyOf(ann, 1));
  await world.pass(5_000);
  await world.during(cleo.api.publishFilm(channel, film("探访", 60_000, 239)));
  await published(world, ann, ben, tablet, cleo, dora);
  await published(world, ann, ben, tablet, cleo, dora);
  expect([titles(dora).includes("探访"), authors(ann), authors(cleo)]).toEqual([true, ["I", "Cleo"], [undefined, "I"]]);
  // One comes back while another leaves.
  await ann.api.askAuthor(channel, accountOf(ann, ben));
  await world.pass(5_000);
  await cleo.api.removeAuthor(channel, keyOf(cleo, 1));
  await ben.api.answerAuthorAsking(channel, accountOf(ben, ann), true);
  await published(world, ann, ben, tablet, cleo, dora);
  await published(world, ann, ben, tablet, cleo, dora);
  expect([dora.view("channel", channel)?.authors, authors(ann), authors(tablet)]).toEqual([
    2,
    ["I", "Ben"],
    [undefined, "I"],
  ]);
  await ann.api.removeAuthor(channel, keyOf(ann, 1));
  await published(world, ann, ben, cleo, dora);
  expect(dora.view("channel", channel)?.authors).toBe(1);
  for (const one of [ben, tablet, cleo]) {
    await published(world, one);
    expect([one.view("channelsMine").channels, one.view("channelAuthors", channel)]).toEqual([[], undefined]);
    await expect(one.api.publishFilm(channel, film("再来", 60_000, 233))).rejects.toMatchObject({
      code: "unknown-message",
    });
  }
  await expect(ann.api.removeAuthor(channel, keyOf(ann, 0))).rejects.toMatchObject({ code: "not-allowed" });
  for (const one of people) expect(found(one)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CH45] a home that was put back is told again what it lacks", async () => {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-channels-"));
  const { world, people } = await home({ seed: 2405, logPath: join(folder, "log.sqlite") }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const channel = await world.during(ann.api.createChannel({ name: "书法" }));
  await published(world, ann, ben);
  world.copyDisk(join(folder, "copy.sqlite"));
  await world.pass(5_000);
  await world.during(ann.api.publishFilm(channel, film("第一课", 60_000)));
  await world.pass(5_000);
  expect(ann.view("channelsMine").uploads).toMatchObject([{ state: "said" }]);
  world.restoreDisk(join(folder, "copy.sqlite"));
  await world.pass(30_000);
  await published(world, ann, ben);
  await published(world, ann, ben);
  expect(titles(ben)).toEqual(["第一课"]);
  expect(world.bugs()).toEqual([]);
  world.end();
  rmSync(folder, { recursive: true });
});
