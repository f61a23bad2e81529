/** Whose word counts of who may sign in a channel (docs/spec/channels.md CH90, CH120, CH121, CH123, CH126). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addChannelOwn,
  addChannelPack,
  type ChannelOwnRow,
  insertConversation,
  migrate,
  migrations,
  readChannelAskings,
  readChannelCoauthor,
  readChannelPuts,
  setChannelAnswer,
  writeChannelCoauthor,
  writeChannelHead,
  writeContact,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Bytes, channelIdOf, concat, encodeChannelInception, toHex } from "@yanshu/wire";
import type { FeatureContext, ReadContext, Said } from "../../feature.ts";
import { authorsInPacks, authorsLeft, checkAnswers, readAskings, takeAuthor } from "./authors.ts";

type Account = Said<"channelAuthor">["by"];
const account = (at: number) => new Uint8Array(32).fill(at) as Account;
const [me, ann, cleo] = [account(1), account(2), account(3)];
const direct = (other: Bytes) => new Uint8Array(16).fill(100 + (other[0] ?? 0));
const group = new Uint8Array(16).fill(200);
const now = 20_500 * 86_400_000;
const none = new Uint8Array();
const { sha256, signatureKeyPair } = createBunCrypto({
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
});

async function keyOf(at: number): Promise<Bytes> {
  return (await signatureKeyPair(new Uint8Array(32).fill(at))).publicKey;
}

/** A channel of Ann's, and a device of another contact of hers. */
async function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  writeContact(db, ann, { state: "contact" }, 1 as never);
  const of = async (at: number) => {
    const inception = encodeChannelInception({ authors: [await keyOf(at)], salt: new Uint8Array(16).fill(at) });
    return { inception, channel: channelIdOf(sha256, inception) };
  };
  const checks = { isTheirs: true, meanwhile: (): unknown => undefined };
  const context = {
    db,
    sha256,
    own: () => me,
    directs: { with: direct },
    nowMs: () => now,
    changed: () => undefined,
    tellOwnDevices: () => undefined,
    crypto: {
      verify: async () => {
        checks.meanwhile();
        return checks.isTheirs;
      },
    },
  } as unknown as FeatureContext;
  const hears = (by: Account, conversation: Bytes, body: object) =>
    takeAuthor(context, {
      by,
      conversation,
      sentAtMs: now,
      body: { kind: "channelAuthor", stampMs: 5, ...body },
    } as never);
  /** An own channel, whose author is the key of that number. */
  const owns = async (at: number): Promise<ChannelOwnRow> => {
    const { inception, channel: id } = await of(at);
    const row = { id, seed: new Uint8Array(32).fill(at), inception, stamp_ms: 1, author: none };
    addChannelOwn(db, row);
    return { ...row, seq: -1, head: none };
  };
  const asks = (channel: Bytes, change: object = {}) =>
    writeChannelCoauthor(db, { channel, account: ann, is_on: 1, key: none, is_here: 1, stamp_ms: 5, ...change });
  const added = () => readChannelPuts(db).filter(({ kind }) => kind === "authors").length;
  return { db, context, of, hears, owns, asks, added, checks };
}

test("[CH90] [CH120] who asks is a contact, in the chat of the two, for a channel that is what its inception says", async () => {
  const { db, context, of, hears, owns } = await device();
  const { channel, inception } = await of(9);
  const asked = () => readChannelAskings(db).length;
  const asking = { channel, asks: true, name: "教会", inception };
  hears(ann, group, asking);
  hears(cleo, direct(cleo), asking);
  hears(me, direct(me), asking);
  hears(ann, direct(ann), { ...asking, channel: account(77) });
  hears(ann, direct(ann), { ...asking, inception: none, channel: channelIdOf(sha256, none) });
  expect(asked()).toBe(0);
  const own = await owns(8);
  hears(ann, direct(ann), { ...asking, channel: own.id, inception: own.inception });
  expect(asked()).toBe(0);
  hears(ann, direct(ann), asking);
  expect(asked()).toBe(1);
  const people = () => ({ load: () => undefined, ref: (one: string) => ({ account: one }) });
  const shown = () =>
    readAskings({ database: db, peopleIn: people } as unknown as ReadContext).map((one) => one.channel);
  expect(shown()).toEqual([toHex(channel)]);
  // Who became an author of it, and who is no contact any more, waits for nothing.
  addChannelOwn(db, { id: channel, seed: new Uint8Array(32).fill(9), inception, stamp_ms: 1, author: none });
  expect([asked(), shown()]).toEqual([1, []]);
  db.run("DELETE FROM channel_own WHERE id = ?", channel);
  expect(shown()).toEqual([toHex(channel)]);
  db.run("DELETE FROM contacts");
  expect(shown()).toEqual([]);
  expect(context.db).toBe(db);
  db.close();
});

test("[CH90] what another own device answered is answered here too", async () => {
  const { db, of, hears } = await device();
  const conversation = direct(ann);
  insertConversation(db, { conversation, kind: "direct", peer: ann, state: "open", activeMs: 1 } as never);
  const { channel, inception } = await of(9);
  hears(ann, conversation, { channel, asks: true, name: "教会", inception });
  expect(readChannelAskings(db)).toHaveLength(1);
  hears(me, conversation, { channel, asks: false });
  expect(readChannelAskings(db)).toEqual([]);
  db.close();
});

test("[CH90] an answer counts where this device asked and still asks, from a contact, and the first alone", async () => {
  const { db, hears, owns, asks } = await device();
  const { id: channel } = await owns(8);
  const answers = (by = ann, at = 20) => {
    const [key, proof] = [new Uint8Array(32).fill(at), new Uint8Array(64).fill(at)];
    hears(by, direct(by), { channel, key, proof });
    return readChannelCoauthor(db, channel, by)?.answer.length ?? 0;
  };
  expect(answers()).toBe(0);
  asks(channel, { is_on: 0, stamp_ms: 6 });
  expect(answers()).toBe(0);
  asks(channel, { is_here: 0, stamp_ms: 7 });
  expect(answers()).toBe(0);
  asks(channel, { account: cleo, stamp_ms: 8 });
  expect(answers(cleo)).toBe(0);
  asks(channel, { stamp_ms: 9 });
  expect([answers(), answers(ann, 21)]).toEqual([96, 96]);
  expect(readChannelCoauthor(db, channel, ann)?.answer[0]).toBe(20);
  db.close();
});

test("[CH90] [CH121] the key of an answer goes into the log where it is theirs, can be an author's and is none yet, and was not taken back meanwhile", async () => {
  const { db, context, owns, asks, added, checks } = await device();
  const { id: channel } = await owns(8);
  let stamp_ms = 10;
  const after = async (key: Bytes) => {
    asks(channel, { stamp_ms: stamp_ms++ });
    setChannelAnswer(db, channel, ann, concat(key, new Uint8Array(64)));
    await checkAnswers(context);
    return added();
  };
  const key = await keyOf(20);
  checks.isTheirs = false;
  expect(await after(key)).toBe(0);
  checks.isTheirs = true;
  // Of small order; and the author's own.
  expect(await after(new Uint8Array(32))).toBe(0);
  expect(await after(await keyOf(8))).toBe(0);
  checks.meanwhile = () => asks(channel, { is_on: 0, stamp_ms: stamp_ms++ });
  expect(await after(key)).toBe(0);
  checks.meanwhile = () => undefined;
  expect(await after(key)).toBe(1);
  db.close();
});

test("[CH123] [CH126] packs say whose key is gone, of that channel alone, and a removal that waited is made of them", async () => {
  const { db, context, owns, asks } = await device();
  const [one, other] = [await owns(8), await owns(9)];
  const [mine, key] = [await keyOf(8), await keyOf(20)];
  writeChannelHead(db, one.id, concat(mine, key), 3, account(50));
  const isOn = (channel: Bytes, of = ann) => readChannelCoauthor(db, channel, of)?.is_on;
  asks(one.id, { key });
  asks(one.id, { account: cleo, key: await keyOf(21) });
  asks(other.id, { key });
  // In another channel they said that somebody else's key is theirs.
  asks(other.id, { account: cleo, key, stamp_ms: 50 });
  asks(one.id, { account: me, key, is_on: 0, stamp_ms: 40 });
  authorsLeft(context, one.id, [mine]);
  expect([isOn(one.id), isOn(one.id, cleo), isOn(other.id)]).toEqual([0, 1, 1]);
  expect(readChannelCoauthor(db, one.id, me)?.stamp_ms).toBe(40);
  // A removal that met others' entries in pack 0 waits for the next.
  const by = (is_on: number, pack: number) => authorsInPacks(context, one, { is_on, pack })?.length;
  addChannelPack(db, { n: 0, hash: account(60), day: 20_500 });
  expect([by(0, -1), by(0, 0)]).toEqual([undefined, undefined]);
  addChannelPack(db, { n: 1, hash: account(61), day: 20_500 });
  expect([by(0, -1), by(0, 0), by(1, 0)]).toEqual([undefined, 2, undefined]);
  db.close();
});
