/**
 * Numbers that only rise, told by a device that was stolen while its account's list named it: each is bounded, so that
 * who comes after still has a next one (docs/spec/groups.md GR67, GR68; docs/spec/moments.md MO140, MO141;
 * docs/spec/sync.md SY94).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encodeBody, encodeSyncItem, type SyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { type DeviceId, fromHex, historyOf, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { feed, looked, nobodyLooks, texts, words } from "../world/moments.ts";
import { foundingOf } from "../world/rows.ts";
import { crypto, groupOf, sayInTheDark } from "../world/turned.ts";
import { deviceKeyOf, forgeRecord, listAt } from "./evil-home.ts";

setDefaultTimeout(120_000);

const never = Number.MAX_SAFE_INTEGER;

/** Ben as an own device tells of him. */
async function contactOf(world: World, account: string): Promise<SyncItem & { readonly kind: "contact" }> {
  const history = historyOf(await listAt(world, account));
  const stampMs = world.clock.nowMs() + 1_000;
  const known = { name: "Ben", remark: "", state: "contact", verified: "none" } as const;
  return { kind: "contact", account: fromHex(account), history, stampMs, ...known };
}

test("[GR67] a chat of two is heard by the other though a device told numbers of foundings that never were", async () => {
  const world = new World({ seed: 9701 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("it is in the chat", () => tablet.view("conversation", chat)?.state === "open");
  await world.pass(60_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const held = await contactOf(world, ben.account);
  const { stampMs } = held;
  // Each is above what the one before led to.
  const items: readonly SyncItem[] = [
    { ...held, state: "blocked", founding: never },
    { ...held, state: "deleted", founding: never, stampMs: stampMs + 1 },
    { ...held, stampMs: stampMs + 2 },
  ];
  await sayInTheDark(
    world,
    tablet,
    own,
    items.map((item) => ({ kind: "sync", items: [encodeSyncItem(item)], complete: false })),
  );
  await world.until("Ann's phone founds it anew", () => (foundingOf(ann, chat) ?? 0) > 2, 300_000);
  const tabletId = tablet.view("status").me?.device ?? "";
  await world.during(ann.api.revokeDevice(tabletId));
  await world.pass(120_000);
  await ann.say(chat, "the tablet is gone");
  await world.until("Ben reads", () => ben.reads(chat).includes("the tablet is gone"), 300_000);
  await ben.say(chat, "good");
  await world.until("and is read", () => ann.reads(chat).includes("good"));
  const { members } = await groupOf(ben, chat);
  expect(members.map(({ device }) => toHex(device))).not.toContain(tabletId);
  expect(world.bugs()).toEqual([]);
});

test("[GR67] [GR68] nor does a record that a stolen phone put keep its owner out of chats, groups and notes", async () => {
  const world = new World({ seed: 9702 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const board = await world.group(ben, [ann], "Board");
  const { words: card } = await ann.api.recoveryCard();
  await world.pass(120_000);
  const { state } = await groupOf(ann, board);
  const claimed = (await groupOf(ann, chat)).members.filter(({ account }) => toHex(account) === ben.account);
  const members = [
    { account: fromHex(ann.account), role: "member" as const },
    { account: fromHex(ben.account), role: "owner" as const },
  ];
  const { account } = ann;
  ann.crash();
  await forgeRecord(world, account, await deviceKeyOf(ann), {
    items: [{ ...(await contactOf(world, ben.account)), founding: never }],
    rights: [{ account: fromHex(ben.account), capabilities: claimed.map(({ claimCap }) => claimCap) }],
    groups: [
      { conversation: state.conversation, title: "Board", founding: state.founding + 1, members, addresses: [] },
    ],
    ownFounding: never,
  });
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card: card.join(" "), areOthersLost: true }));
  await world.until("she comes into the chat", () => (foundingOf(ben, chat) ?? 0) > 1, 300_000);
  await fresh.say(chat, "it is me");
  await world.until("Ben reads", () => ben.reads(chat).includes("it is me"));
  await world.until("she is in the group", () => fresh.view("conversation", board)?.members.length === 2, 1_200_000);
  await fresh.say(board, "here again");
  await world.until("and is heard there", () => ben.reads(board).includes("here again"), 300_000);
  const own = await world.during(fresh.api.openOwn());
  await world.until(
    "her notes have a group",
    () => fresh.disk.all("SELECT 1 FROM groups WHERE conversation = ?", fromHex(own)).length === 1,
    300_000,
  );
  expect(world.bugs()).toEqual([]);
});

test("[MO140] M is renewed for a device that was put out, though it told a generation and a log without a next one", async () => {
  const world = new World({ seed: 9703, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("一"));
  await world.pass(60_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const theirs = (byte: number) => new Uint8Array(32).fill(byte);
  const root = () => ann.disk.get<{ root: Uint8Array; generation: number }>("SELECT root, generation FROM moment_self");
  const held = root();
  const devices = ann.view("devices").map(({ device }) => fromHex(device) as DeviceId);
  const items: readonly SyncItem[] = [
    { kind: "momentRoot", root: theirs(1), generation: never, stampMs: never, devices },
    { kind: "momentLog", key: theirs(3), root: theirs(1), generation: never, sinceMs: never, told: [] },
    { kind: "momentLog", key: theirs(2), root: held?.root ?? theirs(0), generation: 1, sinceMs: never, told: [] },
  ];
  const said = { kind: "sync", items: items.map(encodeSyncItem), complete: false } as const;
  await sayInTheDark(world, tablet, own, [said]);
  const logs = () =>
    ann.disk.all<{ key: Uint8Array; since_ms: number; generation: number }>(
      "SELECT key, since_ms, generation FROM moment_own_logs ORDER BY since_ms DESC",
    );
  await world.until("Ann's phone hears it", () => logs().some(({ key }) => toHex(key) === toHex(theirs(2))));
  expect(logs().map(({ generation }) => generation)).toEqual([1, 1]);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("M is another", () => root()?.generation === 2, 120_000);
  expect([toHex(theirs(1)), toHex(held?.root ?? theirs(1))]).not.toContain(toHex(root()?.root ?? theirs(1)));
  // Nor is the log so old that it would never be renewed.
  expect(logs()[0]?.since_ms).toBeLessThan(world.clock.nowMs() + 3 * 86_400_000);
  await ann.api.postMoment(words("二"));
  await looked(world, ann, ben);
  expect(texts(ben)).toContain("二");
  expect(world.bugs()).toEqual([]);
});

test("[SY75] a name that a device told others for ever is outdone by the next of its owner, there and on own devices", async () => {
  const world = new World({ seed: 9704 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const [tablet, laptop] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await world.until("both are in the chat", () =>
    [tablet, laptop].every((one) => one.view("conversation", chat)?.state === "open"),
  );
  await world.pass(60_000);
  await sayInTheDark(world, tablet, chat, [{ kind: "profile", name: "Mallory" }], 1, never);
  const nameAtBens = () => ben.view("contacts")[0]?.ownName;
  await world.until("Ben hears it", () => nameAtBens() === "Mallory");
  await world.until("so do own devices", () => ann.view("status").me?.name === "Mallory");
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await ann.api.setProfile({ name: "Ann again" });
  await world.until("Ben sees her own name", () => nameAtBens() === "Ann again", 120_000);
  await world.until("so does her laptop", () => laptop.view("status").me?.name === "Ann again", 120_000);
  expect(world.bugs()).toEqual([]);
});

test("[MO141] a friend renews their way and log for a device that was put out, though it told them a generation above all", async () => {
  const world = new World({ seed: 9705, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("一"));
  await ben.api.postMoment(words("Ben 一"));
  await looked(world, ann, tablet, ben);
  expect(texts(tablet)).toContain("Ben 一");
  const heads = Array.from({ length: 4 }, (_, at) => new Uint8Array(16).fill(at));
  const told = { way: new Uint8Array(32).fill(3), log: new Uint8Array(32).fill(4), heads, generation: never };
  await sayInTheDark(world, tablet, chat, [{ kind: "moments", ...told }]);
  const known = () => ben.disk.all<{ way: Uint8Array }>("SELECT way FROM moment_ways").map(({ way }) => toHex(way));
  await world.until("Ben hears it", () => known().includes(toHex(told.way)));
  const logsHere = (person: Person) =>
    person.disk
      .all<{ key: Uint8Array }>("SELECT key FROM moment_logs WHERE account = ?", fromHex(ben.account))
      .map(({ key }) => toHex(key));
  // Were it believed, what it leads to is told to the tablet too.
  await looked(world, ben, ann, tablet);
  const heard = logsHere(tablet);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(5_000);
  await looked(world, ann, ben);
  await ben.api.postMoment(words("Ben 二"));
  await looked(world, ben, ann);
  await looked(world, ann);
  expect(texts(ann)).toContain("Ben 二");
  const spoken = ben.disk.get<{ key: Uint8Array }>("SELECT key FROM moment_own_logs ORDER BY since_ms DESC LIMIT 1");
  expect(heard).not.toContain(toHex(spoken?.key ?? new Uint8Array()));
  expect(logsHere(ann)).toContain(toHex(spoken?.key ?? new Uint8Array()));
  expect(world.bugs()).toEqual([]);
});

/** Ann's tablet tells Ben four ways that nobody follows, above all that she told or will tell. */
async function toldAbove(seed: number, { benIsOff }: { readonly benIsOff: boolean }) {
  const world = new World({ seed, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.api.postMoment(words("一"));
  await looked(world, ann, tablet, ben);
  if (benIsOff) ben.crash();
  const heads = Array.from({ length: 4 }, (_, at) => new Uint8Array(16).fill(at));
  const ways = Array.from({ length: 4 }, (_, at) => new Uint8Array(32).fill(16 + at));
  const told = ways.map((way, at) => {
    const log = new Uint8Array(32).fill(32 + at);
    return { kind: "moments", way, log, heads, generation: never - at } as const;
  });
  await sayInTheDark(world, tablet, chat, told, 1, benIsOff ? never : world.clock.nowMs());
  const known = () => ben.disk.all<{ way: Uint8Array }>("SELECT way FROM moment_ways").map(({ way }) => toHex(way));
  if (!benIsOff) await world.until("Ben hears them", () => ways.every((way) => known().includes(toHex(way))));
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(60_000);
  await looked(world, ann);
  if (benIsOff) {
    await nobodyLooks(world, 3 * 86_400_000);
    await ben.switchOn();
    await world.pass(60_000);
  }
  await looked(world, ben);
  await ann.api.postMoment(words("二"));
  await looked(world, ann, ben);
  expect(texts(ben)).toEqual(["二", "一"]);
  expect(world.bugs()).toEqual([]);
}

test("[MO165] a friend hears what follows after four ways of generations above all, told by a device that was put out", () =>
  toldAbove(9708, { benIsOff: false }));

test("[MO165] so does one who was off meanwhile, where these are said to be of a year to come", () =>
  toldAbove(9709, { benIsOff: true }));

test("[MO170] nothing is said in a log of the next M that a device told ahead, before it was put out", async () => {
  const world = new World({ seed: 9706, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const [tablet, laptop] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await ben.api.postMoment(words("Ben 一"));
  await ann.api.postMoment(words("一"));
  await looked(world, ben, ann, tablet, laptop);
  const root = (person: Person) =>
    person.disk.get<{ root: Uint8Array; generation: number }>("SELECT root, generation FROM moment_self");
  const { generation } = root(ann) as { generation: number };
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  // The lowest key: of two logs that begin at one time it comes first.
  const log = { key: new Uint8Array(32), root: new Uint8Array(32).fill(1), generation: generation + 1, told: [] };
  const item: SyncItem = { kind: "momentLog", ...log, sinceMs: never };
  laptop.crash(); // It hears all at once, two days later: of a log that begins two days ahead it takes the day of then.
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: [encodeSyncItem(item)], complete: false }]);
  const has = (one: Person) => one.disk.get("SELECT 1 FROM moment_own_logs WHERE key = ?", log.key) !== undefined;
  await world.until("her phone hears it", () => has(ann));
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  const isRenewed = (one: Person) => root(one)?.generation === generation + 1;
  await world.until("M is another", () => isRenewed(ann), 120_000);
  await nobodyLooks(world, 2 * 86_400_000);
  await laptop.switchOn();
  await world.until("there too", () => has(laptop) && isRenewed(laptop), 120_000);
  await looked(world, ann, laptop, ben);
  const post = feed(laptop).find(({ text }) => text === "Ben 一")?.id ?? "";
  await laptop.api.commentMoment(post, "hello");
  await looked(world, laptop, ben);
  const spoken = laptop.disk.all<{ log: Uint8Array }>(
    "SELECT log FROM moment_words WHERE author = ?",
    fromHex(ann.account),
  );
  expect(spoken.map((one) => toHex(one.log))).not.toContain(toHex(log.key));
  expect(feed(ben).flatMap(({ comments }) => comments.map(({ text }) => text))).toEqual(["hello"]);
  expect(world.bugs()).toEqual([]);
});

test.each([
  ["for ever", never],
  ["a day ahead", 86_400_000],
])(
  "[SY90] nor does one that was away for days believe that name, told %s, once it hears that the device was put out",
  async (_, ahead) => {
    const world = new World({ seed: 9707 });
    const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
    const chat = await world.befriend(ann, ben);
    await world.befriend(ann, cleo);
    const [tablet, laptop] = [await world.linkDevice(ann), await world.linkDevice(ann)];
    await world.until("both are in the chat", () =>
      [tablet, laptop].every((one) => one.view("conversation", chat)?.state === "open"),
    );
    await world.pass(60_000);
    for (const away of [ben, laptop]) away.crash();
    const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
    const stampMs = Math.min(never, world.clock.nowMs() + ahead);
    const item: SyncItem = { kind: "profile", name: "Mallory", stampMs };
    await sayInTheDark(world, tablet, own, [{ kind: "sync", items: [encodeSyncItem(item)], complete: false }]);
    await sayInTheDark(world, tablet, chat, [{ kind: "profile", name: "Mallory" }], 1, stampMs);
    await world.until("her phone hears it", () => ann.view("status").me?.name === "Mallory");
    await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    await world.pass(60_000);
    await ann.api.setProfile({ name: "Ann again" });
    await ann.say(chat, "it is me");
    const board = await world.group(ann, [cleo], "Board");
    await nobodyLooks(world, 3 * 86_400_000);
    // They hear it all now, days later by their own clocks.
    for (const back of [ben, laptop]) await back.switchOn();
    await world.until("Ben reads", () => ben.reads(chat).includes("it is me"), 300_000);
    expect(ben.view("contacts").find(({ account }) => account === ann.account)?.ownName).toBe("Ann again");
    await world.until("so does her laptop", () => laptop.view("status").me?.name === "Ann again", 300_000);
    // The next name, from either, is told in each chat.
    await laptop.api.setProfile({ name: "Ann once more" });
    await world.until(
      "Ben hears",
      () => ben.view("contacts").some(({ ownName }) => ownName === "Ann once more"),
      300_000,
    );
    await world.until("and her phone", () => ann.view("status").me?.name === "Ann once more", 300_000);
    await laptop.say(board, "and here");
    await world.until("Cleo reads", () => cleo.reads(board).includes("and here"), 300_000);
    const shown = cleo.view("conversation", board)?.members.find(({ account }) => account === ann.account)?.name;
    expect(shown).toBe("Ann once more");
    expect(world.bugs()).toEqual([]);
  },
);

test.each([
  ["profile", 9708],
  ["accept", 9709],
] as const)(
  "[SY90] nor one of a day ahead (%s) that own devices hear only when they have put that device out",
  async (kind, seed) => {
    const world = new World({ seed });
    const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
    const chat = await world.befriend(ann, ben);
    const tablet = await world.linkDevice(ann);
    await world.until("it is in the chat", () => tablet.view("conversation", chat)?.state === "open");
    await world.pass(60_000);
    ben.crash();
    // What is pushed to Ann's phone comes when it has put the tablet out.
    const late: Uint8Array[] = [];
    let isLate = true;
    world.network.meddle(ann.device, (frame) => {
      if (isLate && frame[0] === 0xc0) late.push(frame);
      else return [...(isLate ? [] : late.splice(0)), frame];
      return [];
    });
    await sayInTheDark(world, tablet, chat, [{ kind, name: "Mallory" }], 1, world.clock.nowMs() + 86_400_000);
    await world.pass(1_000);
    await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    isLate = false;
    await world.pass(60_000);
    expect([late, ann.view("status").me?.name]).toEqual([[], "Ann"]);
    await ann.api.setProfile({ name: "Ann again" });
    await ann.say(chat, "it is me");
    await world.pass(1_000);
    ann.crash();
    await world.pass(3 * 86_400_000);
    await ben.switchOn();
    await world.until("Ben reads", () => ben.reads(chat).includes("it is me"), 300_000);
    expect(ben.view("contacts").map(({ ownName }) => ownName)).toEqual(["Ann again"]);
    expect(world.bugs()).toEqual([]);
  },
);

test("[SY94] stickers are kept in front though a device that was put out told 300 that are none, and a place above all", async () => {
  const world = new World({ seed: 9711 });
  const ann = await world.person("Ann");
  const [tablet, laptop] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await world.pass(60_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const picture = (byte: number) =>
    ({ type: "image/webp", width: 240, height: 200, bytes: new Uint8Array(900).fill(byte) }) as const;
  const told = (body: Uint8Array): Uint8Array =>
    encodeSyncItem({
      kind: "sticker",
      id: crypto.random(16) as never,
      on: true,
      place: never,
      stampMs: world.clock.nowMs(),
      body,
    });
  const none = Array.from({ length: 300 }, () => told(encodeBody({ kind: "text", text: "none" })));
  const theirs = told(encodeBody({ kind: "sticker", name: "theirs", picture: picture(1) }));
  const parts = [none.slice(0, 150), [...none.slice(150), theirs]];
  await sayInTheDark(
    world,
    tablet,
    own,
    parts.map((items) => ({ kind: "sync", items, complete: false })),
  );
  const names = (person: Person) => person.view("stickers").map(({ name }) => name);
  for (const one of [ann, laptop])
    await world.until("the one that is a sticker is heard", () => names(one).join() === "theirs", 120_000);
  expect(ann.disk.all("SELECT 1 FROM own_stickers")).toHaveLength(1);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(60_000);
  await ann.api.keepSticker({ name: "first", ...picture(2) });
  await world.until("it is in front there too", () => names(laptop).join() === "first,theirs", 120_000);
  await laptop.api.keepSticker({ name: "second", ...picture(3) });
  await world.until("so is the next", () => names(ann).join() === "second,first,theirs", 120_000);
  expect([names(laptop), world.bugs()]).toEqual([["second", "first", "theirs"], []]);
});

test("[VA45] a device tells of more than a record has room for, and is put out: who comes back by the card finds the record of after", async () => {
  const world = new World({ seed: 9714 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const { words: card } = await ann.api.recoveryCard();
  const tablet = await world.linkDevice(ann);
  await world.pass(120_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const stampMs = world.clock.nowMs();
  const shown = { chatsOnly: true, hidesMine: false, hidesTheirs: false };
  const told = (n: number): SyncItem => ({
    kind: "momentFriend",
    account: crypto.random(32),
    ...shown,
    stampMs: stampMs + n,
  });
  const bodies = Array.from({ length: 86 }, () => ({
    kind: "sync" as const,
    items: Array.from({ length: 200 }, (_, n) => encodeSyncItem(told(n))),
    complete: false,
  }));
  await sayInTheDark(world, tablet, own, bodies);
  const heard = () => ann.disk.get<{ count: number }>("SELECT count(*) AS count FROM moment_friends")?.count ?? 0;
  await world.until("Ann's phone hears it", () => heard() >= 17_000, 600_000);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await ann.api.setRemark(ben.account, "Benjamin");
  await world.pass(300_000);
  ann.crash();
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card: card.join(" "), areOthersLost: true }));
  await world.until("it is told what came back", () => fresh.view("status").cameBack !== undefined);
  expect(fresh.view("contacts").map(({ name }) => name)).toEqual(["Benjamin"]);
  expect(world.bugs()).toEqual([]);
});
