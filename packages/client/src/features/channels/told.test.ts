/** Whose word counts of what stands in messages: what friends tell, and what a guardian says. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addChannelDue,
  addChannelEntry,
  addChannelPack,
  insertConversation,
  migrate,
  migrations,
  readChannelFound,
  readChannelHeads,
  readChannelWards,
  rereadChannelPacks,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Bytes, concat, filmOf, toHex, utf8 } from "@yanshu/wire";
import { type FeatureContext, pack, type Said } from "../../feature.ts";
import { deskOf } from "./desk.ts";
import { filmChunks, filmList } from "./mirrors.ts";
import { takeTold, tellLikes } from "./told.ts";
import { isMirrorName, none as nothing, readValue, type ShownEntry, writeValue } from "./values.ts";
import { takeYouth } from "./youth.ts";

type Account = Said<"channels">["by"];
const account = (at: number) => new Uint8Array(32).fill(at) as Account;
const [me, ann, cleo] = [account(1), account(2), account(3)];
/** The chat of two with somebody, and a group. */
const direct = (other: Bytes) => new Uint8Array(16).fill(100 + (other[0] ?? 0));
const group = new Uint8Array(16).fill(200);
const { sha256 } = createBunCrypto({ random: (length) => crypto.getRandomValues(new Uint8Array(length)) });
const now = 20_500 * 86_400_000;

function device(read: (path: string) => Bytes | undefined = () => undefined) {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const context = {
    db,
    sha256,
    own: () => me,
    directs: { with: direct },
    nowMs: () => now,
    changed: () => undefined,
    serverName: () => "yan.test",
    server: {
      readPublic: async (path: string, { range }: { readonly range?: unknown } = {}) => {
        const body = read(path);
        return body && { status: range === undefined ? 200 : 206, body };
      },
    },
  } as unknown as FeatureContext;
  const hears = <K extends "channels" | "channelYouth">(kind: K, by: Account, conversation: Bytes, body: object) => {
    const said = { by, conversation, sentAtMs: now, body: { kind, ...body } };
    if (kind === "channels") takeTold(context, said as unknown as Said<"channels">);
    else takeYouth(context, said as unknown as Said<"channelYouth">);
  };
  return { db, context, hears };
}

test("[CH54] what is told counts in the chat of the two alone, and of this home's packs alone", () => {
  const { db, context, hears } = device();
  const entry = account(9);
  const likes = [{ entry, isOn: true, stampMs: 5 }];
  const liked = () => db.all<{ account: Bytes }>("SELECT account FROM channel_friend_likes").length;
  hears("channels", ann, group, { likes });
  expect(liked()).toBe(0);
  hears("channels", ann, direct(ann), { likes });
  expect(liked()).toBe(1);
  // Until packs of home are here, and of another home, a head tells nothing.
  const head = (home: string, at: number) => ({ head: { home, n: 0, hash: account(at) } });
  hears("channels", ann, direct(ann), head("yan.test", 70));
  writeValue(context, "home", { name: "yan.test", key: account(8) });
  hears("channels", ann, direct(ann), head("other.test", 70));
  hears("channels", ann, direct(ann), {});
  hears("channels", ann, group, head("yan.test", 70));
  for (const chat of [direct(ann), direct(me)]) hears("channels", me, chat, head("yan.test", 70));
  expect(readChannelHeads(db)).toEqual([]);
  addChannelPack(db, { n: 0, hash: account(70), day: 20_500 });
  hears("channels", ann, direct(ann), head("yan.test", 70));
  expect([readChannelHeads(db).length, readChannelFound(db)]).toEqual([1, []]);
  // Home was put back, and goes on otherwise: what it had before is no fork of two people, anything else is one.
  rereadChannelPacks(db);
  addChannelPack(db, { n: 0, hash: account(71), day: 20_500 });
  hears("channels", ann, direct(ann), head("yan.test", 70));
  expect(readChannelFound(db)).toEqual([]);
  hears("channels", ann, direct(ann), head("yan.test", 72));
  expect(readChannelFound(db)).toMatchObject([{ what: "head-differs", pack: 0 }]);
  db.close();
});

test("[CH64] a ♥ that nobody was told of is not told as taken back", () => {
  const { db, context } = device();
  const told: unknown[] = [];
  insertConversation(db, { conversation: direct(ann), kind: "group", state: "open", activeMs: 0 });
  Object.assign(context, {
    read: () => ({ contacts: () => [{ account: toHex(ann), blocked: false, conversation: direct(ann) }] }),
    sayInEach: (_: unknown, { likes }: { readonly likes: readonly { readonly isOn: boolean }[] }) =>
      told.push(likes.map(({ isOn }) => isOn)),
  });
  const tell = (is_on: number) => {
    addChannelDue(db, { what: "tell", entry: account(9), is_on, due_ms: now });
    tellLikes(context);
  };
  tell(0);
  expect(told).toEqual([]);
  tell(1);
  tell(0);
  expect(told).toEqual([[true], [false]]);
  db.close();
});

test("[SY86] friends are told that a ♥ is taken back, though a device that was put out told for ever that it was", () => {
  const { db, context, hears } = device();
  const told: boolean[] = [];
  insertConversation(db, { conversation: direct(ann), kind: "group", state: "open", activeMs: 0 });
  hears("channels", me, direct(ann), { likes: [{ entry: account(9), isOn: false, stampMs: now + 366 * 86_400_000 }] });
  let laterMs = 0;
  Object.assign(context, {
    nowMs: () => now + laterMs,
    read: () => ({ contacts: () => [{ account: toHex(ann), blocked: false, conversation: direct(ann) }] }),
    sayInEach: (_: unknown, { likes }: { readonly likes: readonly { readonly isOn: boolean }[] }) =>
      told.push(...likes.map(({ isOn }) => isOn)),
  });
  for (const is_on of [1, 0]) {
    laterMs += 1_000;
    addChannelDue(db, { what: "tell", entry: account(9), is_on, due_ms: now });
    tellLikes(context);
  }
  expect(told).toEqual([true, false]);
  db.close();
});

test("[CH67] a guardian is asked and heard in the chat of the two; nobody else's word counts, nor an older one", () => {
  const { db, context, hears } = device();
  const limits = { isOn: true, minutes: 40, closedFrom: 0, closedTo: 1, forYou: true };
  const minutes = () => readValue(context, "guard")?.limits.minutes;
  const wards = () => readChannelWards(db).map(({ account: one }) => toHex(one));
  hears("channelYouth", ann, group, { asks: true, limits, stampMs: 5 });
  hears("channelYouth", me, direct(me), { asks: true, limits, stampMs: 5 });
  expect(wards()).toEqual([]);
  hears("channelYouth", ann, direct(ann), { asks: true, limits, stampMs: 5 });
  expect(wards()).toEqual([toHex(ann)]);
  // A word that comes late is overtaken.
  hears("channelYouth", ann, direct(ann), { asks: false, stampMs: 4 });
  expect(wards()).toEqual([toHex(ann)]);
  hears("channelYouth", ann, direct(ann), { asks: false, stampMs: 6 });
  expect(wards()).toEqual([]);
  // Nobody holds this account yet.
  hears("channelYouth", ann, direct(ann), { limits, stampMs: 7 });
  expect(minutes()).toBeUndefined();
  writeValue(context, "guard", { limits, stampMs: 8 });
  hears("channelYouth", ann, direct(ann), { limits: { ...limits, minutes: 1 }, stampMs: 9 });
  expect(minutes()).toBe(40);
  writeValue(context, "guard", { limits, stampMs: 8, guardian: ann });
  hears("channelYouth", cleo, direct(cleo), { limits: { ...limits, minutes: 2 }, stampMs: 10 });
  hears("channelYouth", ann, group, { limits: { ...limits, minutes: 3 }, stampMs: 10 });
  hears("channelYouth", ann, direct(ann), { stampMs: 10 });
  expect(minutes()).toBe(40);
  hears("channelYouth", ann, direct(ann), { limits: { ...limits, minutes: 60 }, stampMs: 10 });
  expect(minutes()).toBe(60);
  db.close();
});

test("[CH4] [CH75] a chunk that no film has is not asked for, and one that differs is not taken", async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251);
  const film = filmOf(sha256, bytes);
  const [hash, length] = [toHex(film.hash), bytes.length];
  const asked: string[] = [];
  let body = bytes.subarray(32 << 10, 64 << 10);
  let list = film.list;
  const { db, context } = device((path) => {
    asked.push(path);
    return path.endsWith("/list") ? list : body;
  });
  const none = { code: "unknown-message" };
  for (const [size, at, count] of [
    [0, 0, 1],
    [length, -1, 1],
    [length, 0.5, 1],
    [length, 3, 1],
    [length, 0, 0],
  ] as const)
    await expect(filmChunks(context, hash, size, at, count)).rejects.toMatchObject(none);
  await expect(filmList(context, hash, 0)).rejects.toMatchObject(none);
  expect(asked).toEqual([]);
  list = concat(film.list.subarray(0, -1), Uint8Array.of(1));
  expect(await filmList(context, hash, length)).toBeUndefined();
  expect(await filmChunks(context, hash, length, 1, 1)).toBeUndefined();
  list = film.list;
  expect(await filmChunks(context, hash, length, 1, 1)).toEqual(body);
  body = body.map((byte) => byte ^ 1);
  expect(await filmChunks(context, hash, length, 1, 1)).toBeUndefined();
  db.close();
});

test("[CH4] captions that are not those which the entry names are not shown", async () => {
  const words = utf8("WEBVTT\n\n00:00.000 --> 00:01.000\n火候");
  let body = words.map((byte, at) => (at === words.length - 1 ? byte ^ 1 : byte));
  const { db, context } = device(() => body);
  const captions = [{ hash: filmOf(sha256, words).hash, bytes: words.length, mime: "text/vtt", language: "zh-Hans" }];
  const shown = {
    text: "",
    tags: [],
    day: 20_500,
    films: [{ hash: account(60), bytes: 9, mime: "video/mp4", captions }],
  };
  const entry = {
    seq: 0,
    kind: "film",
    pack: 0,
    day: 20_500,
    about: nothing,
    words: "",
    state: "here",
    got_ms: 0,
  } as const;
  addChannelEntry(db, {
    ...entry,
    hash: account(50),
    channel: account(51),
    shown: pack(shown as unknown as ShownEntry),
  });
  const desk = deskOf(context);
  await desk.captionsFor(account(50));
  expect([...desk.captions.values()]).toEqual([]);
  body = Uint8Array.from(words);
  await desk.captionsFor(account(50));
  expect([...desk.captions.values()]).toEqual([new TextDecoder().decode(words)]);
  db.close();
});

test("[CH74] a mirror has a name with a dot that is no address and none of a local network", () => {
  const good = ["mirror.test", "a.b.example", "xn--fiqs8s.example", "home.example:8443"];
  const bad = [
    "mirror",
    "192.168.1.4",
    "box.local",
    "nas.lan",
    "a.home",
    "x.internal",
    "a.b.corp",
    "a.localhost",
    "a b.example",
    "a_b.example",
  ];
  expect([good.filter(isMirrorName), bad.filter(isMirrorName)]).toEqual([good, []]);
});
