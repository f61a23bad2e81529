/**
 * Words that count from some alone: of own devices among each other, and of a group's leaders (docs/spec/sync.md SY11,
 * docs/spec/groups.md GR22).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Body, encodeSyncItem, type NoteOf, type SyncItem } from "@yanshu/content";
import { foundingMax, type KeyPair } from "@yanshu/mls";
import { type Bytes, ByteWriter, concat, fromHex, historyOf, utf8 } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { type Stranger, stranger, throwNotes } from "../world/strangers.ts";
import { conversationRow, groupOf, sayInTheDark } from "../world/turned.ts";
import { crypto, deviceKeyOf, epochAt, forgeRecord, listAt } from "./evil-home.ts";

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

type Outside = NoteOf<"notAMember">;

async function outsideBy(
  world: World,
  by: Person,
  key: KeyPair,
  said: Pick<Outside, "conversation" | "founding" | "gate" | "reader" | "askedMs">,
  device = ownDevice(by),
): Promise<Outside> {
  const { conversation, founding, gate, reader, askedMs } = said;
  const numbers = new ByteWriter(12).u32(founding).u53(askedMs).finish();
  const signed = concat(utf8("yanshu not a member v1\0"), conversation, gate, numbers, reader, device);
  const signature = await crypto.sign(key.privateKey, signed);
  return { kind: "notAMember", ...said, device, history: historyOf(await listAt(world, by.account)), signature };
}

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
