import { expect, setDefaultTimeout, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { decodeBody } from "@yanshu/content";
import { type AccountId, type Bytes, type DeviceId, fromHex } from "@yanshu/wire";
import { decode } from "cborg";
import { type Person, World } from "../index.ts";
import { secretOn } from "./call-secret.ts";
import { ghostIn } from "./ghost.ts";
import { LivePage as Page, roomOf } from "./live-page.ts";
import { saysUnchecked } from "./turned.ts";

setDefaultTimeout(60_000);

async function family(seed: number) {
  const world = new World({ seed, files: true });
  const people = [
    await world.person("外婆"),
    await world.person("Maya"),
    await world.person("Ben"),
    await world.person("Dan"),
  ] as const;
  const [ann, maya, ben, dan] = people;
  const group = await world.group(ann, [maya, ben, dan], "一家人");
  const [annPage, mayaPage, benPage, danPage] = people.map((one) => new Page(one)) as [Page, Page, Page, Page];
  await world.until("home has rooms", () => annPage.view.areThere && danPage.view.areThere);
  return { world, ann, maya, ben, dan, group, annPage, mayaPage, benPage, danPage };
}

type Family = Awaited<ReturnType<typeof family>>;

/** Maya shows; what she shows has a head and a first piece. */
async function shows({ world, maya, mayaPage, group }: Family): Promise<Hex> {
  const live = await maya.api.startLive(group, "生日", mayaPage.host);
  await world.until("it is told", () => mayaPage.view.showing?.isIn === true);
  await mayaPage.show(live, "head", "one");
  return live;
}

async function watches({ world, group }: Family, page: Page, live: Hex): Promise<void> {
  await page.person.api.lookAtLives(group);
  await world.until("it is offered", () => page.view.goingOn.some((one) => one.live === live));
  await page.person.api.watchLive(group, live, page.host);
  page.play(live);
  await world.until("the picture stands", () => page.view.watching?.at === "on" && page.played.length > 1);
}

const records = (person: Person, chat: Hex) =>
  person.items(chat).flatMap(({ body }) => (body.kind === "live" ? [`${body.title} ${body.as} ${body.watched}`] : []));

test("[CA160] [CA163] [CA174] one shows, others see what is shown now and what comes, nothing rings, and the record says how it was", async () => {
  const all = await family(5201);
  const { world, ann, maya, ben, dan, group, mayaPage, annPage, benPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  expect(annPage.played).toEqual(["head", "one"]);
  expect(annPage.view.watching).toMatchObject({ person: { name: "Maya" }, title: "生日", chatTitle: "一家人" });
  await watches(all, benPage, live);
  await mayaPage.show(live, "two");
  await world.until("both see what comes", () => [annPage, benPage].every(({ played }) => played.includes("two")));
  await world.until("two are counted", () => mayaPage.view.showing?.watching === 2);
  expect(ann.client.view("groupCalls", []).ringing).toBeUndefined();
  expect(ann.client.view("calls", []).now).toBeUndefined();
  expect(records(dan, group)).toEqual(["生日 now 0"]);
  await maya.api.endLive();
  await world.until("it is over for all", () => [annPage, benPage].every(({ view }) => view.over?.as === "over"));
  await world.until("all have the record", () =>
    [ann, maya, ben, dan].every((one) => records(one, group)[0] === "生日 ended 2"),
  );
  await world.until("nobody keeps its secret", () =>
    [ann, maya, ben, dan].every((one) => secretOn(one, "live") === undefined),
  );
  expect(world.bugs()).toEqual([]);
});

test("[CA217] who watches for minutes goes on seeing what is shown, for the one who shows replies to them", async () => {
  const all = await family(5213);
  const { world, mayaPage, annPage, benPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  await watches(all, benPage, live);
  for (let n = 0; n < 60; n++) {
    await mayaPage.show(live, `piece ${n}`);
    await world.pass(2_000);
  }
  for (const { played } of [annPage, benPage])
    expect(played.filter((one) => one.startsWith("piece")).length).toBeGreaterThanOrEqual(59);
});

test("[CA169] [CA171] comments and hearts reach all under the name of who said them, and are on no disk", async () => {
  const all = await family(5202);
  const { world, ann, maya, ben, mayaPage, annPage, benPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  await watches(all, benPage, live);
  await ann.api.commentLive("好看！");
  await ben.api.heartLive(3);
  await maya.api.commentLive("谢谢");
  await world.until("all read both", () => [mayaPage, annPage, benPage].every(({ said }) => said.length === 2));
  expect(benPage.said.toSorted()).toEqual(["Maya: 谢谢", "外婆: 好看！"].toSorted());
  expect(annPage.said.toSorted()).toEqual(["Maya: 谢谢", "me: 好看！"].toSorted());
  await world.until("hearts are counted", () => annPage.view.watching?.hearts === 3);
  for (const { disk } of [ann, maya, ben]) {
    const rows = disk.all<{ body: Uint8Array }>("SELECT body FROM messages");
    expect(rows.some(({ body }) => new TextDecoder().decode(body).includes("好看"))).toBe(false);
  }
});

test("[CA223] who asks for the small picture is given it and told so, also after home began anew, until they ask for the full one", async () => {
  const all = await family(5217);
  const { world, maya, ann, annPage, mayaPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  let n = 0;
  const both = async () => {
    await maya.api.showLivePiece(live, 0, new TextEncoder().encode(`small ${++n}`));
    await mayaPage.show(live, `full ${n}`);
    await world.pass(700);
  };
  const sees = async (word: string) => {
    for (let tries = 0; tries < 60 && !annPage.played.includes(`${word} ${n}`); tries++) await both();
    expect(annPage.played).toContain(`${word} ${n}`);
    expect(annPage.view.watching?.isSmall).toBe(word === "small");
  };
  await maya.api.showLiveHead(live, 0, "video/mp4", new TextEncoder().encode("small head"));
  await sees("full");
  await ann.api.wantLiveLayer(live, 0);
  await sees("small");
  world.crashServer();
  world.startServers();
  await world.until("she is back", () => mayaPage.view.showing?.isAway === false, 60_000);
  await world.pass(10_000);
  await sees("small");
  await ann.api.wantLiveLayer(live, 1);
  await sees("full");
});

test("[CA218] comments of a person whom one blocked are not shown to one, and are to the others", async () => {
  const all = await family(5214);
  const { world, ann, maya, ben, dan, mayaPage, annPage, benPage, danPage } = all;
  const live = await shows(all);
  for (const page of [annPage, benPage, danPage]) await watches(all, page, live);
  await ann.api.block(ben.account);
  await ben.api.commentLive("from Ben");
  await world.until("Dan reads it", () => danPage.said.includes("Ben: from Ben"));
  await dan.api.commentLive("from Dan");
  await world.until("Ann reads Dan", () => annPage.said.includes("Dan: from Dan"));
  expect(annPage.said).toEqual(["Dan: from Dan"]);
  await ann.api.unblock(ben.account);
  await world.befriend(maya, dan);
  await maya.api.block(dan.account);
  await world.until("she reads Ben alone", () => mayaPage.said.join() === "Ben: from Ben");
});

test("[CA219] a member who is added, and a device that is linked, while somebody shows are offered it, and have no key of before", async () => {
  const world = new World({ seed: 5215, files: true });
  const [ann, maya, dan] = [await world.person("外婆"), await world.person("Maya"), await world.person("Dan")];
  const group = await world.group(ann, [maya], "一家人");
  const [annPage, mayaPage, danPage] = [ann, maya, dan].map((one) => new Page(one)) as [Page, Page, Page];
  await world.until("home has rooms", () => mayaPage.view.areThere && annPage.view.areThere && danPage.view.areThere);
  const all = { world, maya, mayaPage, group } as Family;
  const live = await shows(all);
  await watches(all, annPage, live);
  await world.befriend(ann, dan);
  await ann.api.addMembers(group, [dan.account]);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open");
  await dan.api.lookAtLives(group);
  await world.until("it is offered", () => danPage.view.goingOn.some((one) => one.live === live));
  await dan.api.watchLive(group, live, danPage.host);
  danPage.play(live);
  await world.until("he is in", () => mayaPage.view.showing?.watching === 2);
  await mayaPage.show(live, "two");
  await world.until("both see it", () => [annPage, danPage].every(({ played }) => played.includes("two")));
  expect(danPage.played).toEqual(["head", "two"]);
  expect(danPage.view.watching).toMatchObject({ person: { name: "Maya" }, title: "生日" });
  expect(dan.disk.all("SELECT 1 FROM messages WHERE kind = 'live'")).toEqual([]);

  const tablet = await world.linkDevice(ann);
  const tabletPage = new Page(tablet);
  await world.until("the tablet has the chat", () => tablet.view("conversation", group)?.state === "open");
  await world.until("it has rooms", () => tabletPage.view.areThere);
  await tablet.api.lookAtLives(group);
  await world.until("the tablet is offered it", () => tabletPage.view.goingOn.some((one) => one.live === live));

  await maya.api.endLive();
  await world.until("it is over for all", () => [annPage, danPage].every(({ view }) => view.over?.as === "over"));
  await world.until("nobody keeps a key of it", () =>
    [ann, maya, dan].every(({ disk }) =>
      disk
        .all<{ value: Uint8Array }>("SELECT value FROM marks WHERE kind = 'liveKey' OR kind = 'liveOn'")
        .every(({ value }) => value.length < 32),
    ),
  );
  await dan.api.lookAtLives(group);
  await world.pass(2_000);
  expect(danPage.view.goingOn).toEqual([]);
});

test("[CA219] a member who says another's Live as theirs, or of a device that is not theirs, is not believed", async () => {
  const all = await family(5216);
  const { world, ann, maya, dan, group, danPage } = all;
  const device = fromHex(maya.view("status").me?.device ?? "") as DeviceId;
  const named = { author: fromHex(dan.account) as never, id: new Uint8Array(16).fill(9) as never };
  const hers = { author: fromHex(maya.account) as never, id: new Uint8Array(16).fill(8) as never };
  const room = new Uint8Array(16).fill(7);
  const sinceMs = Date.now();
  const key = new Uint8Array(32);
  await saysUnchecked(world, dan, fromHex(group), [
    { kind: "liveKey", ...named, generation: 1, key },
    { kind: "liveOn", ...named, device, room, sinceMs },
    { kind: "liveOn", ...hers, device, room, sinceMs },
    { kind: "text", text: "said" },
  ]);
  await world.until("it is read", () => ann.reads(group).includes("said"));
  expect(await ann.api.livesIn(group)).toEqual([]);
  expect(ann.disk.all<{ by: Uint8Array }>("SELECT by FROM marks WHERE kind = 'liveOn'").map(({ by }) => by)).toEqual([
    named.author,
  ]);
  expect(danPage.view.goingOn).toEqual([]);
});

/** Maya shows; Dan comes later, and Ann says so many Lives of her own that nobody sees, from hours ahead. */
async function flooded(seed: number, count: number) {
  const world = new World({ seed, files: true });
  const [ann, maya, dan] = [await world.person("外婆"), await world.person("Maya"), await world.person("Dan")];
  const group = await world.group(ann, [maya], "一家人");
  const [mayaPage, danPage] = [new Page(maya), new Page(dan)];
  await world.until("home has rooms", () => mayaPage.view.areThere && danPage.view.areThere);
  const live = await shows({ world, maya, mayaPage, group } as Family);
  await world.befriend(ann, dan);
  await ann.api.addMembers(group, [dan.account]);
  await world.until("Dan is told of it", () => toldTo(dan, maya.account).length > 0);
  ann.skewMs = 11 * 3_600_000;
  const device = fromHex(ann.view("status").me?.device ?? "") as DeviceId;
  const author = fromHex(ann.account) as AccountId;
  const bodies = Array.from({ length: count }, (_, n) => ({
    kind: "liveOn" as const,
    author,
    id: Uint8Array.from({ length: 16 }, (_byte, at) => (at < 2 ? n >> (8 * at) : 1)) as never,
    device,
    room: new Uint8Array(16).fill(7),
    sinceMs: world.clock.nowMs(),
  }));
  await saysUnchecked(world, ann, fromHex(group), bodies);
  await world.until("all are there", () => toldTo(dan, ann.account).length === count);
  return { world, ann, maya, dan, group, danPage, live };
}

/** What stands on this disk of Lives of which it was told late, and of their keys. */
const toldTo = ({ disk }: Person, author: Hex) =>
  disk.all<{ value: Uint8Array }>("SELECT value FROM marks WHERE kind = 'liveOn' AND author = ?", fromHex(author));

test("[CA224] a member who says any number of Lives hides nobody else's from who came later", async () => {
  const { world, dan, group, danPage, live } = await flooded(5220, 40);
  await dan.api.lookAtLives(group);
  await world.until("it is offered", () => danPage.view.goingOn.some((one) => one.live === live), 10_000);
});

test("[CA225] a member who says any number of Lives keeps another's room on no device for longer than twelve hours", async () => {
  const { world, maya, dan } = await flooded(5221, 70);
  const hers = maya.account;
  expect(toldTo(dan, hers).every(({ value }) => value.length > 32)).toBe(true);
  maya.crash(); // Nobody says that it is over.
  dan.crash();
  await world.pass(13 * 3_600_000);
  await dan.switchOn();
  await world.until("it is forgotten", () => toldTo(dan, hers).every(({ value }) => value.length < 32), 20_000);
});

test("[CA226] newcomers in a row bring one new key in ten seconds, and who is removed one at once", async () => {
  const world = new World({ seed: 5222, files: true });
  const [ann, maya, ben, dan] = [
    await world.person("外婆"),
    await world.person("Maya"),
    await world.person("Ben"),
    await world.person("Dan"),
  ];
  const group = await world.group(ann, [maya], "一家人");
  const [mayaPage, danPage] = [new Page(maya), new Page(dan)];
  await world.until("home has rooms", () => mayaPage.view.areThere && danPage.view.areThere);
  await world.befriend(ann, ben);
  await world.befriend(ann, dan);
  const live = await shows({ world, maya, mayaPage, group } as Family);
  const generation = () => {
    const [key] = ann.disk.all<{ value: Uint8Array }>("SELECT value FROM marks WHERE kind = 'liveKey'");
    return key === undefined ? 0 : (decode(key.value) as { generation: number }).generation;
  };
  await ann.api.addMembers(group, [ben.account]);
  await world.until("a new key comes at once", () => generation() === 1, 3_000);
  await ann.api.addMembers(group, [dan.account]);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open");
  await world.pass(4_000);
  expect(generation()).toBe(1);
  await world.until("the next comes within ten seconds", () => generation() === 2, 10_000);
  await dan.api.lookAtLives(group);
  await world.until("Dan is offered it", () => danPage.view.goingOn.some((one) => one.live === live));
  await ann.api.removeMember(group, ben.account);
  await world.until("one without Ben comes at once", () => generation() === 3, 3_000);
});

test("[CA170] who floods with comments and hearts is heard now and then, and others are heard", async () => {
  const all = await family(5203);
  const { world, ann, ben, mayaPage, annPage, benPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  await watches(all, benPage, live);
  let refused = 0;
  for (let n = 0; n < 100; n++) {
    await ann.api.commentLive(`flood ${n}`).catch(() => refused++);
    await ann.api.heartLive(1_000);
  }
  expect(refused).toBe(99);
  await ben.api.commentLive("hello");
  await world.until("Ben is heard", () => mayaPage.said.includes("Ben: hello"));
  await world.pass(2_000);
  expect(mayaPage.said.filter((one) => one.includes("flood")).length).toBe(1);
  expect(mayaPage.view.showing?.hearts).toBeLessThanOrEqual(60);
});

test("[CA168] who is removed sees nothing more, opens nothing of what follows with all that they hold, and the others go on", async () => {
  const all = await family(5204);
  const { world, ann, ben, group, mayaPage, annPage, benPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  await watches(all, benPage, live);
  const ghost = ghostIn(world, roomOf(live), { watches: true });
  await ann.api.removeMember(group, ben.account);
  await world.until("Ben is out", () => benPage.view.watching === undefined && benPage.view.over?.as === "closed");
  await world.pass(1_000);
  ghost.got.length = 0;
  await mayaPage.show(live, "after");
  await world.until("the others see it", () => annPage.played.includes("after"));
  expect(benPage.played).not.toContain("after");
  const generation = ghost.got.flatMap((frame) =>
    frame.type === "shown" ? [((frame.bytes[0] as number) << 8) | (frame.bytes[1] as number)] : [],
  );
  expect(new Set(generation)).toEqual(new Set([1]));
  const key = ben.disk.all("SELECT kind FROM marks WHERE kind = 'liveKey'");
  expect(key).toEqual([]);
});

test("[CA167] what home, or a member who knows the key, shows or says in another's name is neither shown nor heard", async () => {
  const all = await family(5205);
  const { world, mayaPage, annPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  const ghost = ghostIn(world, roomOf(live), { watches: true });
  await annPage.person.api.commentLive("once");
  await mayaPage.show(live, "two");
  await world.until("it is heard", () => mayaPage.said.length === 1 && annPage.played.includes("two"));
  // A watcher repeats what was shown and said, as it is and with one bit changed.
  const parts = ghost.got.flatMap((frame) => (frame.type === "shown" || frame.type === "said" ? [frame.bytes] : []));
  expect(parts.length).toBeGreaterThan(1);
  for (const bytes of parts) {
    ghost.say(1, bytes);
    ghost.say(
      1,
      bytes.map((one, at) => (at === 20 ? one ^ 1 : one)),
    );
  }
  await world.pass(3_000);
  expect(mayaPage.said).toEqual(["外婆: once"]);
  expect(annPage.played.filter((one) => one === "two").length).toBe(1);
});

test("[CA172] home that starts anew ends no Live: the one who shows opens the room again, and the picture goes on", async () => {
  const all = await family(5206);
  const { world, mayaPage, annPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  world.crashServer();
  world.startServers();
  await world.until(
    "she is away",
    () => annPage.view.watching?.at === "away" || mayaPage.view.showing?.isAway === true,
  );
  await world.until("she is back", () => mayaPage.view.showing?.isAway === false, 60_000);
  for (let n = 0; n < 10; n++) {
    await mayaPage.show(live, `again ${n}`);
    await world.pass(2_000);
  }
  await world.until("the picture goes on", () => annPage.played.some((one) => one.startsWith("again")), 30_000);
  expect(annPage.view.over).toBeUndefined();
  expect(annPage.view.watching?.at).toBe("on");
});

test("[CA172] where the one who shows vanishes it is over after a while, and their device says so when it is there again", async () => {
  const all = await family(5207);
  const { world, ann, maya, group, annPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  maya.crash();
  await world.until("Ann reads that she is away", () => annPage.view.watching?.at === "away");
  await world.until("it is over", () => annPage.view.over?.as === "over", 60_000);
  expect(records(ann, group)).toEqual(["生日 ended 0"]);
  await maya.switchOn();
  await world.until("its record says so", () => secretOn(ann, "live") === undefined, 60_000);
  expect(world.bugs()).toEqual([]);
});

test("[CA160] [CA168] only its author ends a Live or gives keys to it; who is no member is offered nothing", async () => {
  const all = await family(5208);
  const { world, ann, ben, dan, group, annPage, mayaPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  const [row] = dan.disk.all<{ author: Uint8Array; id: Uint8Array }>(
    "SELECT author, id FROM messages WHERE kind = 'live'",
  );
  const named = { author: row?.author, id: row?.id } as never as { author: never; id: never };
  await saysUnchecked(world, dan, fromHex(group), [
    { kind: "liveEnd", ...named, seconds: 1, watched: 1 },
    { kind: "liveKey", ...named, generation: 0, key: new Uint8Array(32) },
    { kind: "text", text: "that was it" },
  ]);
  await world.until("both read it", () => [ann, ben].every((one) => one.reads(group).includes("that was it")));
  await mayaPage.show(live, "still");
  await world.until("it goes on", () => annPage.played.includes("still"));
  expect(records(ben, group)).toEqual(["生日 now 0"]);
  const stranger = await world.person("Eve");
  expect(await stranger.api.livesIn(group)).toEqual([]);
});

test("[CA173] who watches or shows makes and takes no call, and who is in a call shows nothing", async () => {
  const all = await family(5209);
  const { ann, maya, ben, group, annPage, mayaPage, benPage } = all;
  const live = await shows(all);
  await watches(all, annPage, live);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "done",
      ({ code }: { code: string }) => code,
    );
  for (const one of [ann, maya]) {
    expect(await codeOf(one.api.startGroupCall(group, "voice", [], "page"))).toBe("too-often");
    expect(await codeOf(one.api.startLive(group, "", "page"))).toBe("too-often");
  }
  await maya.api.endLive();
  await all.world.until("it is over", () => annPage.view.watching === undefined && mayaPage.view.showing === undefined);
  await all.world.during(ben.api.startGroupCall(group, "voice", [], benPage.host));
  expect(await codeOf(ben.api.startLive(group, "", benPage.host))).toBe("too-often");
});

test("[CA160] a member who says another's room as theirs neither ends that Live nor stands in its way", async () => {
  const all = await family(5211);
  const { world, ann, dan, group, annPage, mayaPage } = all;
  const live = await shows(all);
  await world.until("Dan has it", () => records(dan, group)[0] === "生日 now 0");
  const row = dan.disk.get<{ body: Uint8Array }>("SELECT body FROM messages WHERE kind = 'live'");
  const hers = row && decodeBody(row.body);
  if (hers?.kind !== "live" || hers.room === undefined) throw new Error("no Live");
  const device = fromHex(dan.view("status").me?.device ?? "") as DeviceId;
  const said = { kind: "live", device, secret: new Uint8Array(32).fill(1), room: hers.room, title: "假" } as const;
  await saysUnchecked(world, dan, fromHex(group), [said, { kind: "text", text: "said" }]);
  await world.until("it is read", () => ann.reads(group).includes("said"));
  await watches(all, annPage, live);
  expect(annPage.view.watching?.person.name).toBe("Maya");
  const own = dan.disk.get<{ id: Uint8Array }>(
    "SELECT id FROM messages WHERE kind = 'live' AND author = ?",
    fromHex(dan.account),
  );
  const name = { author: fromHex(dan.account) as AccountId, id: (own?.id ?? new Uint8Array(16)) as Bytes };
  await saysUnchecked(world, dan, fromHex(group), [
    { kind: "liveEnd", ...name, seconds: 1, watched: 1 },
    { kind: "text", text: "over" },
  ]);
  await world.until("that is read", () => ann.reads(group).includes("over"));
  expect(annPage.view.watching?.at).toBe("on");
  await mayaPage.show(live, "two");
  await world.until("it goes on", () => annPage.played.includes("two"));
  expect(records(ann, group)).toContain("生日 now 0");
});

test("[CA172] who shows and is removed is told that it ended, so that the page switches the camera off", async () => {
  const all = await family(5212);
  const { world, ann, maya, group, mayaPage } = all;
  await shows(all);
  await world.during(ann.api.removeMember(group, maya.account));
  await world.until("it ended", () => mayaPage.view.showing === undefined);
  expect(mayaPage.view.over?.as).toBe("closed");
});
