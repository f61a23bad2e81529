/** The recovery record, forged by who runs the server: alone, and with a device that was removed. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { ComingBack } from "@yanshu/client";
import type { RecoveryRecord } from "@yanshu/content";
import type { KeyPair } from "@yanshu/mls";
import { decodeLink, fromHex, historyOf, limits, takeEntry } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { entryBy } from "./accounts.ts";
import {
  crypto,
  deviceKeyOf,
  epochAt,
  forgeRecord,
  homeOf,
  keyFirst,
  listAt,
  openedBy,
  putRecord,
} from "./evil-home.ts";

setDefaultTimeout(120_000);

const soonMs = 60_000;
const dayMs = 86_400_000;
const secret = new Uint8Array(32).fill(9);

/** 外婆 and 妈妈 write with each other; Mallory is the operator's, and has no part in it. */
async function familyOf(seed: number) {
  const world = new World({ seed });
  const [grandma, mum, mallory] = [
    await world.person("外婆"),
    await world.person("妈妈"),
    await world.person("Mallory"),
  ];
  const chat = await world.befriend(grandma, mum);
  const { words } = await grandma.api.recoveryCard();
  await world.pass(soonMs);
  return { world, grandma, mum, mallory, chat, account: grandma.account, card: words.join(" ") };
}

/** What makes Mallory a daughter whom 外婆 has scanned, and puts keys of the operator's into the vault. */
async function lies(world: World, account: string, mallory: Person, keys: readonly Uint8Array[]) {
  const link = decodeLink(await world.during(mallory.api.myLink()));
  if (link?.kind !== "contact") throw new Error("no link");
  const { account: who, capability } = link.link;
  const stampMs = world.clock.nowMs();
  const epoch = epochAt(await listAt(world, account));
  return {
    keys: keys.map((key, more) => ({ epoch: epoch + more, key })),
    items: [
      { kind: "profile", name: "外婆", stampMs },
      {
        kind: "contact",
        account: who,
        name: "妈妈",
        remark: "大女儿",
        state: "contact",
        verified: "scanned",
        history: historyOf(await listAt(world, mallory.account)),
        stampMs,
      },
      { kind: "vaultKeys", keys: keys.map((key, more) => ({ epoch: epoch + more, key })), begins: [] },
    ],
    rights: [{ account: who, capabilities: [capability] }],
  } as const satisfies Partial<RecoveryRecord>;
}

async function comeBack(world: World, by: ComingBack): Promise<Person> {
  const phone = await world.device("外婆");
  await world.during(phone.api.restoreAccount({ ...by, areOthersLost: true }));
  await world.until("it was taken back", () => phone.view("status").cameBack !== undefined);
  await world.pass(soonMs);
  return phone;
}

async function expectNothingBelieved(
  world: World,
  phone: Person,
  keys: readonly Uint8Array[],
  kind = "unvouched",
): Promise<void> {
  expect(phone.view("status").cameBack?.kind).toBe(kind as "unvouched");
  expect(phone.view("contacts")).toEqual([]);
  expect(phone.view("chats")).toEqual([]);
  for (const key of keys) expect(phone.disk.all("SELECT 1 FROM vault_keys WHERE key = ?", key)).toEqual([]);
  const friend = await world.person("邻居");
  const chat = await world.befriend(phone, friend);
  await phone.say(chat, "密码是一二三四");
  await world.pass(15 * soonMs); // What is closed to it is waited for, for ten minutes (VA10).
  expect(phone.view("vault").waiting).toBe(0);
  for (const key of keys) expect(await openedBy(world, phone.account, key)).toEqual([]);
  expect(world.bugs()).toEqual([]);
}

/** For the epoch that is, and those that come. */
function operatorsKeys(): readonly Uint8Array[] {
  return [keyFirst(), keyFirst(), keyFirst()];
}

async function homesKey(): Promise<KeyPair> {
  return crypto.signatureKeyPair(crypto.random(32));
}

test("[VA26] the operator alone forges the record: nobody in it is believed, none of its keys seals, and it is said", async () => {
  const { world, grandma, mallory, account, card } = await familyOf(9101);
  const keys = operatorsKeys();
  grandma.crash();
  await forgeRecord(world, account, await homesKey(), await lies(world, account, mallory, keys));
  const phone = await comeBack(world, { card });
  await expectNothingBelieved(world, phone, keys);
  await world.during(phone.api.noteCameBack());
  expect(phone.view("status").cameBack).toBeUndefined();
});

test("[VA26] the same for who comes back by a passkey", async () => {
  const { world, grandma, mallory, account } = await familyOf(9103);
  const keys = operatorsKeys();
  await world.during(grandma.api.keepPasskey({ secret }));
  grandma.crash();
  await forgeRecord(world, account, await homesKey(), await lies(world, account, mallory, keys));
  await expectNothingBelieved(world, await comeBack(world, { passkey: { secret, account } }), keys);
});

test("[VA26] the same for who comes back by the family", async () => {
  const { world, grandma, mum, mallory, account } = await familyOf(9104);
  const helpers = [mum, await world.person("小明"), await world.person("舅舅")];
  for (const one of helpers.slice(1)) await world.befriend(grandma, one);
  await world.during(grandma.api.chooseFamily({ helpers: helpers.map((one) => one.account) }));
  await world.until("all keep it", () => grandma.view("family").helpers.filter(({ isKept }) => isKept).length === 3);
  const keys = operatorsKeys();
  grandma.crash();
  await forgeRecord(world, account, await homesKey(), await lies(world, account, mallory, keys));
  const phone = await world.device("外婆");
  for (const helper of helpers.slice(0, 2)) {
    await world.during(phone.api.meetHelper());
    const met = meeting(phone);
    if (met?.kind !== "code") throw new Error("no code is shown");
    await world.during(helper.api.helpBack({ account, link: met.link }));
    await world.until(
      "both compare",
      () => helper.view("family").helping.step === "compare" && meeting(phone)?.kind === "compare",
    );
    await world.during(helper.api.confirmHelp(true));
    await world.pass(2_000);
  }
  await world.pass(dayMs + 700_000);
  await world.until("home let it go", () => phone.view("family").back.step === "ready", 3_600_000);
  await world.during(phone.api.restoreAccount({ family: true, areOthersLost: true }));
  await world.until("it was taken back", () => phone.view("status").cameBack !== undefined);
  await expectNothingBelieved(world, phone, keys);
});

test("[VA26] a device that was removed signs one for home: it is not believed either, whichever entry it names", async () => {
  for (const [named, kind] of [
    [{}, "unvouched"],
    [{ n: 1 }, "removed"],
  ] as const) {
    const { world, grandma, mallory, account, card } = await familyOf(9105);
    const tablet = await world.linkDevice(grandma);
    const thief = await deviceKeyOf(tablet);
    await world.during(grandma.api.revokeDevice(tablet.view("status").me?.device ?? ""));
    await world.pass(soonMs);
    const keys = operatorsKeys();
    grandma.crash();
    await forgeRecord(world, account, thief, await lies(world, account, mallory, keys), named);
    const phone = await comeBack(world, { card });
    await expectNothingBelieved(world, phone, keys, kind);
  }
});

/**
 * 外婆's first phone is stolen, and its thief fills more than half of the list, so that the card's word goes on from the
 * root's last one (ID41); then her tablet puts that phone out.
 */
async function filledVault(seed: number) {
  const here = await familyOf(seed);
  const { world, grandma, account } = here;
  const tablet = await world.linkDevice(grandma);
  await world.pass(15 * soonMs);
  const [thief, hers] = [await deviceKeyOf(grandma), await deviceKeyOf(tablet)];
  const before = await listAt(world, account);
  let list = before;
  const put = async (entry: Uint8Array) => {
    const step = await takeEntry(crypto, list, entry);
    if (step.kind !== "advanced") throw new Error(step.kind);
    list = step.list;
  };
  while (list.entries.length <= limits.entriesMax / 2)
    await put(await entryBy(list, thief, [thief.publicKey, hers.publicKey]));
  world.log.transaction(() =>
    world.log.accounts.putEntries(
      homeOf(world, account).ref,
      before.entries.length,
      list.entries.slice(before.entries.length).map(({ bytes }) => bytes),
    ),
  );
  const lost = grandma.view("status").me?.device ?? "";
  grandma.crash();
  return { ...here, tablet, thief, lost };
}

test("[VA26] [ID41] a device that was removed had filled the list: the root's word goes around the removal, and it is not believed", async () => {
  const { world, tablet, thief, lost, mallory, account, card } = await filledVault(9113);
  const keys = operatorsKeys();
  await world.during(tablet.api.revokeDevice(lost));
  await world.pass(15 * soonMs);
  tablet.crash();
  await forgeRecord(world, account, thief, await lies(world, account, mallory, keys), { n: 0 });
  await expectNothingBelieved(world, await comeBack(world, { card }), keys, "removed");
});

test("[VA26] [VA22] [ID41] what a device that was not removed had kept comes back, though another filled the list", async () => {
  const { world, tablet, lost, mum, chat, card } = await filledVault(9114);
  await world.during(tablet.api.revokeDevice(lost));
  await world.pass(soonMs);
  await mum.say(chat, "八点见");
  await world.until("it came", () => tablet.reads(chat).includes("八点见"), 300_000);
  await world.pass(30 * soonMs);
  tablet.crash();
  const phone = await comeBack(world, { card });
  expect(phone.view("status").cameBack?.kind).toBe("vouched");
  expect(phone.view("contacts").map((one) => one.account)).toEqual([mum.account]);
  await world.until("what was said is back", () => phone.reads(chat).includes("八点见"), 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[VA27] the person may believe a device that is out of the list: nobody in it counts as verified, no key of it seals", async () => {
  const { world, grandma, mum, account, chat, card } = await familyOf(9110);
  const thief = await world.linkDevice(grandma);
  const keys = operatorsKeys();
  await forgeRecord(world, account, await deviceKeyOf(grandma), await lies(world, account, mum, keys));
  await world.during(thief.api.revokeDevice(grandma.view("status").me?.device ?? ""));
  await world.until("the owner is out", () => grandma.view("status").phase === "signed-out");
  thief.crash();
  const phone = await comeBack(world, { card });
  expect(phone.view("status").cameBack?.kind).toBe("removed");
  expect(phone.view("contacts")).toEqual([]);
  await world.during(phone.api.believeRemoved());
  expect(phone.view("status").cameBack).toBeUndefined();
  expect(phone.view("contacts").map((one) => [one.account, one.trust])).toEqual([[mum.account, "none"]]);
  await world.until("the chat is back", () => phone.view("conversation", chat)?.state === "open", 300_000);
  await phone.say(chat, "是我");
  await world.until("mum reads", () => mum.reads(chat).includes("是我"), 300_000);
  await world.pass(15 * soonMs);
  for (const key of keys) expect(await openedBy(world, account, key)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[VA27] of a device that is out only people, marks and groups are taken: neither privacy nor a handle, helpers, the vault's switch, a link, where epochs begin", async () => {
  const { world, grandma, mum, account, chat, card } = await familyOf(9113);
  const thief = await world.linkDevice(grandma);
  const told = await lies(world, account, mum, operatorsKeys());
  const later = world.clock.nowMs() + 900 * dayMs;
  const capability = crypto.random(16);
  const check = crypto.random(16);
  const begins = [{ epoch: 0, at: 1_000_000 }];
  await forgeRecord(world, account, await deviceKeyOf(grandma), {
    ...told,
    begins,
    formers: [{ epoch: 0, key: crypto.random(32) }],
    items: [
      ...told.items.map((item) => ("stampMs" in item ? { ...item, stampMs: later } : item)),
      { kind: "privacy", takesLink: false, takesGroups: false, stampMs: later },
      { kind: "handle", handle: "mallory", isFound: true, stampMs: later },
      { kind: "family", check, helpers: [{ account: fromHex(mum.account), isKept: true }], stampMs: later },
      { kind: "vault", isOn: false, stampMs: later },
      { kind: "capability", capability, stampMs: 0 },
      { kind: "mark", conversation: fromHex(chat), mark: "pinned", isOn: true, stampMs: later },
    ],
  });
  await world.during(thief.api.revokeDevice(grandma.view("status").me?.device ?? ""));
  await world.until("the owner is out", () => grandma.view("status").phase === "signed-out");
  thief.crash();
  const phone = await comeBack(world, { card });
  const meta = (key: string) =>
    phone.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = ?", key)?.value;
  const before = ["privacy", "handle", "family", "contact-capability", "formers"].map(meta);
  const beginsBefore = phone.disk.all("SELECT * FROM vault_begins");
  await world.during(phone.api.believeRemoved());
  expect(phone.view("contacts").map((one) => one.account)).toEqual([mum.account]);
  expect(phone.disk.all("SELECT mark, is_on FROM chat_marks")).toEqual([{ mark: "pinned", is_on: 1 }]);
  expect(["privacy", "handle", "family", "contact-capability", "formers"].map(meta)).toEqual(before);
  expect(phone.view("vault").isOn).toBe(true);
  expect(phone.disk.all("SELECT * FROM vault_begins")).toEqual(beginsBefore);
  // What it says of a day to come does not outrank what she says now.
  await world.during(phone.api.setProfile({ name: "婆婆" }));
  expect(phone.view("status").me?.name).toBe("婆婆");
  await world.during(phone.api.setRemark(mum.account, "闺女"));
  expect(phone.view("contacts").map(({ name }) => name)).toEqual(["闺女"]);
  expect(world.bugs()).toEqual([]);
});

test("[VA26] it names a device that counts, without that device's signature, or with one for another list: neither is believed", async () => {
  const { world, grandma, mallory, account, card } = await familyOf(9108);
  const hers = await deviceKeyOf(grandma);
  grandma.crash();
  const keys = operatorsKeys();
  const told = await lies(world, account, mallory, keys);
  const homes = await homesKey();
  await forgeRecord(world, account, { publicKey: hers.publicKey, privateKey: homes.privateKey }, told);
  await expectNothingBelieved(world, await comeBack(world, { card }), keys);
  const other = await familyOf(9109);
  const theirs = await deviceKeyOf(other.grandma);
  other.grandma.crash();
  // Home hides the entries under which that device said so.
  await forgeRecord(other.world, other.account, theirs, {}, { entryHash: crypto.random(32) });
  expect((await comeBack(other.world, { card: other.card })).view("status").cameBack).toEqual({ kind: "unvouched" });
});

test("[VA26] what is no record at all is said to be unreadable, and a day to come is told as now", async () => {
  for (const length of [0, 143, 144, 900]) {
    const { world, grandma, account, card } = await familyOf(9111);
    grandma.crash();
    await putRecord(world, account, new Uint8Array(length).fill(0xff));
    expect((await comeBack(world, { card })).view("status").cameBack).toEqual({ kind: "unreadable" });
    expect(world.bugs()).toEqual([]);
  }
  const { world, grandma, account, card } = await familyOf(9112);
  const hers = await deviceKeyOf(grandma);
  grandma.crash();
  await forgeRecord(world, account, hers, {}, { stampMs: Number.MAX_SAFE_INTEGER });
  const came = (await comeBack(world, { card })).view("status").cameBack;
  expect(came?.kind === "vouched" ? came.asOfMs : Number.NaN).toBeLessThanOrEqual(world.clock.nowMs());
});

test("[VA26] what a device that counts had put there is believed whole, and it is said of when it is", async () => {
  const { world, grandma, mum, card } = await familyOf(9106);
  const tablet = await world.linkDevice(grandma);
  await world.during(grandma.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  const [fromMs] = [world.clock.nowMs(), await world.pass(soonMs)];
  grandma.crash();
  const untilMs = world.clock.nowMs();
  await world.pass(dayMs);
  const phone = await comeBack(world, { card });
  const came = phone.view("status").cameBack;
  expect(came?.kind).toBe("vouched");
  expect(came?.kind === "vouched" ? came.asOfMs : 0).toBeGreaterThanOrEqual(fromMs);
  expect(came?.kind === "vouched" ? came.asOfMs : Number.NaN).toBeLessThanOrEqual(untilMs);
  expect(phone.view("contacts").map(({ account }) => account)).toEqual([mum.account]);
});

test("[VA23] with the key of a device that counts a record names keys of the next epoch: none of them seals anything", async () => {
  const { world, grandma, mum, chat, account, card } = await familyOf(9107);
  const keys = operatorsKeys();
  const thief = await deviceKeyOf(grandma);
  grandma.crash();
  await forgeRecord(world, account, thief, await lies(world, account, mum, keys));
  const phone = await comeBack(world, { card });
  expect(phone.view("status").cameBack?.kind).toBe("vouched");
  await world.until("the chat is back", () => phone.view("conversation", chat)?.state === "open", 300_000);
  await phone.say(chat, "只给妈妈");
  await world.until("mum reads", () => mum.reads(chat).includes("只给妈妈"), 300_000);
  await world.pass(15 * soonMs); // What is closed to it is waited for, for ten minutes (VA10).
  expect(phone.view("vault").waiting).toBe(0);
  for (const key of keys) expect(await openedBy(world, account, key)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[VA23] [VA26] the card is used while other devices stay: they tell whom one knows, and the operator's key is used by none", async () => {
  const { world, grandma, mum, mallory, chat, account, card } = await familyOf(9102);
  const keys = operatorsKeys();
  await forgeRecord(world, account, await homesKey(), await lies(world, account, mallory, keys));
  const phone = await world.device("外婆");
  await world.during(phone.api.restoreAccount({ card, areOthersLost: false }));
  await world.until("the chat is there", () => phone.view("conversation", chat)?.state === "open", 300_000);
  expect(phone.view("status").cameBack).toEqual({ kind: "unvouched" });
  await mum.say(chat, "妈妈说的秘密");
  await world.until(
    "both read",
    () => [phone, grandma].every((one) => one.reads(chat).includes("妈妈说的秘密")),
    300_000,
  );
  await phone.say(chat, "外婆说的秘密");
  await world.pass(10 * soonMs);
  expect(phone.view("contacts").map((one) => one.account)).toEqual([mum.account]);
  const held = (one: Person) => one.disk.all("SELECT id FROM vault_keys ORDER BY epoch, id");
  expect(held(phone)).toEqual(held(grandma));
  expect(phone.view("vault").waiting + grandma.view("vault").waiting).toBe(0);
  for (const key of keys) expect(await openedBy(world, account, key)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

function meeting(fresh: Person) {
  const { back } = fresh.view("family");
  return back.step === "pieces" ? back.meeting : undefined;
}
