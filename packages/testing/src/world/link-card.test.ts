/** Cards of links: who invites is seen, with their face, by whoever has the link, and by nobody else (docs/spec/identity.md ID62). */
import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { decodeLink, encodeLink } from "@yanshu/wire";
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
  expect(await world.during(ben.api.linkCard(plain))).toBeUndefined(); // A name that fits, and no picture: nothing to keep.
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

test("[ID62] [GR26] a group's link is short, shows its members' faces, and leads to every door", async () => {
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
  expect(read?.kind === "group" && read.link.doors.length).toBe(0);
  const dan = await world.person("Dan");
  const card = await world.during(dan.api.linkCard(link));
  expect(card?.name).toBe(name);
  expect(card?.faces.map(({ seal, picture: face }) => [seal, face?.length])).toEqual([
    ["A", picture.length],
    ["B", undefined],
    ["C", undefined],
  ]);
  world.network.cutOff(ann.device); // Whoever showed it is away.
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

test("[ID62] a link is of its kind, whatever card it names", () => {
  const seed = new Uint8Array(16);
  const server = "yan.example";
  const contact = { account: new Uint8Array(32), server, capability: seed, name: "Ann", card: { seed, units: 3 } };
  expect(decodeLink(encodeLink("https://yan.example", { kind: "contact", link: contact }))?.link).toEqual(contact);
  expect(() =>
    encodeLink("https://yan.example", { kind: "contact", link: { ...contact, card: { seed, units: 33 } } }),
  ).toThrow();
});
