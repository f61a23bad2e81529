/**
 * Floods in a world: who knows an address posts noise to it, and its owner takes another (docs/spec/delivery.md DS37).
 */
import { expect, test } from "bun:test";
import type { Note } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Address,
  type Bytes,
  concat,
  encodeParts,
  fromHex,
  gateBytes,
  gateIdOf,
  listHashOf,
  postHashOf,
  toHex,
  tokenHashOf,
} from "@yanshu/wire";
import { postInTheDark } from "./dark.ts";
import type { Person } from "./person.ts";
import { recipientOf, stranger, throwNotes, throwWelcome } from "./strangers.ts";
import { World } from "./world.ts";

const enough = 55;
const byNumber = (a: number, b: number) => a - b;

function leafOf(person: Person, conversation: string): { address: Address; epoch: number } {
  const row = person.disk.get<{ address: Uint8Array; epoch: number }>(
    "SELECT address, epoch FROM groups JOIN conversations USING (group_id) WHERE conversations.conversation = ?",
    fromHex(conversation),
  );
  if (row === undefined) throw new Error("no group");
  return row;
}

const isAtHome = (world: World, address: Address) => world.log.accounts.addressDevice(address) !== undefined;

/** Sealed to nobody. */
function throwNoise(world: World, address: Address, times: number): void {
  const posts = Array.from({ length: times }, () => ({
    header: { mode: "deposit" as const },
    parts: encodeParts([
      { target: { kind: "address", address }, envelope: concat(Uint8Array.of(1), world.chance.bytes(200)) },
    ]),
  }));
  postInTheDark(world, "Eve in the dark", [address], posts);
}

/** Through a gate of Eve's own, to a list that names one other address besides. */
async function throwAtList(world: World, address: Address, times: number): Promise<void> {
  const crypto = createBunCrypto({ random: world.chance.bytes });
  const founding = await crypto.signatureKeyPair(world.chance.bytes(32));
  const addresses = [address, world.chance.bytes(16)];
  const gate = gateIdOf(crypto.sha256, founding.publicKey);
  const token = world.chance.bytes(16);
  const target = { kind: "list" as const, list: listHashOf(crypto.sha256, addresses) };
  const noise = (): Bytes =>
    encodeParts([{ target, envelope: concat(Uint8Array.of(0), world.chance.bytes(16 + 12 + 200)) }]);
  const first = noise();
  const unsigned = {
    mode: "create" as const,
    gate,
    foundingKey: founding.publicKey,
    nextPostKey: founding.publicKey,
    nextTokenHash: tokenHashOf(crypto.sha256, token),
    signature: new Uint8Array(64),
  };
  const signature = await crypto.sign(founding.privateKey, gateBytes(unsigned, postHashOf(crypto.sha256, first)));
  postInTheDark(world, "Eve in the dark", addresses, [
    { header: { ...unsigned, signature }, parts: first },
    ...Array.from({ length: times - 1 }, () => ({
      header: { mode: "application" as const, gate, epoch: 1, token },
      parts: noise(),
    })),
  ]);
}

for (const how of ["notes", "a list"] as const)
  test(`[DS37] a leaf that is flooded with ${how} gets another address, and nothing that was said meanwhile is lost`, async () => {
    const world = new World({ seed: 91 });
    const [ann, ben, eve] = [await world.person("Ann"), await world.person("Ben"), await world.person("Eve")];
    const group = await world.group(ann, [ben, eve], "Party");
    const { address } = leafOf(ben, group);
    await ann.api.removeMember(group, eve.account);
    await world.until("Eve is out", () => ben.view("conversation", group)?.members.length === 2);
    const before = leafOf(ben, group).epoch;
    expect(leafOf(ben, group).address).toEqual(address);
    if (how === "notes") throwNoise(world, address, enough);
    else await throwAtList(world, address, enough);
    const said: string[] = [];
    for (let i = 0; i < 40; i++) {
      said.push(`line ${i}`);
      await ann.say(group, `line ${i}`);
      await world.pass(25);
    }
    await world.until("Ben has another address", () => leafOf(ben, group).epoch === before + 1);
    await world.until("Ben reads all", () => ben.reads(group).length === said.length);
    expect(ben.reads(group)).toEqual(said);
    const fresh = leafOf(ben, group).address;
    expect(fresh).not.toEqual(address);
    expect([isAtHome(world, fresh), isAtHome(world, address)]).toEqual([true, true]);
    await world.pass(11 * 60_000);
    expect([isAtHome(world, fresh), isAtHome(world, address)]).toEqual([true, false]);
    expect(ben.client.diagnostics()["flooded"]).toBe(1);
    // What Eve throws now reaches nobody, and what it threw before takes no room.
    let pushed = 0;
    world.network.meddle(ben.device, (frame) => {
      if (frame[0] === 0xc0) pushed++;
      return [frame];
    });
    throwNoise(world, address, enough);
    await world.pass(5_000);
    expect(pushed).toBe(0);
    const kept = ben.disk.get<{ n: number }>("SELECT count(*) AS n FROM waiting")?.n ?? 0;
    expect(kept).toBeLessThanOrEqual(1); // A creating post may be a Welcome.
    await ann.say(group, "peace");
    await world.until("Ben reads", () => ben.reads(group).includes("peace"));
    expect(world.bugs()).toEqual([]);
  });

test("[DS37] fifty an hour are borne, and what comes through the gate of one's own group does not count", async () => {
  const world = new World({ seed: 92 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const leaf = leafOf(ben, chat);
  for (let hour = 0; hour < 3; hour++) {
    throwNoise(world, leaf.address, 50);
    await world.pass(3_601_000);
  }
  for (let i = 0; i < 60; i++) await ann.say(chat, `line ${i}`);
  await world.until("Ben reads all", () => ben.reads(chat).includes("line 59"));
  await world.pass(120_000);
  expect(leafOf(ben, chat)).toEqual(leaf);
  expect(ben.client.diagnostics()["flooded"]).toBeUndefined();
});

test("[DS37] a key package whose address is flooded is replaced, and its owner can be asked as before", async () => {
  const world = new World({ seed: 95 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const packages = () =>
    ben.disk.all<{ address: Uint8Array; last_resort: number }>(
      "SELECT key_packages.address, last_resort FROM key_packages JOIN addresses USING (address) WHERE published = 1 AND retire_ms IS NULL ORDER BY key_packages.address",
    );
  const before = packages();
  const flooded = [0, 1].map((kind) => before.find((one) => one.last_resort === kind)?.address ?? new Uint8Array());
  for (const address of flooded) throwNoise(world, address, enough);
  await world.pass(5_000);
  await world.pass(25 * 60_000);
  expect(flooded.map((address) => isAtHome(world, address))).toEqual([false, false]);
  const after = packages();
  expect(after.map((one) => one.last_resort).toSorted(byNumber)).toEqual(
    before.map((one) => one.last_resort).toSorted(byNumber),
  );
  const gone = new Set(flooded.map(toHex));
  expect(after.some((one) => gone.has(toHex(one.address)))).toBe(false);
  await world.befriend(ann, ben);
  expect(world.bugs()).toEqual([]);
});

test("[DS37] [GR22.10] notes of strangers leave nothing behind, and their address goes like any that is flooded", async () => {
  const world = new World({ seed: 94 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ben, ann);
  const board = await world.group(ann, [ben], "Board");
  const recipient = await recipientOf(world, ann);
  const count = () => ann.disk.get<{ n: number }>("SELECT count(*) AS n FROM accounts")?.n;
  const before = count();
  const { history, device } = await stranger();
  const claim = { history, device, signature: new Uint8Array(64), askedMs: world.clock.nowMs() };
  const conversations = [fromHex(chat), fromHex(board)];
  const notes = Array.from({ length: 54 }, (_, i): Note => {
    const conversation = conversations[i % 2] ?? new Uint8Array(32);
    const [founding, keyPackage, gate] = [1, new Uint8Array(300), new Uint8Array(32)];
    if (i % 3 === 0) return { kind: "resync", conversation, reason: 1, founding, epoch: 1, keyPackage, ...claim };
    if (i % 3 === 1) return { kind: "notAMember", conversation, founding, gate, reader: new Uint8Array(32), ...claim };
    return { kind: "join", secret: new Uint8Array(16), name: "Eve", keyPackages: [keyPackage], ...claim };
  });
  await throwNotes(world, recipient, notes);
  await world.pass(5_000);
  expect(count()).toBe(before);
  const { flooded, ...refused } = ann.client.diagnostics();
  expect([refused["resync-refused"], refused["not-a-member-refused"], refused["join-refused"]]).toEqual([18, 18, 18]);
  expect(flooded).toBe(1);
  await world.pass(11 * 60_000);
  expect(isAtHome(world, recipient.address)).toBe(false);
  expect(world.bugs()).toEqual([]);
});

test("[GR18.1] [DS37] of a Welcome that lets nobody in nothing is kept, and its halves count", async () => {
  const world = new World({ seed: 95 });
  const ann = await world.person("Ann");
  const recipient = await recipientOf(world, ann);
  const histories = [(await stranger()).history, (await stranger()).history];
  for (let i = 0; i < 30; i++) await throwWelcome(world, recipient, histories);
  await world.pass(5_000);
  expect(ann.disk.get<{ n: number }>("SELECT count(*) AS n FROM accounts")?.n).toBe(1);
  expect(ann.client.diagnostics()["welcome-refused"]).toBeGreaterThan(0);
  expect(ann.client.diagnostics()["flooded"]).toBe(1);
  await world.pass(11 * 60_000);
  expect(isAtHome(world, recipient.address)).toBe(false);
  expect(world.bugs()).toEqual([]);
});
