/** Restoring an account from its card: who is found again, what is read again, and what others see of it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Ports } from "@yanshu/client";
import { createBunCrypto } from "@yanshu/mls/bun";
import { readMeta } from "@yanshu/store";
import { type Person, World, type WorldOptions } from "../index.ts";

setDefaultTimeout(60_000);

/** Long enough for what was said, and for the recovery record, to reach home. */
const soonMs = 60_000;

/** 外婆 with a card, 妈妈 and 小明; a chat of two, and one of the family that 外婆 founded. */
async function family(options: WorldOptions = {}) {
  const world = new World(options);
  const [grandma, mum, ming] = [await world.person("外婆"), await world.person("妈妈"), await world.person("小明")];
  const chat = await world.befriend(grandma, mum);
  const group = await world.group(grandma, [mum, ming], "一家人");
  const { words } = await grandma.api.recoveryCard();
  return { world, grandma, mum, ming, chat, group, card: words.join(" ") };
}

async function restore(world: World, name: string, card: string, areOthersLost = true): Promise<Person> {
  const fresh = await world.device(name);
  await world.during(fresh.api.restoreAccount({ card, areOthersLost }));
  return fresh;
}

function restoredLines(person: Person, conversation: string): readonly string[] {
  return person
    .items(conversation)
    .flatMap(({ body }) => (body.kind === "system" && body.line.kind === "restored" ? [body.line.who.name] : []));
}

test("[ID30] [ID34] [GR31] a person who lost every device has people, chats, groups and history back by the card", async () => {
  const { world, grandma, mum, ming, chat, group, card } = await family({ seed: 400 });
  await grandma.say(chat, "饺子包好了");
  await mum.say(chat, "晚上回来");
  await mum.say(group, "周末都来");
  await grandma.api.setRemark(mum.account, "大女儿");
  await world.pass(soonMs);
  grandma.crash();

  const phone = await restore(world, "外婆", card);
  await world.until("the account is hers", () => phone.view("status").me?.name === "外婆");
  expect(phone.account).toBe(mum.view("contacts").find(({ ownName }) => ownName === "外婆")?.account ?? "");
  expect(phone.view("contacts").map(({ name }) => name)).toContain("大女儿");
  await world.until("history is there", () => phone.reads(chat).includes("晚上回来"), 120_000);
  expect(phone.reads(chat).filter((text) => !text.startsWith("我是"))).toEqual(["饺子包好了", "晚上回来"]);
  await world.until("the group's too", () => phone.reads(group).includes("周末都来"), 120_000);

  await phone.say(chat, "我换手机了");
  await world.until("mum reads", () => mum.reads(chat).includes("我换手机了"), 120_000);
  await mum.say(chat, "知道了");
  await world.until("she reads", () => phone.reads(chat).includes("知道了"), 120_000);
  await phone.say(group, "我在这儿");
  await world.until("both read", () => [mum, ming].every((one) => one.reads(group).includes("我在这儿")), 300_000);
  await ming.say(group, "外婆好");
  await world.until("she reads Ming", () => phone.reads(group).includes("外婆好"), 120_000);
  const me = phone.view("conversation", group)?.members.find(({ isMe }) => isMe);
  expect(me?.role).toBe("owner");
  expect(mum.view("conversation", group)?.members).toHaveLength(3);
  expect(world.bugs()).toEqual([]);
});

test("[ID32] contacts see one calm line in each chat with them, and nobody is shown as sent away", async () => {
  const { world, grandma, mum, ming, chat, group, card } = await family({ seed: 401 });
  await world.pass(soonMs);
  const { unread } = mum.view("status");
  grandma.crash();
  const phone = await restore(world, "外婆", card);
  await world.until("all know", () => [mum, ming].every((one) => restoredLines(one, group).length > 0), 300_000);
  await world.pass(soonMs);
  expect(restoredLines(mum, chat)).toEqual(["外婆"]);
  for (const one of [mum, ming]) {
    expect(restoredLines(one, group)).toEqual(["外婆"]);
    expect(one.lines(group)).not.toContain("removed");
    expect(one.lines(group).filter((kind) => kind === "added")).toHaveLength(0);
  }
  expect(restoredLines(phone, chat)).toEqual(["外婆"]);
  expect(mum.view("status").unread).toBe(unread);
  expect(world.bugs()).toEqual([]);
});

test("[ID30] [VA6] the lost devices are signed out, and open nothing of what comes after", async () => {
  const { world, grandma, mum, chat, group, card } = await family({ seed: 402 });
  await world.pass(soonMs);
  const phone = await restore(world, "外婆", card);
  await world.until("the old one is out", () => grandma.view("status").phase === "signed-out");
  // The phone knows from its record who is in the group before it is in it itself.
  await world.until("she is let in", () => restoredLines(mum, group).length > 0, 300_000);
  await world.until("the group is whole", () => mum.view("conversation", group)?.members.length === 3, 300_000);
  await phone.say(chat, "只给新手机");
  await mum.say(group, "也只给新手机");
  await world.until("she reads", () => phone.reads(group).includes("也只给新手机"), 300_000);
  await world.until("mum reads", () => mum.reads(chat).includes("只给新手机"), 120_000);
  expect(grandma.reads(chat)).not.toContain("只给新手机");
  expect(grandma.reads(group)).not.toContain("也只给新手机");
  expect(phone.view("devices")).toHaveLength(1);
  const keys = (one: Person) => one.disk.all("SELECT epoch FROM vault_keys ORDER BY epoch");
  await world.pass(soonMs);
  expect(keys(phone)).toEqual([{ epoch: 0 }, { epoch: 1 }]);
  expect(keys(grandma)).toEqual([{ epoch: 0 }]);
  expect(world.bugs()).toEqual([]);
});

test("[ID30] [ID32] devices that are kept learn of the new one, say so, and let it in everywhere", async () => {
  const { world, grandma, mum, chat, group, card } = await family({ seed: 403 });
  const tablet = await world.linkDevice(grandma);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  await world.pass(1_200_000); // The tablet stands second: what it would say of the record waits for the first.
  const phone = await restore(world, "外婆", card, false);
  await world.until("it is one of three", () => phone.view("devices").length === 3);
  await world.until(
    "the others know",
    () => [grandma, tablet].every((one) => one.view("devices").length === 3),
    300_000,
  );
  for (const one of [grandma, tablet]) expect(restoredLines(one, chat)).toEqual(["外婆"]);
  await mum.say(group, "三台都收到吗");
  await world.until(
    "all three read",
    () => [grandma, tablet, phone].every((one) => one.reads(group).includes("三台都收到吗")),
    600_000,
  );
  await phone.say(chat, "收到");
  await world.until("all read", () => [grandma, tablet, mum].every((one) => one.reads(chat).includes("收到")), 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[ID30] a crash at any moment of coming back costs nothing", async () => {
  const { world, grandma, mum, ming, chat, group, card } = await family({ seed: 404 });
  await mum.say(chat, "你在吗");
  await world.until("she reads", () => grandma.reads(chat).includes("你在吗"));
  await world.pass(soonMs);
  grandma.crash();
  const phone = await restore(world, "外婆", card);
  for (let i = 0; i < 12; i++) {
    await world.pass(150 + 130 * i);
    phone.crash();
    await phone.switchOn();
  }
  await world.until("she has it back", () => phone.reads(chat).includes("你在吗"), 300_000);
  await phone.say(group, "在");
  await world.until("all read", () => [mum, ming].every((one) => one.reads(group).includes("在")), 600_000);
  expect(world.bugs()).toEqual([]);
});

test("[GR31] whose leaves went before it could ask is let in again, as what it was; nobody was shown as sent away", async () => {
  let isHeld = false;
  /** Sealed notes of one device are lost while they are held: deposits (docs/spec/wire.md WI4). */
  const wrapPorts = (ports: Ports, person: Person): Ports => ({
    ...ports,
    connect: (server, events) => {
      const socket = ports.connect(server, events);
      const isNote = (frame: Uint8Array) => person.device === "外婆 2" && frame[0] === 0x10 && frame[5] === 0;
      return { ...socket, send: (frame) => (isHeld && isNote(frame) ? undefined : socket.send(frame)) };
    },
  });
  const { world, grandma, mum, ming, chat, group, card } = await family({ seed: 405, wrapPorts });
  await world.pass(soonMs);
  grandma.crash();
  isHeld = true;
  const phone = await restore(world, "外婆", card);
  await world.until("mum knows", () => restoredLines(mum, chat).length > 0, 120_000);
  const others = (one: Person) => one.view("conversation", group)?.members.length;
  await world.until("her leaves are gone", () => [mum, ming].every((one) => others(one) === 2), 120_000);
  await mum.say(group, "外婆呢");
  await world.until("Ming reads", () => ming.reads(group).includes("外婆呢"), 120_000);
  expect(phone.view("conversation", group)?.state).toBe("open");
  isHeld = false;
  await world.until("she is in again", () => others(mum) === 3 && others(phone) === 3, 600_000);
  await phone.say(group, "回来了");
  await world.until("both read", () => [mum, ming].every((one) => one.reads(group).includes("回来了")), 300_000);
  expect(phone.view("conversation", group)?.members.find(({ isMe }) => isMe)?.role).toBe("owner");
  for (const one of [mum, ming]) {
    expect(one.lines(group)).not.toContain("removed");
    expect(one.lines(group)).not.toContain("added");
  }
  expect(world.bugs()).toEqual([]);
});

test("[GR31] who is added by hand before it could ask is in, and asks no more", async () => {
  const wrapPorts = (ports: Ports, person: Person): Ports => ({
    ...ports,
    connect: (server, events) => {
      const socket = ports.connect(server, events);
      const isNote = (frame: Uint8Array) => person.device === "外婆 2" && frame[0] === 0x10 && frame[5] === 0;
      return { ...socket, send: (frame) => (isNote(frame) ? undefined : socket.send(frame)) };
    },
  });
  const { world, grandma, mum, chat, group, card } = await family({ seed: 411, wrapPorts });
  await world.pass(soonMs);
  grandma.crash();
  const phone = await restore(world, "外婆", card);
  await world.until("mum knows", () => restoredLines(mum, chat).length > 0, 120_000);
  await world.until("her leaves are gone", () => mum.view("conversation", group)?.members.length === 2, 120_000);
  await mum.api.addMembers(group, [phone.account]);
  await world.until("she is in", () => mum.view("conversation", group)?.members.length === 3, 120_000);
  await mum.say(group, "拉你进来了");
  await world.until("she reads", () => phone.reads(group).includes("拉你进来了"), 120_000);
  await world.pass(120_000);
  expect(phone.disk.all("SELECT 1 FROM comebacks")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR31] who was sent away while the phone was lost is told so", async () => {
  const { world, grandma, mum, ming, card } = await family({ seed: 410 });
  const group = await world.group(mum, [grandma, ming], "牌友");
  await world.pass(soonMs);
  const { account } = grandma;
  grandma.crash();
  await mum.api.removeMember(group, account);
  await world.until("she is out", () => ming.view("conversation", group)?.members.length === 2);
  const phone = await restore(world, "外婆", card);
  await world.until("she is told", () => phone.view("conversation", group)?.state === "removed", 300_000);
  expect(phone.disk.all("SELECT 1 FROM comebacks WHERE conversation = unhex(?)", group)).toEqual([]);
  await world.pass(soonMs);
  expect(mum.view("conversation", group)?.members).toHaveLength(2);
  expect(world.bugs()).toEqual([]);
});

test("[ID30] what is wrong with a card is named before anybody is asked", async () => {
  const { world, grandma, card } = await family({ seed: 406 });
  const fresh = await world.device("外婆");
  const words = card.split(" ");
  const check = (text: string) => fresh.api.checkCard(text);
  expect(await check(card)).toBeUndefined();
  expect(await check(words.map((word, i) => `${i + 1}. ${word.slice(0, 4).toUpperCase()}`).join("\n"))).toBeUndefined();
  expect(await check(words.with(6, "dumpling").join(" "))).toEqual({ kind: "word", place: 6, word: "dumpling" });
  expect(await check(words.slice(1).join(" "))).toEqual({ kind: "count", count: 23 });
  const swapped = words.with(0, words[1] ?? "").with(1, words[0] ?? "");
  expect(words[0] === words[1] || (await check(swapped.join(" ")))).toMatchObject({ kind: "sum" });
  const { code } = await grandma.api.recoveryCard();
  expect(await check(code)).toBeUndefined();
  expect(await check(`${code.slice(0, 40)}`)).toEqual({ kind: "code" });
  const other = new World({ seed: 407 });
  const stranger = await other.person("别人");
  const elsewhere = (await stranger.api.recoveryCard()).words.join(" ");
  const refused = world.during(fresh.api.restoreAccount({ card: elsewhere, areOthersLost: true }));
  expect(await refused.catch((error: { code: string }) => error.code)).toBe("no-account");
  expect(fresh.view("status").phase).toBe("new");
  const taken = grandma.api.restoreAccount({ card, areOthersLost: true });
  expect(await taken.catch((error: { code: string }) => error.code)).toBe("has-account");
});

test("[ID7] [ID30] a thief who drops the owner's devices loses to the card", async () => {
  const { world, grandma, mum, chat, card } = await family({ seed: 408 });
  const thief = await world.linkDevice(grandma);
  await world.until("it is in", () => thief.view("conversation", chat)?.state === "open");
  await world.during(thief.api.revokeDevice(grandma.view("status").me?.device ?? ""));
  await world.until("the owner is out", () => grandma.view("status").phase === "signed-out");
  const phone = await restore(world, "外婆", card);
  await world.until("the thief is out", () => thief.view("status").phase === "signed-out");
  // Who had put the record there is out of the list that the thief left.
  await world.until("it is said", () => phone.view("status").cameBack?.kind === "removed");
  await world.during(phone.api.believeRemoved());
  await phone.say(chat, "是我");
  await world.until("mum reads", () => mum.reads(chat).includes("是我"), 300_000);
  expect(thief.reads(chat)).not.toContain("是我");
  expect(world.bugs()).toEqual([]);
});

test("[ID33] [ID34] a person who lost every device comes back by a passkey, and others see it as by the card", async () => {
  const { world, grandma, mum, chat, group } = await family({ seed: 402 });
  const secret = new Uint8Array(32).fill(33);
  expect(await world.during(grandma.api.hasPasskey())).toBe(false);
  await world.during(grandma.api.keepPasskey({ secret }));
  expect(await world.during(grandma.api.hasPasskey())).toBe(true);
  expect(grandma.view("status").cardConfirmed).toBe(true);
  expect(readMeta(grandma.disk, "master-key")).toBeUndefined(); // It is nowhere but in what the passkey opens.
  await mum.say(chat, "你在吗");
  await world.until("she reads", () => grandma.reads(chat).includes("你在吗"));
  await world.pass(soonMs);
  const { account } = grandma;
  grandma.crash();

  const phone = await world.device("外婆");
  const passkey = { secret, account };
  await world.during(phone.api.restoreAccount({ passkey, areOthersLost: true }));
  await world.until("the account is hers", () => phone.view("status").me?.name === "外婆");
  await world.until("history is there", () => phone.reads(chat).includes("你在吗"), 120_000);
  await world.until("mum knows", () => restoredLines(mum, chat).length > 0, 300_000);
  expect(restoredLines(mum, chat)).toEqual(["外婆"]);
  await phone.say(group, "在");
  await world.until("mum reads", () => mum.reads(group).includes("在"), 600_000);
  expect(world.bugs()).toEqual([]);
});

test("[ID33] by the passkey the card is looked at again, and by the card another passkey takes its place", async () => {
  const { world, grandma, mum, card } = await family({ seed: 413 });
  const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const told = (call: Promise<unknown>) =>
    world.during(call).then(
      () => "done",
      (error: { code: string }) => error.code,
    );
  const { account } = grandma;
  await world.during(grandma.api.keepPasskey({ secret: first }));
  expect(await told(grandma.api.recoveryCard())).toBe("not-allowed");
  const again = await world.during(grandma.api.recoveryCard({ secret: first, account }));
  expect(again.words.join(" ")).toBe(card);
  expect(await grandma.api.confirmCard([3, 20].map((place) => ({ place, word: again.words[place] ?? "" })))).toBe(true);
  expect(readMeta(grandma.disk, "master-key")).toBeUndefined();

  expect(await told(grandma.api.keepPasskey({ secret: second }))).toBe("not-allowed");
  const { words } = await mum.api.recoveryCard();
  expect(await told(grandma.api.keepPasskey({ secret: second, card: words.join(" ") }))).toBe("bad-card");
  await world.during(grandma.api.keepPasskey({ secret: second, card }));
  const fresh = await world.device("外婆");
  const comes = (passkey: { secret: Uint8Array; account: string }) =>
    told(fresh.api.restoreAccount({ passkey, areOthersLost: true }));
  expect(await comes({ secret: first, account })).toBe("no-account");
  expect(await comes({ secret: second, account: mum.account })).toBe("no-account");
  expect(fresh.view("status").phase).toBe("new");
  expect(await comes({ secret: second, account })).toBe("done");
});

test("[ID35] what home keeps for a passkey holds neither the master key nor the passkey's secret", async () => {
  const { world, grandma } = await family({ seed: 414 });
  const crypto = createBunCrypto();
  const secret = crypto.random(32);
  const masterKey = readMeta(grandma.disk, "master-key") ?? new Uint8Array();
  await world.during(grandma.api.keepPasskey({ secret }));
  const tag = crypto.derive(secret, "yanshu passkey tag v1", 32);
  const wrap = world.log.features.passkeys.passkey(tag)?.wrap ?? new Uint8Array();
  for (const hidden of [masterKey, secret]) {
    expect(hidden).toHaveLength(32);
    for (const kept of [tag, wrap]) expect(Buffer.from(kept).includes(Buffer.from(hidden))).toBe(false);
  }
  const sealed = { nonce: wrap.slice(1, 13), bytes: wrap.slice(13) };
  const aad = Buffer.concat([Buffer.from("yanshu passkey wrap v1\0"), Buffer.from(grandma.account, "hex")]);
  const key = (from: Uint8Array) => crypto.derive(from, "yanshu passkey key v1", 32);
  expect(await crypto.open(key(secret), sealed.nonce, aad, sealed.bytes)).toEqual(masterKey);
  expect(await crypto.open(key(tag), sealed.nonce, aad, sealed.bytes)).toBeUndefined();
});

test("[VA13] [VA14] the record follows what changes, opens by the card alone, and goes with the vault", async () => {
  const { world, grandma } = await family({ seed: 409 });
  await world.pass(soonMs);
  const kept = () => world.log.features.backup.record(1);
  const first = kept();
  expect(first?.length).toBeGreaterThan(0);
  const dan = await world.person("Dan");
  await world.befriend(grandma, dan);
  await world.pass(2 * soonMs);
  expect(kept()).not.toEqual(first);
  expect(await opened(grandma, kept())).toContain("Dan");
  expect(await opened(dan, kept())).toBeUndefined();
  await grandma.api.setVault(false);
  await world.pass(soonMs);
  expect(kept()).toBeUndefined();
  await grandma.api.setVault(true);
  await world.pass(2 * soonMs);
  expect(await opened(grandma, kept())).toContain("Dan");
});

/** What the record holds, opened as VA13 says by the master key that this person's card bears. */
async function opened(person: Person, record: Uint8Array = new Uint8Array()): Promise<string | undefined> {
  const crypto = createBunCrypto();
  const masterKey = readMeta(person.disk, "master-key") ?? new Uint8Array();
  const { privateKey } = await crypto.sealKeyPairFrom(crypto.derive(masterKey, "yanshu recovery key v1", 32));
  const held = await crypto.hpkeOpen(privateKey, "yanshu recovery record v1", record.slice(1, 33), record.slice(33));
  return held && Buffer.from(held).toString("latin1");
}

test("[SY40] what others said to lost devices that never fetched it is missed, asked for, and comes after all", async () => {
  const { world, grandma, mum, ming, chat, group, card } = await family({ seed: 420 });
  for (const [by, where] of [
    [mum, chat],
    [mum, group],
    [ming, group],
  ] as const) {
    await by.say(where, `${by.name} 一`);
    await world.until("she reads", () => grandma.reads(where).includes(`${by.name} 一`));
  }
  await world.pass(soonMs);
  grandma.crash(); // In the river, with all that comes from now on.
  await mum.say(chat, "妈妈 二");
  await mum.say(chat, "妈妈 三");
  await mum.say(group, "妈妈 二");
  await ming.say(group, "小明 二");
  await world.pass(soonMs);

  const phone = await restore(world, "外婆", card);
  await world.until("the group is whole", () => phone.view("conversation", group)?.members.length === 3, 300_000);
  await phone.say(chat, "我换手机了");
  await world.until("mum reads", () => mum.reads(chat).includes("我换手机了"), 120_000);
  await world.pass(soonMs); // What is said while she is being let in waits for its writer's tap.
  await mum.say(chat, "妈妈 四");
  await mum.say(group, "妈妈 四");
  await ming.say(group, "小明 四");
  const all = (where: string, ...texts: string[]) => texts.every((text) => phone.reads(where).includes(text));
  await world.until(
    "all of it is there",
    () =>
      all(chat, "妈妈 一", "妈妈 二", "妈妈 三", "妈妈 四") &&
      all(group, "妈妈 一", "妈妈 二", "妈妈 四", "小明 一", "小明 二", "小明 四"),
    600_000,
  );
  await world.pass(soonMs);
  for (const where of [chat, group]) {
    const reads = phone.reads(where);
    expect(new Set(reads).size).toBe(reads.length);
  }
  expect(phone.disk.all("SELECT * FROM heard_before")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
