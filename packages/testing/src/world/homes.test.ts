/**
 * Where an account is, when a device of it was stolen: the thief tells home that the account has moved, and who
 * revokes the device is found again (docs/spec/homes.md).
 */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Bytes,
  encodeCall,
  encodeHomeRecord,
  fromHex,
  homeRecordBytes,
  nextHomeBody,
  openHomeRecord,
  restoreList,
} from "@yanshu/wire";
import { type Person, World } from "../index.ts";

const crypto = createBunCrypto({ random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) });
const evil = "evil.example";

/** A world in which a device's own lines can be spoken on beside its program, as a thief's program would. */
function worldWithLines(seed: number) {
  const lines = new Map<Person, { readonly send: (frame: Bytes) => void }[]>();
  const world = new World({
    seed,
    wrapPorts: (ports, person) => ({
      ...ports,
      connect: (server, events) => {
        const socket = ports.connect(server, events);
        lines.set(person, [...(lines.get(person) ?? []), socket]);
        return socket;
      },
    }),
  });
  /** On the line that is signed in; on the other home refuses it. */
  const say = (person: Person, record: Bytes) => {
    for (const line of lines.get(person) ?? []) line.send(encodeCall(0x7fff_0000, "sayHome", { record }));
  };
  return { world, say };
}

/** What home was told, and by it the list as it stands there. */
function toldAt(world: World, person: Person) {
  const { accounts, features } = world.log;
  const row = accounts.find(fromHex(person.account));
  if (row === undefined) throw new Error("no account");
  const list = restoreList(crypto, row.inception, accounts.entries(row.ref, 0));
  if (list === undefined) throw new Error("no list");
  const { record } = features.homes.of(row.ref) ?? {};
  return { list, record: record && openHomeRecord(record) };
}

async function stolenRecord(world: World, stolen: Person): Promise<Bytes> {
  const seed = stolen.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  if (seed === undefined) throw new Error("nothing to steal");
  const key = await crypto.signatureKeyPair(seed);
  const { list, record } = toldAt(world, stolen);
  const body = nextHomeBody(list, record, { homes: [evil, "yan.test"] }, key.publicKey);
  return encodeHomeRecord(body, await crypto.sign(key.privateKey, homeRecordBytes(body)));
}

const homesAt = (world: World, person: Person) => toldAt(world, person).record?.body.homes;

test("[HM7] [HM30] [HM38] a stolen device moves the account: who revokes it is found at home again, and the thief's record counts no more", async () => {
  const { world, say } = worldWithLines(930);
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  const theft = await stolenRecord(world, tablet);
  say(tablet, theft);
  await world.until("home was told", () => homesAt(world, ann)?.[0] === evil);
  // For three days nobody is sent away by it (HM38).
  const chat = await world.befriend(ben, ann);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("Ann said where she is", () => homesAt(world, ann)?.[0] === "yan.test");
  expect(homesAt(world, ann)).toEqual(["yan.test"]);
  say(tablet, theft);
  await world.pass(5_000);
  expect(homesAt(world, ann)).toEqual(["yan.test"]);
  const cat = await world.person("Cat");
  const later = await world.befriend(cat, ann);
  for (const [person, at] of [
    [ben, chat],
    [cat, later],
  ] as const) {
    await person.say(at, "found you");
    await world.until("Ann reads", () => ann.reads(at).includes("found you"));
  }
  expect(world.bugs()).toEqual([]);
});

test("[HM30] what a device said that is still listed stays so when another is revoked", async () => {
  const { world, say } = worldWithLines(931);
  const ann = await world.person("Ann");
  const [laptop, tablet] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await world.until("each knows of all", () => [ann, laptop, tablet].every((one) => one.view("devices").length === 3));
  say(laptop, await stolenRecord(world, laptop));
  await world.until("home was told", () => homesAt(world, ann)?.[0] === evil);
  const before = toldAt(world, ann).record?.body.n;
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("Ann said it on the new list", () => toldAt(world, ann).record?.body.n === (before ?? 0) + 1);
  expect(homesAt(world, ann)).toEqual([evil, "yan.test"]);
  expect(world.bugs()).toEqual([]);
});

test("[HM31] who revokes a device, and never hears that home took it, says the homes all the same", async () => {
  const { world, say } = worldWithLines(932);
  const ann = await world.person("Ann");
  const tablet = await world.linkDevice(ann);
  say(tablet, await stolenRecord(world, tablet));
  await world.until("home was told", () => homesAt(world, ann)?.[0] === evil);
  const entries = () => toldAt(world, ann).list.entries.length;
  const before = entries();
  world.network.meddle(ann.device, (frame) => (entries() > before ? [] : [frame]));
  void ann.api.revokeDevice(tablet.view("status").me?.device ?? "").catch(() => undefined);
  await world.until("home took the entry", () => entries() > before);
  await world.pass(1_000);
  ann.crash();
  world.network.meddle(ann.device, undefined);
  await ann.switchOn();
  await world.until("Ann said where she is", () => homesAt(world, ann)?.[0] === "yan.test");
  expect(ann.view("devices").length).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[HM32] at a home whose name is none for a record, who revoked a device signs in and is written to as before", async () => {
  const domain = "my_home:8443";
  const world = new World({ seed: 933, config: { domain }, wrapPorts: (ports) => ({ ...ports, server: domain }) });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  ann.crash();
  await ann.switchOn();
  const chat = await world.befriend(ben, ann);
  await ann.say(chat, "here");
  await world.until("Ben reads", () => ben.reads(chat).includes("here"));
  expect(world.bugs()).toEqual([]);
});

test("[HM32] a device that cannot say the homes signs in and has packages all the same", async () => {
  let isBroken = false;
  const word = new TextEncoder().encode("yanshu home record v1");
  const world = new World({
    seed: 934,
    wrapPorts: (ports) => ({
      ...ports,
      crypto: {
        ...ports.crypto,
        sign: async (key, bytes) => {
          if (isBroken && bytes.slice(0, word.length).join() === word.join()) throw new Error("no signature");
          return ports.crypto.sign(key, bytes);
        },
      },
    }),
  });
  const ann = await world.person("Ann");
  const [laptop, tablet] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await world.until("each knows of all", () => [ann, laptop, tablet].every((one) => one.view("devices").length === 3));
  isBroken = true;
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  ann.crash();
  await world.pass(5_000);
  const kept = () => ann.disk.get<{ n: number }>("SELECT count(*) AS n FROM key_packages")?.n ?? 0;
  ann.disk.run("DELETE FROM key_packages");
  await ann.switchOn();
  await world.until("it has packages", () => kept() > 0);
  expect(new Set(world.bugs().map(String))).toEqual(new Set(["Error: no signature"]));
});
