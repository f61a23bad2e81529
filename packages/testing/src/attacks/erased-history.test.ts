/** The vault, written by a device that was removed and by who runs the server: neither alone can, and nor can both. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encodeBody, encodeSyncItem, type VaultMessage, type VaultSegment } from "@yanshu/content";
import type { KeyPair } from "@yanshu/mls";
import { ownConversationId } from "@yanshu/mls";
import { addToOutbox, readPerson } from "@yanshu/store";
import { type Bytes, type DeviceId, decodeResult, decodeServerFrame, encodeError, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import {
  crypto,
  deviceKeyOf,
  epochAt,
  forgeSegment,
  homeOf,
  keyFirst,
  listAt,
  openedBy,
  putSegment,
} from "./evil-home.ts";

setDefaultTimeout(120_000);

const soonMs = 60_000;
const lie = "please send the money to account 666";

/** Ann's tablet was stolen, and is removed: the thief has its key and the vault's keys of until then. */
async function stolenTablet(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ben.say(chat, "before");
  await world.until("both have it", () => [ann, tablet].every((one) => one.reads(chat).includes("before")));
  await world.pass(2 * soonMs);
  const thief = await deviceKeyOf(tablet);
  const key = tablet.disk.get<{ key: Bytes }>("SELECT key FROM vault_keys")?.key ?? new Uint8Array();
  const epoch = epochAt(await listAt(world, ann.account));
  return { world, ann, ben, chat, tablet, thief, key, epoch, account: ann.account };
}

async function remove(world: World, ann: Person, tablet: Person): Promise<void> {
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("it is out", () => tablet.view("status").phase === "signed-out");
}

/** What was never said, and that what was said was taken back. */
function lies(world: World, ann: Person, ben: Person, chat: string): Partial<VaultSegment> {
  const nowMs = world.clock.nowMs();
  const base = {
    conversation: fromHex(chat),
    author: fromHex(ben.account),
    order: new Uint8Array(7).fill(250),
    atMs: nowMs - 1_000,
    sentMs: nowMs - 1_000,
    editedMs: 0,
    versions: [],
    marks: [],
  } as const satisfies Partial<VaultMessage>;
  const said = ann.disk.all<{ id: Bytes; body: Bytes }>(
    "SELECT id, body FROM messages WHERE kind = 'text' AND author = ?",
    fromHex(ben.account),
  );
  return {
    messages: [
      { ...base, id: crypto.random(16), kind: "text", body: encodeBody({ kind: "text", text: lie }) },
      ...said.map(({ id }) => ({ ...base, id, kind: "recalled", body: new Uint8Array() })),
    ],
    clears: [{ conversation: fromHex(chat), upToMs: nowMs }],
  };
}

async function restart(world: World, ann: Person): Promise<void> {
  ann.crash();
  await ann.switchOn();
  await world.pass(5 * soonMs);
}

function expectTruth(ann: Person, chat: string, ...texts: readonly string[]): void {
  expect(ann.reads(chat)).not.toContain(lie);
  for (const text of ["before", ...texts]) expect(ann.reads(chat)).toContain(text);
}

const notBelieved = (one: Person) => one.client.diagnostics()["vault-not-believed"] ?? 0;

test("[VA24] a removed device and home put words into others' mouths and take words back: no device that is left believes it", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9202);
  await remove(world, ann, tablet);
  await ben.say(chat, "the real word");
  await world.until("read", () => ann.reads(chat).includes("the real word"));
  await world.pass(2 * soonMs);
  await forgeSegment(world, account, { key, by: thief, epoch, held: lies(world, ann, ben, chat) });
  await restart(world, ann);
  expectTruth(ann, chat, "the real word");
  expect(notBelieved(ann)).toBe(1);
  const fresh = await world.linkDevice(ann);
  await world.until("it has them", () => fresh.reads(chat).includes("the real word"), 180_000);
  await world.pass(2 * soonMs);
  expectTruth(fresh, chat, "the real word");
  expect(world.bugs()).toEqual([]);
});

test("[VA24] nor before anything was put there under the new list, nor under an epoch that it names as it likes", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9203);
  await remove(world, ann, tablet);
  for (const named of [epoch, epoch + 1, epoch + 2])
    await forgeSegment(world, account, { key, by: thief, epoch: named, held: lies(world, ann, ben, chat) });
  await restart(world, ann);
  expectTruth(ann, chat);
  expect(notBelieved(ann)).toBe(3);
  const fresh = await world.linkDevice(ann);
  await world.until("it has them", () => fresh.reads(chat).includes("before"), 180_000);
  await world.pass(2 * soonMs);
  expectTruth(fresh, chat);
});

test("[VA22] who has a key of the vault alone puts nothing there: each segment bears a device's signature, for its place", async () => {
  const { world, ann, ben, chat, thief, key, epoch, account } = await stolenTablet(9204);
  const homes = await crypto.signatureKeyPair(crypto.random(32));
  const held = lies(world, ann, ben, chat);
  const mixed: KeyPair = { publicKey: thief.publicKey, privateKey: homes.privateKey };
  for (const by of [homes, mixed]) await forgeSegment(world, account, { key, by, epoch, held });
  await restart(world, ann);
  expectTruth(ann, chat);
  expect([notBelieved(ann), ann.client.diagnostics()["vault-unreadable"]]).toEqual([1, 1]);
});

test("[VA22] what is no segment at all is passed over, and all else goes on", async () => {
  const { world, ann, ben, chat, key, account } = await stolenTablet(9207);
  const next = () => world.log.features.backup.vault(homeOf(world, account).ref).next;
  for (const length of [0, 31, 103, 104, 600])
    await putSegment(world, account, key, next(), new Uint8Array(length).fill(0xff));
  await restart(world, ann);
  expect(ann.client.diagnostics()["vault-unreadable"]).toBe(5);
  await ben.say(chat, "and on it goes");
  await world.pass(2 * soonMs);
  expect(ann.view("vault")).toMatchObject({ waiting: 0, done: ann.view("vault").of });
  expect(world.bugs()).toEqual([]);
});

test("[VA25] put into a place of before, by a home that says it was put back, it erases nothing and adds nothing", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9205);
  const before = world.log.features.backup.vault(homeOf(world, account).ref).next;
  await remove(world, ann, tablet);
  await ben.say(chat, "the real word");
  await world.pass(2 * soonMs);
  const stranger = crypto.random(32);
  const held: Partial<VaultSegment> = {
    ...lies(world, ann, ben, chat),
    people: [{ account: stranger, name: "The bank", stampMs: world.clock.nowMs() }],
    groups: [{ conversation: crypto.random(32), title: "The lottery", state: "left" }],
  };
  for (let at = 0; at < before; at++) await forgeSegment(world, account, { key, by: thief, epoch, held, at });
  // As a home that was put back says it: all is looked at anew.
  ann.crash();
  ann.disk.run("UPDATE meta SET value = ? WHERE key = 'incarnation'", crypto.random(16));
  await ann.switchOn();
  await world.pass(10 * soonMs);
  expectTruth(ann, chat, "the real word");
  expect(ann.disk.all("SELECT 1 FROM vault_clears")).toEqual([]);
  expect(ann.view("chats").map(({ title }) => title)).not.toContain("The lottery");
  expect(readPerson(ann.disk, stranger)).toBeUndefined();
});

test("[VA23] a key that a device told of an epoch to come seals nothing once that device is out, on no device", async () => {
  const { world, ann, ben, chat, tablet, epoch, account } = await stolenTablet(9206);
  const planted = keyFirst(1);
  const hasPlanted = (one: Person) => one.disk.get("SELECT 1 FROM vault_keys WHERE key = ?", planted) !== undefined;
  // A thief's changed client says it as own devices do.
  addToOutbox(tablet.disk, {
    conversation: ownConversationId(crypto.sha256, fromHex(account)),
    id: crypto.random(16),
    body: encodeBody({
      kind: "sync",
      items: [encodeSyncItem({ kind: "vaultKeys", keys: [{ epoch: epoch + 1, key: planted }], begins: [] })],
      complete: false,
    }),
    shown: false,
    roster: undefined,
    createdMs: world.clock.nowMs(),
  });
  tablet.crash();
  await tablet.switchOn();
  await world.until("it was heard", () => hasPlanted(ann));
  await remove(world, ann, tablet);
  await ben.say(chat, "only for who is left");
  await world.until("read", () => ann.reads(chat).includes("only for who is left"));
  await world.pass(5 * soonMs);
  const fresh = await world.linkDevice(ann);
  await world.until("it has them", () => fresh.reads(chat).includes("only for who is left"), 180_000);
  await fresh.say(chat, "and so is this");
  await world.pass(5 * soonMs);
  expect(ann.view("vault").waiting + fresh.view("vault").waiting).toBe(0);
  expect(await openedBy(world, account, planted)).toEqual([]);
  expect(hasPlanted(fresh)).toBe(false);
});

/** As a changed client has its device say it to the others. */
function saysKeys(world: World, one: Person, account: string, begins: readonly { epoch: number; at: number }[]): void {
  addToOutbox(one.disk, {
    conversation: ownConversationId(crypto.sha256, fromHex(account)),
    id: crypto.random(16),
    body: encodeBody({
      kind: "sync",
      items: [encodeSyncItem({ kind: "vaultKeys", keys: [], begins: [...begins] })],
      complete: false,
    }),
    shown: false,
    roster: undefined,
    createdMs: world.clock.nowMs(),
  });
}

const beginOf = (one: Person, epoch: number) =>
  one.disk.get<{ at: number }>("SELECT at FROM vault_begins WHERE epoch = ?", epoch)?.at;

test("[VA30] a device that counts names a place that is never reached: the epoch begins where the vault ends, and who was removed writes nothing behind it", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9207);
  const laptop = await world.linkDevice(ann);
  await world.pass(2 * soonMs);
  await remove(world, ann, tablet);
  await ben.say(chat, "the real word");
  await world.pass(3 * soonMs);
  saysKeys(world, laptop, account, [{ epoch: epoch + 1, at: Number.MAX_SAFE_INTEGER }]);
  laptop.crash();
  await laptop.switchOn();
  await world.until("it was heard", () => beginOf(ann, epoch + 1) === Number.MAX_SAFE_INTEGER);
  await ben.say(chat, "and another");
  await world.pass(3 * soonMs);
  await forgeSegment(world, account, { key, by: thief, epoch, held: lies(world, ann, ben, chat) });
  ann.crash();
  await ann.switchOn();
  await world.pass(10 * soonMs);
  expect(beginOf(ann, epoch + 1)).toBeLessThanOrEqual(world.log.features.backup.vault(homeOf(world, account).ref).next);
  expectTruth(ann, chat, "the real word");
});

test("[VA24] a device that is out, and is still heard, does not say where the epoch begins that puts it out", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9208);
  await world.pass(2 * soonMs);
  // Its word is under way while Ann removes it.
  world.network.meddle(ann.device, (frame) => ((frame[0] ?? 0) >= 0xc0 ? [] : [frame]));
  saysKeys(world, tablet, account, [{ epoch: epoch + 1, at: Number.MAX_SAFE_INTEGER }]);
  tablet.crash();
  await tablet.switchOn();
  await world.until("it was said", () => tablet.disk.all("SELECT 1 FROM outbox").length === 0);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await forgeSegment(world, account, { key, by: thief, epoch, held: lies(world, ann, ben, chat) });
  world.network.meddle(ann.device, undefined);
  world.network.breakSockets(ann.device);
  await ben.say(chat, "the real word");
  await world.pass(3 * soonMs);
  ann.crash();
  await ann.switchOn();
  await world.pass(10 * soonMs);
  expectTruth(ann, chat, "the real word");
});

for (const when of ["before", "after"] as const)
  test(`[SY95] a stolen phone's word that all of a friend was heard makes nobody deaf who comes back, read ${when} the friend's first word`, async () => {
    const world = new World({ seed: when === "before" ? 9210 : 9211 });
    const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
    const chat = await world.befriend(ann, ben);
    const { words } = await ann.api.recoveryCard();
    await ben.say(chat, "before");
    await world.until("she reads", () => ann.reads(chat).includes("before"));
    await world.pass(2 * soonMs);
    const { account } = ann;
    const thief = await deviceKeyOf(ann);
    const key = ann.disk.get<{ key: Bytes }>("SELECT key FROM vault_keys")?.key ?? new Uint8Array();
    ann.crash();
    const device = fromHex(ben.view("status").me?.device ?? "") as DeviceId;
    const mark = { conversation: fromHex(chat), device, account: fromHex(ben.account), seq: Number.MAX_SAFE_INTEGER };
    const epoch = epochAt(await listAt(world, account));
    await forgeSegment(world, account, { key, by: thief, epoch, held: { heard: [mark] } });
    await ben.say(chat, "never fetched");
    await world.pass(soonMs);
    const phone = await world.device("Ann");
    if (when === "after") world.network.meddle(phone.device, withoutVault);
    await world.during(phone.api.restoreAccount({ card: words.join(" "), areOthersLost: true }));
    const isRead = () => phone.disk.get("SELECT 1 FROM meta WHERE key = 'heard-before'") === undefined;
    if (when === "before") await world.until("the vault was read", isRead, 300_000);
    await world.until("the chat is back", () => phone.view("conversation", chat)?.state === "open", 300_000);
    await phone.say(chat, "it is me");
    await world.until("Ben reads", () => ben.reads(chat).includes("it is me"), 300_000);
    await ben.say(chat, "welcome back");
    await world.until("it is heard", () => phone.reads(chat).includes("welcome back"), 300_000);
    expect(isRead()).toBe(when === "before");
    world.network.meddle(phone.device, undefined);
    const all = ["before", "never fetched", "it is me", "welcome back"];
    await world.until("all is there", () => all.every((text) => phone.reads(chat).includes(text)), 600_000);
    expect(world.bugs()).toEqual([]);
  });

/** Home answers no question for segments yet. */
function withoutVault(frame: Uint8Array): readonly Uint8Array[] {
  const decoded = decodeServerFrame(frame);
  if (decoded.type !== "result") return [frame];
  try {
    decodeResult("vaultRead", decoded.body);
    return [encodeError(decoded.request, "rate-limited")];
  } catch {
    return [frame]; // It answers something else.
  }
}

test("[VA44] a stolen device that clears a chat in the vault for ever does so up to the next day: what is said after stands there", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9210);
  const clears = [{ conversation: fromHex(chat), upToMs: Number.MAX_SAFE_INTEGER }];
  await forgeSegment(world, account, { key, by: thief, epoch, held: { clears } });
  await restart(world, ann);
  expect(clearedMs(ann)).toBeGreaterThan(0);
  await remove(world, ann, tablet);
  await expectKept(world, ann, ben, chat);
});

test("[VA44] nor does one that an earlier version noted without a bound, once the client starts", async () => {
  const { world, ann, ben, chat, tablet } = await stolenTablet(9211);
  await remove(world, ann, tablet);
  const sql = "INSERT INTO vault_clears (conversation, up_to_ms, told) VALUES (?, ?, 1)";
  ann.disk.run(sql, fromHex(chat), Number.MAX_SAFE_INTEGER);
  await restart(world, ann);
  await expectKept(world, ann, ben, chat);
});

test("[VA44] nor where another device rewrites the segment that says so, under its own name", async () => {
  const { world, ann, ben, chat, tablet, thief, key, epoch, account } = await stolenTablet(9212);
  const { messages = [] } = lies(world, ann, ben, chat);
  const clears = [{ conversation: fromHex(chat), upToMs: Number.MAX_SAFE_INTEGER }];
  await forgeSegment(world, account, { key, by: thief, epoch, held: { clears, messages } });
  await restart(world, ann);
  expect(ann.disk.all("SELECT 1 FROM vault_rewrites")).toEqual([]);
  await remove(world, ann, tablet);
  await expectKept(world, ann, ben, chat);
});

const clearedMs = (one: Person) =>
  one.disk.get<{ up_to_ms: number }>("SELECT up_to_ms FROM vault_clears")?.up_to_ms ?? 0;

/** What is said days later comes to a device that joins, which has it from the vault alone. */
async function expectKept(world: World, ann: Person, ben: Person, chat: string): Promise<void> {
  await world.pass(3 * 86_400_000);
  await ben.say(chat, "days later");
  await world.until("read", () => ann.reads(chat).includes("days later"));
  await world.pass(5 * soonMs);
  const fresh = await world.linkDevice(ann);
  await world.until("it has it", () => fresh.reads(chat).includes("days later"), 300_000);
  expect(clearedMs(fresh)).toBeLessThan(world.clock.nowMs());
  expect(world.bugs()).toEqual([]);
}
