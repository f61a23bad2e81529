/**
 * Cards of links: who invites is seen, with their face, by everybody who has the link, and by nobody else
 * (docs/spec/identity.md ID62).
 */
import { expect, test } from "bun:test";
import type { Hex, Ports } from "@yanshu/client";
import { decodeLinkCard, encodeLinkCard, type LinkCardBody } from "@yanshu/content";
import { createBunCrypto, createMediaCipher } from "@yanshu/mls/bun";
import { type ContactLink, concat, decodeLink, encodeLink, type GroupLink, toHex, utf8 } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { World } from "./world.ts";

const codeBytes = 213; // Of a QR code of version 10 at level M.
const name = "圣路易斯华人基督教会的陈雨 Emily";
const picture = Uint8Array.from({ length: 9_000 }, (_, n) => (n * n) % 251);

function blobsOf(world: World): Map<string, Uint8Array> {
  return world.blobs?.files as Map<string, Uint8Array>;
}

function atHome(world: World): Buffer {
  return Buffer.concat([...blobsOf(world).values()].map((bytes) => Buffer.from(bytes)));
}

test("[ID62] a newcomer sees whole name and face of who invites; home keeps what it cannot read", async () => {
  const world = new World({ seed: 620, files: true });
  const ann = await world.person("Ann");
  await ann.api.setProfile({ name, picture });
  const link = await world.during(ann.api.myLink());
  expect(link.length).toBeLessThanOrEqual(codeBytes);
  const nobody = await world.device("Nobody");
  expect(await nobody.api.readLink(link)).toMatchObject({ kind: "contact", name: "圣路易斯华人…", standing: "new" });
  expect(await world.during(nobody.api.linkCard(link))).toEqual({
    name,
    faces: [{ seal: "圣", pigment: expect.any(Number), picture }],
  });
  const kept = atHome(world);
  expect(kept.length).toBeGreaterThan(picture.length);
  for (const words of [Buffer.from(name), Buffer.from(picture.subarray(0, 16)), Buffer.from("圣路")])
    expect(kept.includes(words)).toBe(false);
  // Shown again it is the same; of another name or face another.
  expect(await world.during(ann.api.myLink())).toBe(link);
  await ann.api.setProfile({ name, picture: picture.toReversed() });
  const other = await world.during(ann.api.myLink());
  expect(other).not.toBe(link);
  expect((await world.during(nobody.api.linkCard(other)))?.faces[0]?.picture).toEqual(picture.toReversed());
  expect(world.bugs()).toEqual([]);
});

test("[ID62] where home has no card, or another one lies there, the link's own name is enough", async () => {
  const world = new World({ seed: 621, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const plain = await world.during(ann.api.myLink());
  // A name that fits, and no picture: nothing to keep.
  expect(await world.during(ben.api.linkCard(plain))).toBeUndefined();
  await ann.api.setProfile({ name: "Ann", picture });
  const link = await world.during(ann.api.myLink());
  for (const bytes of blobsOf(world).values()) bytes[40] = (bytes[40] ?? 0) ^ 1;
  expect(await world.during(ben.api.linkCard(link))).toBeUndefined();
  blobsOf(world).clear();
  expect(await world.during(ben.api.linkCard(link))).toBeUndefined();
  const chat = await world.during(ben.api.requestContact({ link, greeting: "hi", scanned: false }));
  await world.until("Ann is asked", () => ann.view("requests").length === 1);
  expect(ben.view("conversation", chat)?.title).toBe("Ann");
  expect(world.bugs()).toEqual([]);
});

async function linkOf(world: World, owner: Person, group: Hex): Promise<string> {
  await world.during(owner.api.makeGroupLink(group, { days: 7 }));
  await world.until("the link holds", () => owner.view("conversation", group)?.link !== undefined);
  return (await world.during(owner.api.groupLink(group))) ?? "";
}

test("[ID62] [GR26] a group's link is short, shows its members' faces, and leads to every admitter", async () => {
  const world = new World({ seed: 622, files: true });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  await ann.api.setProfile({ name: "Ann", picture });
  const group = await world.group(ann, [ben, cat], name);
  await ann.say(group, "here");
  for (const one of [ben, cat]) await ann.api.setRole(group, one.account, "admin");
  await world.until("all lead", () => [ben, cat].every((one) => one.view("conversation", group)?.may.decide === true));
  const link = await linkOf(world, ann, group);
  expect(link.length).toBeLessThanOrEqual(codeBytes);
  const read = decodeLink(link);
  expect(read?.kind === "group" && read.link.admitters.length).toBe(0);
  const dan = await world.person("Dan");
  const card = await world.during(dan.api.linkCard(link));
  expect(card?.name).toBe(name);
  expect(card?.faces.map(({ seal, picture: face }) => [seal, face?.length])).toEqual([
    ["A", picture.length],
    ["B", undefined],
    ["C", undefined],
  ]);
  world.network.cutOff(ann.device); // The one who showed it is away.
  await dan.api.joinGroup(link);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open");
  expect(world.bugs()).toEqual([]);
});

test("[ID62] a card that home does not have yet is asked for again with the next asking", async () => {
  const world = new World({ seed: 623, files: true });
  const [ann, ben, dan] = [await world.person("Ann"), await world.person("Ben"), await world.person("Dan")];
  const group = await world.group(ann, [ben], "Choir");
  const link = await linkOf(world, ann, group);
  const held = [...blobsOf(world)];
  blobsOf(world).clear();
  await dan.api.joinGroup(link);
  await world.pass(5_000);
  expect(dan.view("conversation", group)).toBeUndefined();
  for (const [id, bytes] of held) blobsOf(world).set(id, bytes);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open", 200_000);
});

test("[ID64] a link's card is fetched once: who looked at it asks without it, and asks again, days later, without it", async () => {
  const world = new World({ seed: 624, files: true });
  const [ann, ben, dan] = [await world.person("Ann"), await world.person("Ben"), await world.person("Dan")];
  const eve = await world.person("Eve");
  const group = await world.group(ann, [ben], "Choir");
  const link = await linkOf(world, ann, group);
  const fetched: string[] = [];
  const { request } = world.network;
  world.network.request = (owner, asked) => {
    if (asked.method === "GET") fetched.push(owner);
    return request.call(world.network, owner, asked);
  };
  world.network.cutOff(ann.device);
  expect(await world.during(dan.api.linkCard(link))).toMatchObject({ name: "Choir" });
  for (const one of [dan, eve]) await one.api.joinGroup(link);
  await world.pass(3_600_000);
  for (const one of [dan, eve]) {
    one.crash();
    await one.switchOn();
  }
  await world.pass(86_400_000);
  expect(fetched.toSorted()).toEqual([dan.device, eve.device]);
  world.network.letBack(ann.device);
  await world.until(
    "both are in",
    () => [dan, eve].every((one) => one.view("conversation", group)?.state === "open"),
    86_400_000,
  );
  expect(fetched).toHaveLength(2);
  expect(world.bugs()).toEqual([]);
}, 30_000);

test("[ID65] who is known from a group is shown by the name that is known, and not by what stands beside a link", async () => {
  const world = new World({ seed: 625, files: true });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(cat, [ann, ben], "Choir");
  await ann.say(group, "here");
  await world.until("Ben knows her", () => ben.reads(group).includes("here"));
  await world.pass(5_000);
  world.network.meddle(ben.device, (frame) => (frame[0] === 0xc0 ? [] : [frame])); // He does not hear of her new name.
  await ann.api.setProfile({ name: "The bank", picture });
  const link = await world.during(ann.api.myLink());
  const stranger = await world.device("Nobody");
  expect(await world.during(stranger.api.linkCard(link))).toMatchObject({ name: "The bank" });
  expect(await world.during(ben.api.linkCard(link))).toBeUndefined();
  expect(await ben.api.readLink(link)).toMatchObject({ name: "Ann" });
}, 30_000);

const { sha256 } = createBunCrypto();
const cipher = createMediaCipher();
const onlyChunk = Uint8Array.from({ length: 12 }, (_, n) => (n === 11 ? 1 : 0));

/** Home, with somebody who has the link, puts something else under the name and the key that follow from it. */
async function swap(world: World, { card }: ContactLink | GroupLink, other: (was: LinkCardBody) => LinkCardBody) {
  const of = (label: string) => sha256(concat(utf8(`${label}\0`), card?.seed ?? new Uint8Array()));
  const id = toHex(of("yanshu link card name v1").slice(0, 16));
  const key = of("yanshu link card key v1");
  const sealed = blobsOf(world).get(id) ?? new Uint8Array();
  const plain = (await cipher.open(key, onlyChunk, sealed)) ?? new Uint8Array();
  const length = 4_096 * (card?.units ?? 0);
  const was = decodeLinkCard(plain.slice(0, length));
  if (was === undefined) throw new Error("no card there");
  const put = new Uint8Array(plain.length);
  put.set(encodeLinkCard(other(was)));
  blobsOf(world).set(id, await cipher.seal(key, onlyChunk, put));
}

function contactIn(text: string): ContactLink {
  const read = decodeLink(text);
  if (read?.kind !== "contact") throw new Error("no contact link");
  return read.link;
}

function groupIn(text: string): GroupLink {
  const read = decodeLink(text);
  if (read?.kind !== "group") throw new Error("no group's link");
  return read.link;
}

test("[ID62] home and somebody who has the link put no other card in its place, and lead nobody elsewhere", async () => {
  let notes = 0; // Deposits (docs/spec/wire.md WI4) of who opens the link.
  const wrapPorts = (ports: Ports, person: Person): Ports => ({
    ...ports,
    connect: (server, events) => {
      const socket = ports.connect(server, events);
      const isNote = (frame: Uint8Array) => person.name === "Dan" && frame[0] === 0x10 && frame[5] === 0;
      const send = (frame: Uint8Array) => {
        if (isNote(frame)) notes++;
        return socket.send(frame);
      };
      return { ...socket, send };
    },
  });
  const world = new World({ seed: 624, files: true, wrapPorts });
  const [ann, ben, dan, eve] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Dan"),
    await world.person("Eve"),
  ];
  await ann.api.setProfile({ name, picture });
  const contact = await world.during(ann.api.myLink());
  expect((await world.during(dan.api.linkCard(contact)))?.name).toBe(name);
  await swap(world, contactIn(contact), (was) => ({ ...was, name: "Eve", faces: [{ seal: "E", pigment: 1 }] }));
  expect(await world.during(dan.api.linkCard(contact))).toBeUndefined();
  expect(await dan.api.readLink(contact)).toMatchObject({ name: "圣路易斯华人…" });

  // The admitter of a group that Eve leads.
  const trap = await world.group(eve, [ben], "Trap");
  await world.during(eve.api.makeGroupLink(trap, { days: 7 }));
  await world.until("the trap is set", () => eve.view("conversation", trap)?.link !== undefined);
  const trapLink = groupIn((await world.during(eve.api.groupLink(trap))) ?? "");
  const group = await world.group(ann, [ben], "Choir");
  const link = await linkOf(world, ann, group);
  let admitters: LinkCardBody["admitters"];
  await swap(world, trapLink, (was) => {
    admitters = was.admitters;
    return was;
  });
  expect(admitters?.length).toBeGreaterThan(0);
  await swap(world, groupIn(link), (was) => ({ ...was, admitters: admitters ?? [] }));
  expect(await world.during(dan.api.linkCard(link))).toBeUndefined();
  await dan.api.joinGroup(link);
  await world.until("Dan is told", () => dan.view("joins")[0]?.standing === "reset");
  await world.pass(200_000);
  expect(notes).toBe(0);
  await dan.api.joinGroup((await world.during(eve.api.groupLink(trap))) ?? ""); // Her own leads to her.
  await world.until("Dan is in", () => dan.view("conversation", trap)?.state === "open");
  expect(notes).toBeGreaterThan(0);
  expect(world.bugs()).toEqual([]);
});

test("[ID62] a card stands beside its own link alone, and a link that was reset has another", async () => {
  const world = new World({ seed: 625, files: true });
  const [ann, ben, dan] = [await world.person("Ann"), await world.person("Ben"), await world.person("Dan")];
  await ann.api.setProfile({ name: "Ann", picture });
  const contact = await world.during(ann.api.myLink());
  const first = contactIn(contact);
  const asBen = { ...first, account: contactIn(await world.during(ben.api.myLink())).account };
  const borrowed = encodeLink(`https://${first.server}`, { kind: "contact", link: asBen });
  expect(await world.during(dan.api.linkCard(borrowed))).toBeUndefined();
  const second = contactIn(await world.during(ann.api.resetLink()));
  expect(second.capability).not.toEqual(first.capability);
  expect(second.card?.seed).not.toEqual(first.card?.seed);

  const group = await world.group(ann, [ben], "Choir");
  const link = await linkOf(world, ann, group);
  expect(await world.during(ann.api.groupLink(group))).toBe(link);
  await world.during(ann.api.makeGroupLink(group, { days: 7 }));
  await world.pass(10_000);
  const [was, is] = [groupIn(link), groupIn((await world.during(ann.api.groupLink(group))) ?? "")];
  expect(is.secret).not.toEqual(was.secret);
  expect(is.card?.seed).not.toEqual(was.card?.seed);
  expect(world.bugs()).toEqual([]);
});

test("[ID62] a card that was looked at beside its own link leads nobody by another", async () => {
  const world = new World({ seed: 627, files: true });
  const [ann, ben, dan, eve] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Dan"),
    await world.person("Eve"),
  ];
  const link = await linkOf(world, ann, await world.group(ann, [ben], "Choir"));
  const trap = await linkOf(world, eve, await world.group(eve, [ben], "Trap"));
  expect(await world.during(dan.api.linkCard(trap))).toBeDefined();
  const { card } = groupIn(trap);
  const { card: _, ...own } = groupIn(link);
  const mixed = { ...own, admitters: [], ...(card && { card }) };
  await dan.api.joinGroup(encodeLink(`https://${mixed.server}`, { kind: "group", link: mixed }));
  await world.until("Dan is told", () => dan.view("joins")[0]?.standing === "reset");
  expect(world.bugs()).toEqual([]);
});

test("[ID62] a link that was renewed while home stored its card goes without it", async () => {
  let [isHeld, isAsked] = [false, false];
  let release = () => {};
  const wrapPorts = (ports: Ports): Ports => {
    const { media } = ports;
    if (media === undefined) return ports;
    const request: typeof media.request = async (server, what) => {
      if (isHeld && what.method === "PUT") {
        isAsked = true;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      return media.request(server, what);
    };
    return { ...ports, media: { ...media, request } };
  };
  const world = new World({ seed: 626, files: true, wrapPorts });
  const [ann, ben, dan] = [await world.person("Ann"), await world.person("Ben"), await world.person("Dan")];
  const group = await world.group(ann, [ben], "Choir");
  const old = groupIn(await linkOf(world, ann, group));
  isHeld = true;
  await ann.api.setRole(group, ben.account, "admin"); // Another admitter: another card.
  await world.pass(20_000);
  const shown = ann.api.groupLink(group);
  await world.until("home is storing", () => isAsked);
  await world.during(ann.api.makeGroupLink(group, { days: 1 }));
  await world.until(
    "it is renewed",
    () => (ann.view("conversation", group)?.link?.expiresMs ?? Infinity) < world.clock.nowMs() + 2 * 86_400_000,
  );
  isHeld = false;
  release();
  const link = (await world.during(shown)) ?? "";
  const read = groupIn(link);
  expect(read.secret).not.toEqual(old.secret);
  expect([read.card, read.admitters.length > 0]).toEqual([undefined, true]);
  await dan.api.joinGroup(link);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open");
  expect(world.bugs()).toEqual([]);
});

test("[ID62] a link is of its kind, whatever card it names", () => {
  const seed = new Uint8Array(16);
  const server = "yan.example";
  const contact = { account: new Uint8Array(32), server, capability: seed, name: "Ann", card: { seed, units: 3 } };
  expect(decodeLink(encodeLink("https://yan.example", { kind: "contact", link: contact }))?.link).toEqual(contact);
  expect(() =>
    encodeLink("https://yan.example", { kind: "contact", link: { ...contact, card: { seed, units: 33 } } }),
  ).toThrow();
});
