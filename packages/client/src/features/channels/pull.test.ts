/** What a device makes of packs that a home signed and that do not hold. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addChannelEntry,
  addChannelFound,
  migrate,
  migrations,
  newestChannelPack,
  readChannel,
  readChannelEntry,
  readChannelFound,
  rereadChannelPacks,
  type SqlValue,
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
  decodePackFile,
  type EntryPlace,
  encodeChannelEntry,
  encodeChannelInception,
  encodeChannelSaid,
  encodePackFile,
  encodePackFiles,
  encodePackHead,
  encodePackSaid,
  monthOf,
  type PackFile,
  packBytes,
  packHashOf,
  zeroHash,
} from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { pullPacks } from "./pull.ts";
import { readValue, writeValue } from "./values.ts";

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
    const entry = { hash: channelEntryHash(sha256, said), channel, seq, bytes, inception };
    [seq, prev] = [seq + 1, entry.hash];
    return entry;
  };
  const named = (name: string, mirrors: readonly string[] = []) =>
    say("profile", channelBodies.profile.encode({ name, ...(mirrors.length > 0 && { mirrors: [...mirrors] }) }));
  return { channel, say, named };
}
type Placed = EntryPlace & { readonly bytes: Bytes; readonly inception: Bytes };

/** A home that publishes whatever it is told to, and a device that reads it. */
async function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const { privateKey, publicKey } = await signatureKeyPair(random(32));
  const home = { packs: [] as { readonly file: Bytes; readonly hash: Bytes }[], says: undefined as number | undefined };
  const clock = { now: day * 86_400_000 };
  const mirror = { change: (file: PackFile): PackFile => file, asked: [] as string[] };
  const status: { head: number | undefined; packs: number } = { head: 200, packs: 200 };
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
    const roots = placed.flatMap(({ seq, inception }) => (seq === 0 ? [] : [{ inception, authors: [] }]));
    const signature = await sign(privateKey, packBytes(said));
    const file = encodePackFile({ said, signature, entries: placed.map(({ bytes }) => bytes), roots });
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
    chance: () => 0,
    server: {
      callUnnamed: async () =>
        status.head === undefined
          ? undefined
          : { kind: "ok", value: { packKey: publicKey, filmBytesMax: 1, filmMsMax: 1 } },
      readPublic: async (path: string, { at }: { readonly at?: string } = {}) => {
        if (at !== undefined) mirror.asked.push(at);
        // not a check: home is away.
        else if (status.head === undefined) return undefined;
        if (path.endsWith("head")) {
          const [n, hash] = [home.says ?? home.packs.length - 1, home.packs.at(-1)?.hash ?? zeroHash];
          return {
            status: at === undefined ? status.head : 200,
            body: n < 0 ? new Uint8Array() : encodePackHead({ n, hash }),
          };
        }
        const [from, to] = (/[\d-]+$/.exec(path)?.[0] ?? "").split("-").map(Number) as [number, number];
        const files = home.packs
          .slice(from, to + 1)
          .map(({ file }) => (at === undefined ? file : encodePackFile(mirror.change(decodePackFile(file)))));
        return { status: files.length === 0 ? 404 : status.packs, body: encodePackFiles(files) };
      },
    },
  } as unknown as FeatureContext;
  const found = () => readChannelFound(db).map(({ what, pack }) => `${what} ${pack}`);
  const markKeys = () => readValue(context, "markKeys");
  return { db, context, home, clock, status, mirror, publish, found, markKeys, pull: () => pullPacks(context) };
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

test("[CH59] a place that home names twice is told, also of a channel whose authors this device does not know", async () => {
  const { db, publish, pull, found } = await device();
  const gone = { ...(await (await author()).named("早市")), bytes: new Uint8Array() };
  await publish([gone]);
  await pull();
  expect(found()).toEqual(["entry-gone 0"]);
  await publish([gone]);
  await pull();
  expect(found()).toContain("entry-twice 1");
  db.close();
});

test("[CH48] a pack that home did not sign, and one in another's place, are told and not read", async () => {
  const { db, home, publish, pull, found } = await device();
  const ann = await author();
  await publish([await ann.named("早市")]);
  await publish([await ann.named("夜市")]);
  const [first, second] = home.packs;
  const file = decodePackFile(first?.file ?? zeroHash);
  const spoiled = encodePackFile({ ...file, signature: file.signature.map((byte) => byte ^ 1) });
  home.packs = [{ file: spoiled, hash: first?.hash ?? zeroHash }];
  await pull();
  expect([newestChannelPack(db), found()]).toEqual([undefined, ["pack-signature 0"]]);
  // The second one, which home signed, where the first is asked for.
  db.run("DELETE FROM channel_found");
  home.packs = [second ?? { file: zeroHash, hash: zeroHash }];
  await pull();
  expect([newestChannelPack(db), found()]).toEqual([undefined, ["pack-fork 0"]]);
  db.close();
});

test("[CH50] a `delete` empties an entry of its own channel alone", async () => {
  const { db, publish, pull } = await device();
  const [ann, ben] = [await author(), await author()];
  const [own, other] = [await ann.named("早市"), await ben.named("x")];
  await publish([own, other]);
  const deletes = (one: typeof ann) => one.say("delete", channelBodies.delete.encode({ entry: own.hash }));
  const state = () => readChannelEntry(db, own.hash)?.state;
  await publish([await deletes(ben)]);
  await pull();
  expect(state()).toBe("here");
  await publish([await deletes(ann)]);
  await pull();
  expect(state()).toBe("deleted");
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

/** Places of channels that nobody knows, with nothing in them. */
const blanks = (count: number): readonly Placed[] =>
  Array.from({ length: count }, () => ({
    hash: random(32),
    channel: random(32),
    seq: 0,
    bytes: new Uint8Array(),
    inception: new Uint8Array(),
  }));

/** What a look asks of the store: statements, and rows that come of them. */
async function asked({ db, context }: Awaited<ReturnType<typeof device>>): Promise<number> {
  let count = 0;
  const counted = {
    ...db,
    run: (sql: string, ...params: readonly SqlValue[]) => {
      const rows = db.run(sql, ...params);
      count += 1 + rows;
      return rows;
    },
    get: <Row>(sql: string, ...params: readonly SqlValue[]) => {
      count++;
      return db.get<Row>(sql, ...params);
    },
    all: <Row>(sql: string, ...params: readonly SqlValue[]) => {
      const rows = db.all<Row>(sql, ...params);
      count += 1 + rows.length;
      return rows;
    },
  };
  await pullPacks({ ...context, db: counted });
  return count;
}

test("[CH130] empty places that were looked at are no work for the looks that follow, however many a home signed", async () => {
  const at = await device();
  const { db, clock, publish, pull, found } = at;
  await publish(blanks(2_000));
  await publish(blanks(2_000));
  await pull();
  expect(await asked(at)).toBeLessThan(200);
  clock.now += 86_400_000;
  await publish(blanks(1));
  expect(await asked(at)).toBeLessThan(200);
  expect(found().at(-1)).toBe("entry-gone 2");
  db.close();
});

test("[CH130] a reason that comes later takes back what was told, and one that is taken back tells it", async () => {
  const { db, publish, pull, found } = await device();
  const [place] = blanks(1) as [Placed];
  await publish([place]);
  await pull();
  const decision = { target: place.hash, reason: "广告", appeal: "yanshu:#appeal" };
  await publish([], [{ ...decision, action: "remove" }]);
  await pull();
  expect([readChannelEntry(db, place.hash)?.state, found()]).toEqual(["removed", []]);
  await publish([], [{ ...decision, action: "restore" }]);
  await pull();
  expect([readChannelEntry(db, place.hash)?.state, found()]).toEqual(["gone", ["entry-gone 0"]]);
  db.close();
});

test("[CH131] of a day 256 entries that do not hold are told one by one, and those beyond as one", async () => {
  const { db, clock, publish, pull } = await device();
  const told = (what: string) => readChannelFound(db).filter((one) => one.what === what).length;
  await publish(blanks(200));
  await pull();
  await publish(blanks(200));
  await publish(blanks(200));
  await pull();
  expect([told("entry-gone"), told("entries-too-many")]).toEqual([256, 1]);
  clock.now += 86_400_000;
  await publish(blanks(1));
  await pull();
  expect([told("entry-gone"), told("entries-too-many")]).toEqual([257, 1]);
  // However many stand in the store, the log shows the newest.
  for (let n = 1; n <= 1_000; n++) addChannelFound(db, { what: "pack-fork", pack: n }, clock.now + n);
  expect([told("entry-gone"), told("pack-fork")]).toEqual([0, 1_000]);
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

/** A device that has read the first pack, and a home that is away with more. */
async function away() {
  const at = await device();
  const ann = await author();
  await at.publish([await ann.named("早市", ["mirror.test"])]);
  await at.pull();
  const second = await ann.named("夜市", ["mirror.test"]);
  await at.publish([second]);
  at.status.head = undefined;
  return { ...at, ann, second };
}

const blank = (file: PackFile) => ({ ...file, entries: file.entries.map(() => new Uint8Array()) });

test("[CH85] an entry that a mirror withholds is no alarm about home, and home gives it when it is back", async () => {
  const { db, status, clock, mirror, ann, second, pull, found } = await away();
  mirror.change = blank;
  await pull();
  expect([newestChannelPack(db)?.n, readChannelEntry(db, second.hash)?.state]).toEqual([1, "gone"]);
  clock.now += 61 * 60_000;
  await pull();
  await pull();
  expect(found()).toEqual([]);
  status.head = 200;
  expect(await pull()).toBe(true);
  expect([readChannel(db, ann.channel)?.name, found()]).toEqual(["夜市", []]);
  expect(readChannelEntry(db, second.hash)?.state).toBe("here");
  db.close();
});

test("[CH85] another look at mirrors brings what one withheld; what home itself took away without a word is told", async () => {
  const { db, mirror, ann, second, pull } = await away();
  mirror.change = blank;
  await pull();
  mirror.change = (file) => file;
  await pull();
  expect([readChannel(db, ann.channel)?.name, readChannelEntry(db, second.hash)?.state]).toEqual(["夜市", "here"]);
  db.close();
  const other = await away();
  other.mirror.change = blank;
  await other.pull();
  other.home.packs.push(
    ...other.home.packs.splice(1).map((pack) => ({ ...pack, file: encodePackFile(blank(decodePackFile(pack.file))) })),
  );
  other.status.head = 200;
  expect([await other.pull(), other.found()]).toEqual([true, ["entry-gone 1"]]);
  other.db.close();
});

test("[CH85] a pack whose entries a mirror spoiled is not taken, nor held against home", async () => {
  const { db, status, mirror, ann, pull, found } = await away();
  mirror.change = (file) => ({
    ...file,
    entries: file.entries.map((one) => one.map((byte, at) => (at === one.length - 1 ? byte ^ 1 : byte))),
  });
  await pull();
  expect([newestChannelPack(db)?.n, found()]).toEqual([0, []]);
  status.head = 200;
  await pull();
  expect([readChannel(db, ann.channel)?.name, found()]).toEqual(["夜市", []]);
  db.close();
});

test("[CH85] by a mirror no pack is taken that is another than home showed, nor one that gives an entry to two channels", async () => {
  const { db, home, status, publish, pull, found } = await away();
  status.head = 200;
  await pull();
  rereadChannelPacks(db);
  home.packs.length = 1;
  await pull();
  await publish([]);
  status.head = undefined;
  await pull();
  expect([newestChannelPack(db)?.n, found()]).toEqual([0, ["packs-anew 1"]]);
  db.close();
  const other = await away();
  other.status.head = 200;
  await other.pull();
  const own = await (await author()).named("x");
  await other.publish([own, { ...other.second, channel: own.channel, seq: 1, bytes: new Uint8Array() }]);
  other.status.head = undefined;
  await other.pull();
  expect([newestChannelPack(other.db)?.n, other.found()]).toEqual([1, []]);
  other.db.close();
});

test("[CH59] [CH85] packs that are read anew and stand as before, at home or at a mirror, are no alarm", async () => {
  const { db, home, status, pull, found } = await away();
  status.head = 200;
  await pull();
  rereadChannelPacks(db);
  const rest = home.packs.splice(1);
  await pull();
  // It goes away in the middle.
  home.packs.push(...rest);
  db.run("DELETE FROM channel_found");
  status.head = undefined;
  await pull();
  expect([newestChannelPack(db)?.n, found()]).toEqual([1, []]);
  status.head = 200;
  rereadChannelPacks(db);
  await pull();
  expect([newestChannelPack(db)?.n, found()]).toEqual([1, []]);
  db.close();
});

test("[CH85] where too many packs wait for another look, none with an entry missing is taken from a mirror", async () => {
  const { db, context, mirror, ann, pull } = await away();
  mirror.change = blank;
  const packs = Array.from({ length: 1_024 }, (_, n) => 1_000 + n);
  const nothing = { about: zeroHash, shown: zeroHash, words: "", kind: "", state: "gone", day, got_ms: 0 } as const;
  for (const pack of packs)
    addChannelEntry(db, { ...nothing, hash: random(32), channel: ann.channel, seq: pack, pack });
  writeValue(context, "again", packs);
  await pull();
  expect(newestChannelPack(db)?.n).toBe(0);
  db.close();
});

test("[CH85] another look at a mirror takes nothing of another pack, nor of one that home did not sign", async () => {
  const { db, home, mirror, publish, second, pull, found } = await away();
  mirror.change = blank;
  await pull();
  expect(newestChannelPack(db)?.n).toBe(1);
  mirror.change = (file) => ({ ...file, signature: file.signature.map((byte) => byte ^ 1) });
  await pull();
  expect(readChannelEntry(db, second.hash)?.state).toBe("gone");
  mirror.change = (file) => file;
  home.packs.length = 1;
  await publish([second], [], random(32));
  await pull();
  expect(readChannelEntry(db, second.hash)?.state).toBe("gone");
  expect(found()).toEqual([]);
  db.close();
});

test("[CH87] a mirror is asked where home gives no answer, by the names of all channels, followed or not", async () => {
  const { db, status, mirror, pull } = await away();
  for (const answer of [404, 429, 503]) {
    status.head = answer;
    await pull();
  }
  status.head = 200;
  status.packs = 503;
  await pull();
  expect(mirror.asked).toEqual([]);
  status.head = undefined;
  status.packs = 200;
  await pull();
  expect([new Set(mirror.asked), newestChannelPack(db)?.n]).toEqual([new Set(["mirror.test"]), 1]);
  db.close();
});
