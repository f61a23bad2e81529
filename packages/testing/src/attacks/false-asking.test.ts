/** Who asks to be let in with what is not theirs to show (docs/spec/groups.md GR22.3, GR26). */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { NoteOf } from "@yanshu/content";
import { writeContact } from "@yanshu/store";
import {
  type Bytes,
  ByteWriter,
  concat,
  decodeClientFrame,
  decodeLink,
  equalBytes,
  fromHex,
  historyOf,
  utf8,
} from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { jobsOf } from "../world/rows.ts";
import { recipientOf, type Stranger, stranger, throwNotes } from "../world/strangers.ts";
import { conversationRow, groupOf, resyncNote } from "../world/turned.ts";
import { entryBy, listAt } from "./accounts.ts";
import { crypto, deviceKeyOf } from "./evil-home.ts";

setDefaultTimeout(90_000);

type ResyncRequest = NoteOf<"resync">;
type Join = NoteOf<"join">;

function packageOn({ disk }: Person): Bytes {
  const row = disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = 0");
  if (row === undefined) throw new Error("no package");
  return row.bytes;
}

/** As the device would sign it that `by` holds the key of. */
async function signedResync(by: Person, said: Omit<ResyncRequest, "signature">): Promise<ResyncRequest> {
  const { conversation, reason, founding, epoch, askedMs, device, keyPackage } = said;
  const numbers = new ByteWriter(17).u8(reason).u32(founding).u32(epoch).u53(askedMs).finish();
  const signed = concat(utf8("yanshu resync v1\0"), conversation, numbers, device, keyPackage);
  return { ...said, signature: await crypto.sign((await deviceKeyOf(by)).privateKey, signed) };
}

test("[GR22] a device is let in again by its own signature, with a package of its own that says whose place it takes", async () => {
  const world = new World({ seed: 9701 });
  const [ann, mal, cat] = [await world.person("Ann"), await world.person("Mal"), await world.person("Cat")];
  const tablet = await world.linkDevice(mal);
  const board = await world.group(ann, [mal], "Board");
  await world.until("both are in", () => tablet.view("conversation", board)?.state === "open");
  await world.pass(180_000);
  const recipient = await recipientIn(ann, board);
  const group = await groupOf(mal, board);
  const told = world.clock.nowMs();
  const honest = (await resyncNote(mal, group, told)) as ResyncRequest;
  const other = fromHex(tablet.view("status").me?.device ?? "");
  const lies: readonly ResyncRequest[] = [
    { ...honest, signature: honest.signature.map((byte) => byte ^ 1) },
    await signedResync(cat, honest),
    await signedResync(mal, { ...honest, device: crypto.random(32) }),
    await signedResync(mal, { ...honest, keyPackage: packageOn(cat) }),
    await signedResync(mal, { ...honest, keyPackage: packageOn(tablet) }),
    await signedResync(mal, { ...honest, keyPackage: packageOn(mal) }),
    await signedResync(mal, { ...honest, device: other }),
    await signedResync(mal, { ...honest, askedMs: told - 3 * 86_400_000 }),
  ];
  const before = (await groupOf(ann, board)).epoch;
  for (const [i, lie] of lies.entries()) {
    await throwNotes(world, recipient, [lie]);
    await world.pass(40_000);
    expect([i, ann.client.diagnostics()["resync-refused"]]).toEqual([i, i + 1]);
  }
  expect((await groupOf(ann, board)).epoch).toBe(before);
  await throwNotes(world, recipient, [honest]);
  await world.pass(40_000);
  expect(ann.client.diagnostics()["resync-refused"]).toBe(lies.length);
  expect((await groupOf(ann, board)).epoch).toBeGreaterThan(before);
});

/** Ann leads, Ben and Mal are in it; Mal's device is off, and what is said in its name comes from elsewhere. */
async function boardWithoutMal(seed: number) {
  const world = new World({ seed });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const board = await world.group(ann, [ben, mal], "Board");
  await world.pass(180_000);
  world.network.cutOff(mal.device);
  /** As Mal's device asks, of whom somebody holds the group. */
  const asks = async (by: Person, change: Partial<ResyncRequest> = {}) => {
    const group = await groupOf(by, board);
    const device = fromHex(mal.view("status").me?.device ?? "");
    const ownLeaf = group.members.find((member) => equalBytes(member.device, device))?.leaf ?? -1;
    return signedResync(mal, {
      ...((await resyncNote(mal, { ...group, ownLeaf }, world.clock.nowMs())) as ResyncRequest),
      ...change,
    });
  };
  const founding = (person: Person) => conversationRow(person, board).founding;
  const epoch = async (person: Person) => (await groupOf(person, board)).epoch;
  const throwAt = async (person: Person, note: NoteOf<"resync">) => {
    await throwNotes(world, await recipientIn(person, board), [note]);
    await world.pass(45_000);
  };
  return { world, ann, ben, mal, board, asks, founding, epoch, throwAt };
}

const gateDenies = 2;

test("[GR22] who asks from a later group is let in by nobody of this one, and a device of a list that is in dispute by nobody at all", async () => {
  const { world, ann, mal, asks, epoch, throwAt } = await boardWithoutMal(9703);
  const before = await epoch(ann);
  await throwAt(ann, await asks(ann, { founding: 2 }));
  expect([await epoch(ann), ann.client.diagnostics()["resync-refused"] ?? 0]).toEqual([before, 0]);
  const [list, key] = [await listAt(world, mal.account), await deviceKeyOf(mal)];
  const rivals = [await entryBy(list, key), await entryBy(list, key, [key.publicKey, crypto.random(32)])];
  const { history } = await asks(ann);
  await throwAt(ann, await asks(ann, { history: { ...history, entries: [...history.entries, ...rivals] } }));
  expect(ann.client.diagnostics()["resync-refused"]).toBe(1);
});

test("[GR58] [GR71] a member calls another to a group that is founded anew once an hour, and no more", async () => {
  const { ben, asks, throwAt } = await boardWithoutMal(9706);
  const stopped = () => ben.client.diagnostics()["resync-called"];
  for (let i = 0; i < 3; i++) {
    await throwAt(ben, await asks(ben, { reason: 8, founding: 2 }));
    expect([i, stopped()]).toEqual([i, 1]);
  }
});

test("[GR77] a member who calls others to a group that is none stops theirs for minutes, also while nobody who leads is there", async () => {
  const { world, ann, ben, board, asks, founding, throwAt } = await boardWithoutMal(9713);
  const cat = await world.person("Cat");
  await world.befriend(ann, cat);
  await ann.api.addMembers(board, [cat.account]);
  await world.until("Cat is in it", () => cat.view("conversation", board)?.state === "open");
  await world.pass(180_000);
  ann.crash();
  for (const one of [ben, cat]) await throwAt(one, await asks(one, { reason: 8, founding: 2 }));
  expect([ben, cat].map((one) => one.client.diagnostics()["resync-called"])).toEqual([1, 1]);
  await ben.say(board, "nobody is missing");
  await world.until("Cat reads", () => cat.reads(board).includes("nobody is missing"), 300_000);
  expect([ben, cat].map(founding)).toEqual([1, 1]);
});

test("[GR22] a group is founded anew at a device's wish by who may, for this group, and once an hour", async () => {
  for (const [seed, asked, of, comes] of [
    [9704, "Ann", 1, 2],
    [9705, "Ben", 1, 1], // He leads nothing: the leaf is replaced.
    [9706, "Ann", 0, 1], // Of the group before.
  ] as const) {
    const { ann, ben, asks, founding, epoch, throwAt } = await boardWithoutMal(seed);
    const person = asked === "Ann" ? ann : ben;
    const before = await epoch(person);
    await throwAt(person, await asks(person, { reason: gateDenies, founding: of }));
    expect([seed, founding(person)]).toEqual([seed, comes]);
    if (comes === 1) {
      expect([seed, await epoch(person)]).toEqual([seed, before + 1]);
      continue;
    }
    await throwAt(person, await asks(person, { reason: gateDenies, founding: 2 }));
    expect([seed, founding(person)]).toEqual([seed, 2]);
  }
});

test("[GR28] [GR22] who asks to be let in to a group that has ended is told so, and let in by nobody", async () => {
  const { world, ann, ben, mal, board, asks, throwAt } = await boardWithoutMal(9707);
  const note = await asks(ann);
  await ann.api.dissolveGroup(board);
  await world.until("it has ended", () => ben.view("conversation", board)?.state === "dissolved");
  let told = 0;
  world.network.overhear = (_connection, owner, frame) => {
    const decoded = owner === ann.device ? decodeClientFrame(frame) : undefined;
    if (decoded?.type === "post" && decoded.post.header.mode === "deposit") told++;
  };
  // Also of one who came back elsewhere, and was waited for.
  ann.disk.run("INSERT INTO strayed (conversation, account) VALUES (?, ?)", fromHex(board), fromHex(mal.account));
  await throwAt(ann, note);
  expect([told, jobsOf(ann, board)]).toEqual([1, []]);
});

/** Somebody's device, as who has its disk would use it. */
async function asStranger(world: World, person: Person): Promise<Stranger> {
  const deviceKey = await deviceKeyOf(person);
  return {
    account: fromHex(person.account),
    device: fromHex(person.view("status").me?.device ?? ""),
    deviceKey,
    history: historyOf(await listAt(world, person.account)),
    keyPackage: async () => packageOn(person),
    sign: (message) => crypto.sign(deviceKey.privateKey, message),
  };
}

/** A link's secret, somebody who asks by it, and who it leads to. */
async function linkedBoard(seed: number) {
  const world = new World({ seed });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const board = await world.group(ann, [ben], "Board");
  await world.during(ann.api.makeGroupLink(board, { days: 7 }));
  await world.until("Ben knows", () => ben.view("conversation", board)?.link !== undefined);
  const read = decodeLink((await world.during(ann.api.groupLink(board))) ?? "");
  if (read?.kind !== "group") throw new Error("no link");
  const one = await stranger();
  const asks = async (by: Stranger = one) =>
    askedBy(by, read.link.secret, world.clock.nowMs(), [await by.keyPackage(world.clock.nowMs())]);
  const throwAt = async (person: Person, note: Join) => {
    await throwNotes(world, await recipientIn(person, board), [note]);
    await world.pass(20_000);
  };
  return { world, ann, ben, board, one, asks, throwAt };
}

test("[GR27] who leads a group lets in by its link, while they are in it, and nobody whom they blocked or who is inside", async () => {
  const { world, ann, ben, board, one, asks, throwAt } = await linkedBoard(9708);
  const members = () => ann.view("conversation", board)?.members.length;
  await throwAt(ben, await asks()); // He leads nothing.
  expect(members()).toBe(2);
  ann.disk.run("UPDATE conversations SET state = 'left' WHERE conversation = ?", fromHex(board));
  await throwAt(ann, await asks());
  ann.disk.run("UPDATE conversations SET state = 'open' WHERE conversation = ?", fromHex(board));
  expect(members()).toBe(2);
  writeContact(ann.disk, one.account, { state: "blocked" }, 1);
  await throwAt(ann, await asks());
  expect(members()).toBe(2);
  const inside = await asStranger(world, ben);
  const before = (await groupOf(ann, board)).epoch;
  await throwAt(ann, await asks(inside));
  expect([members(), (await groupOf(ann, board)).epoch, jobsOf(ann, board)]).toEqual([2, before, []]);
  // Nor is anybody asked about whom is inside.
  await ann.api.setApproval(board, true);
  await world.pass(10_000);
  await throwAt(ann, await asks(inside));
  expect(ann.view("asking", board)).toEqual([]);
  await ann.api.setApproval(board, false);
  await world.pass(10_000);
  writeContact(ann.disk, one.account, { state: "deleted" }, 2);
  await throwAt(ann, await asks());
  expect(members()).toBe(3);
});

async function recipientIn(person: Person, conversation: string) {
  const { members, ownLeaf } = await groupOf(person, conversation);
  const recipient = members.find(({ leaf }) => leaf === ownLeaf);
  if (recipient === undefined) throw new Error("they are in it");
  return recipient;
}

async function askedBy(by: Stranger, secret: Bytes, askedMs: number, keyPackages: readonly Bytes[], change = {}) {
  const { history, device } = by;
  const said = { secret, name: "Somebody", askedMs, history, device, keyPackages, ...change };
  const hashes = [utf8(said.name), ...said.keyPackages].map(crypto.sha256);
  const asked = new ByteWriter(8).u53(askedMs).finish();
  const signature = await by.sign(concat(utf8("yanshu join v1\0"), secret, asked, said.device, ...hashes));
  return { kind: "join", ...said, signature } as Join;
}

test("[GR26] [GR69] who asks by a link shows packages of devices that their own list names, signs by one of these, and asks now", async () => {
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
  const recipient = await recipientOf(world, ann);
  const honest = await askedBy(one, secret, now, [own]);
  const lies = [
    { ...honest, signature: honest.signature.map((byte) => byte ^ 1) },
    await askedBy(other, secret, now, [own], { history: one.history, device: one.device }),
    await askedBy(one, secret, now, [own], { device: other.device }),
    await askedBy(one, secret, now, [own, foreign]),
    await askedBy(one, secret, now, [foreign]),
    await askedBy(one, secret, now, [crypto.random(300)]),
    await askedBy(one, secret, now, [own], { history: { ...one.history, entries: [Uint8Array.of(1)] } }),
    await askedBy(one, secret, now + 2 * 86_400_000, [own]),
  ];
  for (const [i, lie] of lies.entries()) {
    await throwNotes(world, recipient, [lie]);
    await world.pass(5_000);
    expect([i, ann.client.diagnostics()["join-refused"]]).toEqual([i, i + 1]);
  }
  expect(ann.view("conversation", board)?.members).toHaveLength(2);
  await throwNotes(world, recipient, [honest]);
  await world.until("they are in", () => ann.view("conversation", board)?.members.length === 3);
});
