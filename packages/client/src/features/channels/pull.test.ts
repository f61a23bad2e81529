/** What a device makes of packs that a home signed and that do not hold. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  migrate,
  migrations,
  newestChannelPack,
  readChannel,
  readChannelEntry,
  readChannelFound,
  rereadChannelPacks,
  writeChannelHeadOf,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import {
  type Bytes,
  channelBodies,
  channelEntryBytes,
  channelEntryHash,
  channelIdOf,
  type Decision,
  type EntryPlace,
  encodeChannelEntry,
  encodeChannelInception,
  encodeChannelSaid,
  encodePackFile,
  encodePackFiles,
  encodePackHead,
  encodePackSaid,
  monthOf,
  packBytes,
  packHashOf,
  zeroHash,
} from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { pullPacks } from "./pull.ts";
import { readValue } from "./values.ts";

setDefaultTimeout(60_000);

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const primitives = createBunCrypto({ random });
const { sha256, sign, signatureKeyPair } = primitives;
const day = 20_500;
const friend = new Uint8Array(32).fill(5) as never;

/** A channel whose author goes on with `say`. */
async function author() {
  const { privateKey, publicKey } = await signatureKeyPair(random(32));
  const inception = encodeChannelInception({ authors: [publicKey], salt: random(16) });
  const channel = channelIdOf(sha256, inception);
  let [seq, prev] = [0, zeroHash as Bytes];
  const say = async (kind: string, body: Bytes) => {
    const said = encodeChannelSaid({ channel, seq, prev, day, author: 0, kind, body, ...(seq === 0 && { inception }) });
    const bytes = encodeChannelEntry(said, await sign(privateKey, channelEntryBytes(said)));
    const entry = { hash: channelEntryHash(sha256, said), channel, seq, bytes };
    [seq, prev] = [seq + 1, entry.hash];
    return entry;
  };
  return { channel, say, named: (name: string) => say("profile", channelBodies.profile.encode({ name })) };
}
type Placed = EntryPlace & { readonly bytes: Bytes };

/** A home that publishes whatever it is told to, and a device that reads it. */
async function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const { privateKey, publicKey } = await signatureKeyPair(random(32));
  const home = { packs: [] as { readonly file: Bytes; readonly hash: Bytes }[], says: undefined as number | undefined };
  const clock = { now: day * 86_400_000 };
  const status = { head: 200, packs: 200 };
  const publish = async (placed: readonly Placed[], decisions: readonly Decision[] = [], marks?: Bytes) => {
    const n = home.packs.length;
    const prev = home.packs.at(-1)?.hash ?? zeroHash;
    const places = placed.map(({ hash, channel, seq }) => ({ hash, channel, seq }));
    const said = encodePackSaid({
      home: "yan.test",
      n,
      prev,
      hour: day * 24,
      places,
      decisions: [...decisions],
      counts: [],
      ...(marks && { marks }),
    });
    const signature = await sign(privateKey, packBytes(said));
    const file = encodePackFile({ said, signature, entries: placed.map(({ bytes }) => bytes), roots: [] });
    home.packs.push({ file, hash: packHashOf(sha256, said) });
  };
  const context = {
    db,
    sha256,
    crypto: primitives,
    nowMs: () => clock.now,
    changed: () => undefined,
    serverName: () => "yan.test",
    files: { forgetRefs: () => undefined },
    server: {
      callUnnamed: async () => ({ kind: "ok", value: { packKey: publicKey, filmBytesMax: 1, filmMsMax: 1 } }),
      readPublic: async (path: string) => {
        if (path.endsWith("head")) {
          const [n, hash] = [home.says ?? home.packs.length - 1, home.packs.at(-1)?.hash ?? zeroHash];
          return { status: status.head, body: n < 0 ? new Uint8Array() : encodePackHead({ n, hash }) };
        }
        const [from, to] = (/[\d-]+$/.exec(path)?.[0] ?? "").split("-").map(Number) as [number, number];
        const files = home.packs.slice(from, to + 1).map(({ file }) => file);
        return { status: files.length === 0 ? 404 : status.packs, body: encodePackFiles(files) };
      },
    },
  } as unknown as FeatureContext;
  const found = () => readChannelFound(db).map(({ what, pack }) => `${what} ${pack}`);
  const markKeys = () => readValue(context, "markKeys");
  return { db, home, clock, status, publish, found, markKeys, pull: () => pullPacks(context) };
}

test("[CH59] an entry whose hash home gave to another channel first is shown, and home's deceit is told", async () => {
  const { db, publish, pull, found } = await device();
  const [ann, home] = [await author(), await author()];
  const [first, shadowed] = [await ann.named("早市"), await ann.named("早市和夜市")];
  const own = await home.named("x");
  await publish([own, { ...shadowed, channel: own.channel, seq: 1, bytes: new Uint8Array() }]);
  await publish([first]);
  expect(await pull()).toBe(true);
  await publish([shadowed]);
  await pull();
  expect(readChannelEntry(db, shadowed.hash)).toMatchObject({ kind: "profile", state: "here", channel: ann.channel });
  expect(readChannel(db, ann.channel)?.name).toBe("早市和夜市");
  expect(found()).toContain("entry-twice 2");
  db.close();
});

test("[CH51] [CH55] a home that shows a person no packs, or fewer than it says, is noticed by what friends told", async () => {
  const { db, home, status, clock, publish, pull, found } = await device();
  await publish([await (await author()).named("早市")]);
  await pull();
  writeChannelHeadOf(db, friend, 7, new Uint8Array(32).fill(9));
  // It says to have more than all, and hands out none of it.
  home.says = 2 ** 32 - 1;
  expect([await pull(), await pull(), found()]).toEqual([false, false, []]);
  clock.now += 61 * 60_000;
  expect([await pull(), await pull(), found()]).toEqual([false, false, ["head-differs 7"]]);
  // It says to have none at all.
  home.says = undefined;
  status.head = 404;
  await pull();
  clock.now += 11 * 60_000;
  await pull();
  expect(found()).toContain("pack-fork 0");
  db.close();
});

test("[CH60] packs without end hold nothing else up, and a day has only so many", async () => {
  const { db, publish, pull, found } = await device();
  for (let n = 0; n < 1_442; n++) await publish([]);
  expect([await pull(), newestChannelPack(db)?.n]).toEqual(["more", 255]);
  let looks = 1;
  while ((await pull()) === "more") looks++;
  expect([looks, newestChannelPack(db)?.n, found()]).toEqual([5, 1_439, ["packs-too-many 1440"]]);
  db.close();
});

test("[CH61] a home that was put back and goes on otherwise is told, also what was found before", async () => {
  const { db, home, publish, pull, found } = await device();
  const ann = await author();
  await publish([await ann.named("早市")]);
  const [second, third] = [await ann.named("夜市"), await ann.named("夜市二")];
  await publish([second]);
  await publish([third]);
  await pull();
  writeChannelHeadOf(db, friend, 2, home.packs[2]?.hash ?? zeroHash);
  rereadChannelPacks(db);
  home.packs.length = 1;
  await pull();
  // What it had is not there; its friends held the same, and home showed no two people two things.
  expect(found()).toEqual(["packs-anew 1"]);
  await publish([]);
  await publish([]);
  await pull();
  expect(found()).toEqual(["packs-anew 1"]);
  rereadChannelPacks(db);
  await pull();
  expect(found()).toContain("packs-anew 1");
  db.close();
});

test("[CH62] a profile that home removed and restored does not come back over a later one", async () => {
  const { db, publish, pull, found } = await device();
  const ann = await author();
  const [first, second] = [await ann.named("早市"), await ann.named("夜市")];
  await publish([first, second]);
  await pull();
  const decision = { target: first.hash, reason: "看错了", appeal: "yanshu:#appeal" };
  await publish([], [{ ...decision, action: "remove" }]);
  await pull();
  await publish([], [{ ...decision, action: "restore" }]);
  await pull();
  expect(readChannelEntry(db, first.hash)?.state).toBe("here");
  expect([readChannel(db, ann.channel)?.name, found()]).toEqual(["夜市", []]);
  db.close();
});

test("[CH32] the newest pack's word of this month's keys of marks is kept, and goes with the packs", async () => {
  const { db, publish, pull, markKeys } = await device();
  const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  await publish([], [], first);
  await publish([], [], second);
  await publish([]);
  await pull();
  expect(markKeys()).toEqual({ month: monthOf(day), hash: second });
  rereadChannelPacks(db);
  expect(markKeys()).toBeUndefined();
  db.close();
});
