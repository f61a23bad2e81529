/** Another card in the place of one that may have been seen (ID43, ID46), with people. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { LogFullError } from "@yanshu/server";
import {
  deleteMeta,
  insertConversation,
  readMembers,
  readMeta,
  writeComeback,
  writeMeta,
  writeRoster,
} from "@yanshu/store";
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeError,
  fromBase64Url,
  fromHex,
  recoveryPubOf,
  toHex,
} from "@yanshu/wire";
import { encode } from "cborg";
import { crypto, homeOf, listAt, openedBy } from "../attacks/evil-home.ts";
import { type Person, World } from "../index.ts";

setDefaultTimeout(60_000);

type Card = { readonly words: readonly string[]; readonly code: string };
const textOf = ({ words }: Card) => words.join(" ");
const twoOf = ({ words }: Card) => [3, 17].map((place) => ({ place, word: words[place] ?? "" }));

async function confirmed(world: World, person: Person): Promise<Card> {
  const card = await person.api.recoveryCard();
  expect(await world.during(person.api.confirmCard(twoOf(card)))).toBe(true);
  return card;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "";
  } catch (error) {
    return (error as { code?: string }).code ?? "unknown";
  }
}

test("[ID46] [DS103] once the new card is confirmed it brings the account back, by its words alone, and the old one and the passkey do not", async () => {
  const world = new World({ seed: 9801 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ben.say(chat, "before");
  const tablet = await world.linkDevice(ann);
  const old = await confirmed(world, ann);
  const secret = new Uint8Array(32).fill(7);
  await world.during(ann.api.keepPasskey({ secret, card: textOf(old) }));
  expect(await world.during(ann.api.hasPasskey())).toBe(true);
  await world.pass(120_000);

  expect(await codeOf(ann.api.newCard({ card: textOf(await ben.api.recoveryCard()) }))).toBe("bad-card");
  expect(await codeOf(ann.api.newCard())).toBe("not-allowed"); // The key is not on this device any more.
  const card = await ann.api.newCard({ card: textOf(old) });
  expect(await ann.api.newCard({ card: textOf(old) })).toEqual(card);
  expect(await ann.api.confirmNewCard([{ place: 0, word: "no" }, ...twoOf(card)])).toBe(false);
  expect(await world.during(ann.api.hasPasskey())).toBe(true);
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  expect(ann.view("status").cardConfirmed).toBe(true);
  expect(await world.during(ann.api.hasPasskey())).toBe(false);
  expect(await codeOf(ann.api.confirmNewCard(twoOf(card)))).toBe("not-allowed");

  // Nobody notices, and all goes on.
  await world.pass(180_000);
  await ben.say(chat, "and after");
  await world.until("both devices read it", () => [ann, tablet].every((one) => one.reads(chat).includes("and after")));
  expect(ben.lines(chat).filter((line) => ["restored", "list-differs", "account-frozen"].includes(line))).toEqual([]);
  await world.pass(180_000);

  const thief = await world.device("Ann");
  const byOld = { card: textOf(old), areOthersLost: true };
  expect(await codeOf(world.during(thief.api.restoreAccount(byOld)))).toBe("no-account");
  const byPasskey = { passkey: { secret, account: ann.account }, areOthersLost: true };
  expect(await codeOf(world.during(thief.api.restoreAccount(byPasskey)))).toBe("no-account");
  const { account } = ann;
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card: textOf(card), areOthersLost: true }));
  expect(fresh.account).toBe(account);
  await world.until("Ann has her people", () => fresh.view("contacts").length === 1);
  await world.until(
    "and what was said",
    () => fresh.reads(chat).includes("before") && fresh.reads(chat).includes("and after"),
  );
  await world.pass(120_000);
  await ben.say(chat, "is it you?");
  await world.until("Ann reads it", () => fresh.reads(chat).includes("is it you?"));
  // The new card may be changed for another in its turn, also by the code.
  await world.pass(120_000);
  const third = await fresh.api.newCard({ card: card.code });
  expect(await world.during(fresh.api.confirmNewCard(twoOf(third)))).toBe(true);
  expect(toHex(await rootAtHome(world, account))).not.toBe("");
  expect(await codeOf(fresh.api.newCard({ card: textOf(card) }))).toBe("bad-card");
});

async function rootAtHome({ log }: World, account: string): Promise<Uint8Array> {
  return log.accounts.find(Uint8Array.from(Buffer.from(account, "hex")))?.root?.key ?? new Uint8Array();
}

test("[ID46] an answer that is lost costs nothing: the card on paper counts, and is confirmed again", async () => {
  const world = new World({ seed: 9802 });
  const ann = await world.person("Ann");
  const old = await confirmed(world, ann);
  await world.pass(60_000);
  const card = await ann.api.newCard({ card: textOf(old) });
  const before = toHex(await rootAtHome(world, ann.account));
  // Home takes it, and nothing that it says comes back.
  world.network.meddle(ann.device, (frame) => (frame[0] === 0x81 && isTaken(world, ann, before) ? [] : [frame]));
  const lost = codeOf(ann.api.confirmNewCard(twoOf(card)));
  await world.until("home has it", () => isTaken(world, ann, before), 120_000);
  world.network.breakSockets(ann.device);
  world.network.meddle(ann.device, undefined);
  expect(await world.during(lost)).toBe("server-unreachable");
  await world.until("Ann is online", () => ann.view("status").network === "online");
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  const fresh = await world.device("Ann");
  await world.during(fresh.api.restoreAccount({ card: textOf(card), areOthersLost: false }));
  expect(fresh.account).toBe(ann.account);
});

function isTaken({ log }: World, { account }: Pick<Person, "account">, before: string): boolean {
  const root = log.accounts.find(Uint8Array.from(Buffer.from(account, "hex")))?.root;
  return root !== undefined && toHex(root.key) !== before;
}

/** What a device that comes back at this moment finds: nothing waits for anybody. */
async function comesBack(world: World, name: string, card: Card): Promise<Person> {
  const fresh = await world.device(name);
  await world.during(fresh.api.restoreAccount({ card: textOf(card), areOthersLost: true }));
  await world.until("it is told what came back", () => fresh.view("status").cameBack !== undefined);
  return fresh;
}

test("[ID51] a person who comes back by the new card the moment it counts has everything", async () => {
  const world = new World({ seed: 9803 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ben.say(chat, "before");
  const old = await confirmed(world, ann);
  await world.pass(120_000);
  const card = await ann.api.newCard({ card: textOf(old) });
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  ann.crash(); // In the river, at once.
  const fresh = await comesBack(world, "Ann", card);
  expect(fresh.view("status").cameBack?.kind).toBe("vouched");
  expect(fresh.view("contacts").map(({ name }) => name)).toEqual(["Ben"]);
  await world.until("what was said is there", () => fresh.reads(chat).includes("before"));
  expect(world.bugs()).toEqual([]);
});

test("[ID51] a device that stops between home's word and the record puts the record first when it is there again", async () => {
  const world = new World({ seed: 9804 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const old = await confirmed(world, ann);
  await world.pass(1_500_000);
  const { account } = ann;
  const before = toHex(await rootAtHome(world, account));
  const card = await tablet.api.newCard({ card: textOf(old) });
  // From home's word on nothing comes through.
  world.network.meddle(tablet.device, (frame) =>
    frame[0] === 0x81 && isTaken(world, { account }, before) ? [] : [frame],
  );
  void codeOf(tablet.api.confirmNewCard(twoOf(card)));
  ann.crash(); // The first of the list, which would put the record otherwise.
  await world.until("home has the word", () => isTaken(world, { account }, before), 120_000);
  tablet.crash();
  world.network.meddle(tablet.device, undefined);
  await tablet.switchOn();
  await world.until("it is there again", () => tablet.view("status").network === "online");
  await world.pass(20_000);
  tablet.crash();
  const fresh = await comesBack(world, "Ann", card);
  expect(fresh.view("status").cameBack?.kind).toBe("vouched");
  expect(fresh.view("contacts").map(({ name }) => name)).toEqual(["Ben"]);
});

test("[ID51] [VA28] a device that has not heard of the change puts no record for the old card in the place of the new", async () => {
  const world = new World({ seed: 9805 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const old = await confirmed(world, ann);
  await world.pass(1_500_000);
  const card = await tablet.api.newCard({ card: textOf(old) });
  expect(await world.during(tablet.api.confirmNewCard(twoOf(card)))).toBe(true);
  await ann.api.setRemark(ben.account, "Benjamin"); // It stands first, and keeps the record from now on.
  await ann.say(chat, "it goes into the vault, and the record follows");
  await world.pass(60_000);
  for (const one of [ann, tablet]) one.crash();
  const fresh = await comesBack(world, "Ann", card);
  expect(fresh.view("status").cameBack?.kind).toBe("vouched");
  expect(fresh.view("contacts").map(({ name }) => name)).toEqual(["Benjamin"]);
});

test("[ID46] [VA6] what opened everything before the change, the old card or a passkey whose wrap home kept, opens nothing of after, on no device", async () => {
  const world = new World({ seed: 9806 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const old = await confirmed(world, ann);
  await ben.say(chat, "before");
  await world.pass(1_500_000);
  const { account } = ann;
  const keys = ann.disk.all<{ key: Uint8Array }>("SELECT key FROM vault_keys").map(({ key }) => key);
  const opened = async () => (await Promise.all(keys.map((key) => openedBy(world, account, key)))).flat();
  const before = await opened();
  expect(before.join()).toContain("before");
  expect(await opensRecord(world, account, old)).toBe(true);

  const card = await ann.api.newCard({ card: textOf(old) });
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  await world.pass(5_000);
  await ann.say(chat, "after");
  await tablet.say(chat, "after, on the tablet");
  await world.until("Ben reads both", () => ben.reads(chat).filter((text) => text.startsWith("after")).length === 2);
  await world.pass(1_500_000);
  expect([ann, tablet].map((one) => one.view("vault").waiting)).toEqual([0, 0]);
  expect(await opened()).toEqual(before);
  expect(await opensRecord(world, account, old)).toBe(false);
  expect(await opensRecord(world, account, card)).toBe(true);
});

/** Whether the record at home opens by what stands on a card, and by what a wrap of the same time gives. */
async function opensRecord(world: World, account: string, { code }: Card): Promise<boolean> {
  const masterKey = fromBase64Url(code.slice(code.indexOf(":") + 1))?.slice(0, 32) ?? new Uint8Array();
  const record = world.log.features.backup.record(homeOf(world, account).ref) ?? new Uint8Array();
  const { privateKey } = await crypto.sealKeyPairFrom(crypto.derive(masterKey, "yanshu recovery key v1", 32));
  const [enc, ciphertext] = [record.slice(1, 33), record.slice(33)];
  return (await crypto.hpkeOpen(privateKey, "yanshu recovery record v1", enc, ciphertext)) !== undefined;
}

test("[ID51] [VA28] a home whose disk is full for a while is asked again, and until it has the record nobody is told that the card was changed", async () => {
  const world = new World({ seed: 9807 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ben.say(chat, "before");
  const old = await confirmed(world, ann);
  await world.pass(120_000);
  const { account } = ann;
  const { putRecord } = world.log.features.backup;
  let refusals = 0;
  Object.assign(world.log.features.backup, {
    putRecord: () => {
      refusals++;
      throw new LogFullError();
    },
  });
  const card = await ann.api.newCard({ card: textOf(old) });
  const confirms = () => codeOf(world.during(ann.api.confirmNewCard(twoOf(card))));
  expect(await confirms()).toBe("server-unreachable");
  expect(await confirms()).toBe("server-unreachable");
  expect(await opensRecord(world, account, card)).toBe(false);
  const before = refusals;
  await world.pass(120_000);
  expect(refusals).toBeGreaterThan(before);
  ann.crash();
  Object.assign(world.log.features.backup, { putRecord });
  await ann.switchOn();
  await world.pass(60_000);
  expect(await opensRecord(world, account, card)).toBe(true);
  ann.crash();
  const fresh = await comesBack(world, "Ann", card);
  expect(fresh.view("status").cameBack?.kind).toBe("vouched");
  await world.until("what was said is there", () => fresh.reads(chat).includes("before"));
});

test("[VA46] [ID51] marks of ten thousand chats that never were keep no record from home, and the card is changed", async () => {
  const world = new World({ seed: 9808 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const old = await confirmed(world, ann);
  await world.pass(120_000);
  await ann.api.setMuted(chat, true);
  ann.disk.transaction(() => marksOfNoChats(ann));
  const card = await ann.api.newCard({ card: textOf(old) });
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  ann.crash();
  const fresh = await comesBack(world, "Ann", card);
  expect(fresh.disk.all("SELECT mark FROM chat_marks WHERE is_on = 1")).toEqual([{ mark: "muted" }]);
});

test("[VA45] of twenty groups of a thousand stands in a record who leads them and who is a contact", async () => {
  const world = new World({ seed: 9814 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const card = await confirmed(world, ann);
  await world.pass(120_000);
  await ann.api.setRemark(ben.account, "Benjamin");
  const groups = Array.from({ length: 20 }, () => crypto.random(32));
  // As a device has them that came back a moment ago.
  ann.disk.transaction(() => {
    for (const group of groups) crowdedGroup(world, ann, ben, group);
  });
  await world.pass(300_000);
  ann.crash();
  const fresh = await comesBack(world, "Ann", card);
  expect(fresh.view("contacts").map(({ name }) => name)).toEqual(["Benjamin"]);
  const leader = new Uint8Array(32).fill(1);
  for (const group of groups) {
    const members = readMembers(fresh.disk, group).map(({ account, role }) => [toHex(account), role]);
    expect(members).toEqual([
      [toHex(leader), "owner"],
      [ben.account, "member"],
    ]);
  }
});

/** A group that is to be rejoined, of a thousand. */
function crowdedGroup(world: World, { disk }: Person, contact: Person, conversation: Uint8Array): void {
  insertConversation(disk, { conversation, kind: "group", state: "open", title: "Crowd", activeMs: 0 });
  const member = (account: Uint8Array) => ({ account, role: "member" as const });
  writeRoster(disk, conversation, {
    title: "Crowd",
    avatar: undefined,
    announcement: "",
    adminsAdd: false,
    adminsEdit: false,
    approval: false,
    history: undefined,
    members: [
      { account: new Uint8Array(32).fill(1), role: "owner" },
      member(fromHex(contact.account)),
      ...Array.from({ length: 998 }, () => member(crypto.random(32))),
    ],
  });
  const asked = { founding: 1, address: null, since_ms: world.clock.nowMs(), asked_ms: 0, tries: 0 };
  writeComeback(disk, { conversation, addresses: encode([]), leaf: crypto.random(16), ...asked });
}

test("[ID46] the words of a card that was changed on another device are not shown any more, nor taken for the account's", async () => {
  const world = new World({ seed: 9809 });
  const ann = await world.person("Ann");
  const tablet = await world.linkDevice(ann);
  await world.pass(60_000);
  const old = await ann.api.recoveryCard();
  expect(ann.view("status").cardConfirmed).toBe(false);
  const card = await tablet.api.newCard({ card: textOf(old) });
  expect(await world.during(tablet.api.confirmNewCard(twoOf(card)))).toBe(true);
  await world.until("the phone has heard", () => readMeta(ann.disk, "master-key") === undefined, 600_000);
  expect(await codeOf(ann.api.confirmCard(twoOf(old)))).toBe("bad-card");
  expect(await codeOf(ann.api.recoveryCard())).toBe("not-allowed");
  expect(ann.view("status").cardConfirmed).toBe(true); // As on any device that has not the key.
  expect(ann.view("family").canChoose).toBe(false);
});

test("[ID46] a device that stops between the list and the former key shows that no more, and forgets it", async () => {
  const world = new World({ seed: 9810 });
  const ann = await world.person("Ann");
  await world.pass(60_000);
  const masterKey = readMeta(ann.disk, "master-key") ?? new Uint8Array();
  const old = await ann.api.recoveryCard();
  const card = await ann.api.newCard();
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  ann.crash();
  ann.disk.transaction(() => {
    writeMeta(ann.disk, "master-key", masterKey);
    deleteMeta(ann.disk, "card-confirmed");
  });
  world.network.cutOff(ann.device);
  await ann.switchOn();
  expect(await codeOf(ann.api.recoveryCard())).toBe("bad-card");
  expect(await codeOf(ann.api.confirmCard(twoOf(old)))).toBe("bad-card");
  world.network.letBack(ann.device);
  await world.until("the key is gone", () => readMeta(ann.disk, "master-key") === undefined, 120_000);
  expect(ann.view("status").cardConfirmed).toBe(true);
  expect(await codeOf(ann.api.recoveryCard())).toBe("not-allowed");
});

test("[ID46] [ID33] a passkey whose wrap home kept shows no words of the former card", async () => {
  const world = new World({ seed: 9811 });
  const ann = await world.person("Ann");
  await world.pass(60_000);
  const { account } = ann;
  const old = await ann.api.recoveryCard();
  const secret = new Uint8Array(32).fill(9);
  await world.during(ann.api.keepPasskey({ secret }));
  expect(await world.during(ann.api.recoveryCard({ secret, account }))).toEqual(old);
  const kept = world.log.features.passkeys.passkey(crypto.derive(secret, "yanshu passkey tag v1", 32));
  expect(kept).toBeDefined();
  const card = await ann.api.newCard({ card: textOf(old) });
  expect(await world.during(ann.api.confirmNewCard(twoOf(card)))).toBe(true);
  expect(await codeOf(world.during(ann.api.recoveryCard({ secret, account })))).toBe("no-account");
  Object.assign(world.log.features.passkeys, { passkey: () => kept });
  expect(await codeOf(world.during(ann.api.recoveryCard({ secret, account })))).toBe("bad-card");
  expect(await codeOf(ann.api.confirmCard(twoOf(old)))).toBe("bad-card"); // It was looked at before.
});

/** As an own device may tell them: more than a record has room for. */
function marksOfNoChats({ disk }: Person): void {
  for (let n = 0; n < 10_000; n++) {
    const chat = new Uint8Array(32);
    new DataView(chat.buffer).setUint32(0, n);
    disk.run("INSERT INTO chat_marks (conversation, mark, is_on, stamp_ms) VALUES (?, 'muted', 1, 7)", chat);
  }
}

test("[VA36] while home says that it holds another list, the record is put seldomer each time, and the vault gives and takes", async () => {
  const world = new World({ seed: 9813 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(5 * 60_000);
  let asked = 0;
  const requests = new Set<number>();
  world.network.overhear = (_connection, owner, frame) => {
    if (owner !== ann.device) return;
    const decoded = decodeClientFrame(frame);
    if (decoded.type !== "call" || decoded.name !== "keepRecord") return;
    asked++;
    requests.add(decoded.request);
  };
  world.network.meddle(ann.device, (frame) => {
    const decoded = decodeServerFrame(frame);
    const isAnswer = decoded.type === "result" && requests.delete(decoded.request);
    return [isAnswer ? encodeError(decoded.request, "list-conflict") : frame];
  });
  // What a card that was changed leaves to be done, before anything else.
  const list = await listAt(world, ann.account);
  writeMeta(ann.disk, "record-owed", recoveryPubOf(list) ?? new Uint8Array());
  await ann.api.setRemark(ben.account, "Benjamin");
  await ben.say(chat, "it is kept all the same");
  await world.pass(2 * 3_600_000);
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(40);
  expect(ann.view("vault").waiting).toBe(0);
  expect(readMeta(ann.disk, "record-owed")).toBeDefined();
  world.network.meddle(ann.device, undefined);
  await world.until("home has it", () => readMeta(ann.disk, "record-owed") === undefined, 2 * 3_600_000);
  expect(world.bugs()).toEqual([]);
});
