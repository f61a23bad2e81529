/**
 * Words that count from some alone: of own devices among each other, and of a group's leaders (docs/spec/sync.md SY11,
 * docs/spec/groups.md GR22).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Body, encodeSyncItem, type SyncItem } from "@yanshu/content";
import { foundingMax } from "@yanshu/mls";
import { type Bytes, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { dropPush, isPushOf } from "../world/drops.ts";
import { type Stranger, stranger, throwNotes } from "../world/strangers.ts";
import { conversationRow, groupOf, sayInTheDark } from "../world/turned.ts";
import { crypto, deviceKeyOf, epochAt, forgeRecord, listAt, outsideBy } from "./evil-home.ts";

setDefaultTimeout(90_000);

function syncOf(one: Stranger, stampMs: number): Body {
  const items: readonly SyncItem[] = [
    { kind: "profile", name: "Nobody", stampMs },
    {
      kind: "contact",
      account: one.account,
      name: "Mum",
      remark: "",
      state: "contact",
      verified: "scanned",
      history: one.history,
      stampMs,
    },
    { kind: "erased", stampMs },
  ];
  return { kind: "sync", complete: false, items: items.map(encodeSyncItem) };
}

test("[SY11] what own devices tell each other is believed in their own conversation alone, not from a contact or in a group", async () => {
  const world = new World({ seed: 9501 });
  const [ann, mallory] = [await world.person("Ann"), await world.person("Mallory")];
  const chat = await world.befriend(ann, mallory);
  const group = await world.group(mallory, [ann], "Board");
  const mum = await stranger();
  const met = () => ann.disk.get<{ n: number }>("SELECT count(*) AS n FROM accounts")?.n;
  const before = met();
  for (const conversation of [chat, group]) {
    await sayInTheDark(world, mallory, conversation, [syncOf(mum, world.clock.nowMs() + 1_000)]);
    await world.pass(10_000);
  }
  expect(ann.view("status")).toMatchObject({ phase: "ready", me: { name: "Ann" } });
  expect(ann.view("contacts").map(({ name }) => name)).toEqual(["Mallory"]);
  expect(met()).toBe(before);
  expect(ann.disk.get("SELECT 1 FROM meta WHERE key = 'erased'")).toBeUndefined();
});

test("[KP2] [VA23] a record that says that the account is erased wipes nobody, and its keys seal nothing, though a device that counts signed it", async () => {
  const world = new World({ seed: 9502 });
  const ann = await world.person("Ann");
  const { words } = await ann.api.recoveryCard();
  await world.pass(60_000);
  const [own, { account }, key] = [await deviceKeyOf(ann), ann, crypto.random(32)];
  ann.crash();
  const epoch = epochAt(await listAt(world, account));
  const stampMs = world.clock.nowMs();
  await forgeRecord(world, account, own, {
    items: [
      { kind: "profile", name: "Ann", stampMs },
      { kind: "vaultKeys", keys: [{ epoch: epoch + 1, key }], begins: [] },
      { kind: "erased", stampMs },
    ],
  });
  const phone = await world.device("Ann");
  await world.during(phone.api.restoreAccount({ card: words.join(" "), areOthersLost: true }));
  await world.until("it was taken back", () => phone.view("status").cameBack !== undefined);
  await world.pass(60_000);
  expect(phone.view("status")).toMatchObject({ phase: "ready", cameBack: { kind: "vouched" }, me: { name: "Ann" } });
  expect(phone.disk.get("SELECT 1 FROM meta WHERE key = 'erased'")).toBeUndefined();
  expect(phone.disk.all("SELECT 1 FROM vault_keys WHERE key = ?", key)).toEqual([]);
});

function ownDevice(person: Person): Bytes {
  return fromHex(person.view("status").me?.device ?? "");
}

test("[GR22.7] that somebody is out of a group is believed by the signature of a device of a person who leads it, to whom it is for, and of a later group alone", async () => {
  const world = new World({ seed: 9503 });
  const [ann, ben, mallory] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mallory")];
  const board = await world.group(ann, [ben, mallory], "Board");
  await world.pass(5_000);
  const [annKey, malloryKey] = [await deviceKeyOf(ann), await deviceKeyOf(mallory)];
  const { state, members, ownLeaf } = await groupOf(ben, board);
  const recipient = members.find(({ leaf }) => leaf === ownLeaf);
  if (recipient === undefined) throw new Error("Ben is in it");
  const { conversation, founding } = state;
  const later = { conversation, founding: founding + 1, gate: crypto.random(32), reader: ownDevice(ben), askedMs: 0 };
  const lies = [
    await outsideBy(world, ann, malloryKey, later),
    await outsideBy(world, mallory, malloryKey, later),
    await outsideBy(world, ann, annKey, { ...later, reader: ownDevice(mallory) }),
    await outsideBy(world, ann, malloryKey, later, ownDevice(mallory)),
    { ...(await outsideBy(world, ann, annKey, later)), gate: crypto.random(32) },
  ];
  for (const [i, lie] of lies.entries()) {
    await throwNotes(world, recipient, [lie]);
    await world.pass(2_000);
    expect([i, ben.client.diagnostics()["not-a-member-refused"]]).toEqual([i, i + 1]);
  }
  // Nor what comes before the group that is held, or answers an asking that nobody asked.
  for (const old of [
    { ...later, founding },
    { ...later, founding, askedMs: world.clock.nowMs() },
  ]) {
    await throwNotes(world, recipient, [await outsideBy(world, ann, annKey, { ...old, gate: state.gate })]);
    await world.pass(2_000);
  }
  expect(ben.view("conversation", board)?.state).toBe("open");
  await throwNotes(world, recipient, [await outsideBy(world, ann, annKey, later)]);
  await world.until("it is believed", () => ben.view("conversation", board)?.state === "removed");
});

test("[GR72] by a member's word an owner's device goes on above the founding that is told, but no further than others follow", async () => {
  const world = new World({ seed: 9504 });
  const [ann, ben, mallory] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mallory")];
  const board = await world.group(ann, [ben, mallory], "Board");
  await world.pass(5_000);
  const key = await deviceKeyOf(mallory);
  const { state, members, ownLeaf } = await groupOf(ann, board);
  const recipient = members.find(({ leaf }) => leaf === ownLeaf);
  if (recipient === undefined) throw new Error("Ann is in it");
  const { conversation } = state;
  const hears = async (founding: number) => {
    const said = { conversation, founding, gate: crypto.random(32), reader: ownDevice(ann), askedMs: 0 };
    await throwNotes(world, recipient, [await outsideBy(world, mallory, key, said)]);
    await world.pass(10_000);
    return [ann, ben].map((one) => conversationRow(one, board).founding);
  };
  expect(await hears(foundingMax(1, world.clock.nowMs()))).toEqual([1, 1]);
  expect(await hears(5)).toEqual([6, 6]);
  await ben.say(board, "here we are");
  await world.until("Ann reads", () => ann.reads(board).includes("here we are"));
  expect(world.bugs()).toEqual([]);
});

test("[GR83] who was sent away keeps nobody out of the group to whom that is not known yet: their word that it goes on elsewhere stops no Welcome", async () => {
  const world = new World({ seed: 9505 });
  const [ann, mallory, cat] = [await world.person("Ann"), await world.person("Mallory"), await world.person("Cat")];
  const board = await world.group(ann, [mallory, cat], "Board");
  await ann.api.setRole(board, mallory.account, "admin");
  await world.until("Mallory is an admin", () => mallory.view("conversation", board)?.may.remove === true);
  await world.pass(5_000);
  const [key, { state, members, ownLeaf }] = [await deviceKeyOf(mallory), await groupOf(cat, board)];
  const recipient = members.find(({ leaf }) => leaf === ownLeaf);
  if (recipient === undefined) throw new Error("Cat is in it");
  // Home swallows the commit that sends Mallory away; at the next one Cat's device asks, and home is slow to answer.
  const dropped = dropPush(world, cat.device, "commit");
  await ann.api.removeMember(board, mallory.account);
  await world.until("Cat does not hear of it", () => dropped() === 1);
  await ann.api.renameGroup(board, "Board of two");
  await ann.say(board, "still here?");
  await world.until("Cat asks", () => cat.client.diagnostics()["resync-missed-commit"] === 1);
  const late: Uint8Array[] = [];
  let isHeld = true;
  world.network.meddle(cat.device, (frame) => {
    if (isHeld && isPushOf(frame, "commit")) late.push(Uint8Array.from(frame));
    return isHeld && isPushOf(frame, "commit") ? [] : [frame, ...late.splice(0)];
  });
  await world.until("Ann let Cat in", () => late.length > 0, 120_000);
  const { conversation, founding } = state;
  const said = { conversation, founding: founding + 1, gate: crypto.random(32), reader: ownDevice(cat), askedMs: 0 };
  await throwNotes(world, recipient, [await outsideBy(world, mallory, key, said)]);
  await world.until("Cat believes it", () => cat.view("conversation", board)?.state === "removed");
  isHeld = false;
  await ann.say(board, "are you there?");
  await world.until("Cat is in", () => cat.view("conversation", board)?.state === "open", 120_000);
  await cat.say(board, "I am");
  await world.until("Ann reads", () => ann.reads(board).includes("I am"), 120_000);
  expect(cat.view("conversation", board)?.title).toBe("Board of two");
  expect(world.bugs()).toEqual([]);
});
