/** Who asks to be let in with what is not theirs to show (docs/spec/groups.md GR22.3, GR26). */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { NoteOf } from "@yanshu/content";
import { type Bytes, ByteWriter, concat, decodeLink, fromHex, utf8 } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { doorOf, type Stranger, stranger, throwNotes } from "../world/strangers.ts";
import { groupOf, healNote } from "../world/turned.ts";
import { crypto, deviceKeyOf } from "./evil-home.ts";

setDefaultTimeout(90_000);

type Heal = NoteOf<"heal">;
type Join = NoteOf<"join">;

function packageOn({ disk }: Person): Bytes {
  const row = disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = 0");
  if (row === undefined) throw new Error("no package");
  return row.bytes;
}

/** As the device would sign it that `by` holds the key of. */
async function signedHeal(by: Person, said: Omit<Heal, "signature">): Promise<Heal> {
  const { conversation, reason, founding, epoch, askedMs, device, keyPackage } = said;
  const numbers = new ByteWriter(17).u8(reason).u32(founding).u32(epoch).u53(askedMs).finish();
  const signed = concat(utf8("yanshu heal v3\0"), conversation, numbers, device, keyPackage);
  return { ...said, signature: await crypto.sign((await deviceKeyOf(by)).privateKey, signed) };
}

test("[GR22] a device is let in again by its own signature, with a package of its own that says whose place it takes", async () => {
  const world = new World({ seed: 9701 });
  const [ann, mal, cat] = [await world.person("Ann"), await world.person("Mal"), await world.person("Cat")];
  const tablet = await world.linkDevice(mal);
  const board = await world.group(ann, [mal], "Board");
  await world.until("both are in", () => tablet.view("conversation", board)?.state === "open");
  await world.pass(180_000);
  const door = await doorIn(ann, board);
  const group = await groupOf(mal, board);
  const told = world.clock.nowMs();
  const honest = (await healNote(mal, group, told)) as Heal;
  const other = fromHex(tablet.view("status").me?.device ?? "");
  const lies: readonly Heal[] = [
    { ...honest, signature: honest.signature.map((byte) => byte ^ 1) },
    await signedHeal(cat, honest),
    await signedHeal(mal, { ...honest, device: crypto.random(32) }),
    await signedHeal(mal, { ...honest, keyPackage: packageOn(cat) }),
    await signedHeal(mal, { ...honest, keyPackage: packageOn(tablet) }),
    await signedHeal(mal, { ...honest, keyPackage: packageOn(mal) }),
    await signedHeal(mal, { ...honest, device: other }),
    await signedHeal(mal, { ...honest, askedMs: told - 3 * 86_400_000 }),
  ];
  const before = (await groupOf(ann, board)).epoch;
  for (const [i, lie] of lies.entries()) {
    await throwNotes(world, door, [lie]);
    await world.pass(40_000);
    expect([i, ann.client.diagnostics()["heal-refused"]]).toEqual([i, i + 1]);
  }
  expect((await groupOf(ann, board)).epoch).toBe(before);
  await throwNotes(world, door, [honest]);
  await world.pass(40_000);
  expect(ann.client.diagnostics()["heal-refused"]).toBe(lies.length);
  expect((await groupOf(ann, board)).epoch).toBeGreaterThan(before);
});

async function doorIn(person: Person, conversation: string) {
  const { members, ownLeaf } = await groupOf(person, conversation);
  const door = members.find(({ leaf }) => leaf === ownLeaf);
  if (door === undefined) throw new Error("they are in it");
  return door;
}

async function askedBy(by: Stranger, secret: Bytes, askedMs: number, keyPackages: readonly Bytes[], change = {}) {
  const { history, device } = by;
  const said = { secret, name: "Somebody", askedMs, history, device, keyPackages, ...change };
  const hashes = [utf8(said.name), ...said.keyPackages].map(crypto.sha256);
  const asked = new ByteWriter(8).u53(askedMs).finish();
  const signature = await by.sign(concat(utf8("yanshu join v1\0"), secret, asked, said.device, ...hashes));
  return { kind: "join", ...said, signature } as Join;
}

test("[GR26] who asks by a link shows packages of devices that their own list names, and signs by one of these", async () => {
  const world = new World({ seed: 9702 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const board = await world.group(ann, [ben], "Board");
  await world.during(ann.api.makeGroupLink(board, { days: 7 }));
  await world.pass(10_000);
  const read = decodeLink((await world.during(ann.api.groupLink(board))) ?? "");
  if (read?.kind !== "group") throw new Error("no link");
  const { secret } = read.link;
  const [one, other] = [await stranger(), await stranger()];
  const now = world.clock.nowMs();
  const [own, foreign] = [await one.keyPackage(now), await other.keyPackage(now)];
  const door = await doorOf(world, ann);
  const honest = await askedBy(one, secret, now, [own]);
  const lies = [
    { ...honest, signature: honest.signature.map((byte) => byte ^ 1) },
    await askedBy(other, secret, now, [own], { history: one.history, device: one.device }),
    await askedBy(one, secret, now, [own], { device: other.device }),
    await askedBy(one, secret, now, [own, foreign]),
    await askedBy(one, secret, now, [foreign]),
    await askedBy(one, secret, now, [crypto.random(300)]),
    await askedBy(one, secret, now, [own], { history: { ...one.history, entries: [Uint8Array.of(1)] } }),
  ];
  for (const [i, lie] of lies.entries()) {
    await throwNotes(world, door, [lie]);
    await world.pass(5_000);
    expect([i, ann.client.diagnostics()["join-refused"]]).toEqual([i, i + 1]);
  }
  expect(ann.view("conversation", board)?.members).toHaveLength(2);
  await throwNotes(world, door, [honest]);
  await world.until("they are in", () => ann.view("conversation", board)?.members.length === 3);
});
