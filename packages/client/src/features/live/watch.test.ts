import { expect, test } from "bun:test";
import { decodeLiveSaid, encodeBody, encodeSignedLive, type LiveSaid } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, type DeviceId, idBytes, toHex } from "@yanshu/wire";
import type { FeatureContext, RoomCrypto, RoomEvents } from "../../feature.ts";
import type { InOrder } from "../../values/in-order.ts";
import type { LivePlace } from "./place.ts";
import { firstLiveKey, openLive, sealLive, signLive } from "./seal.ts";
import { lastedSeconds } from "./show.ts";
import { type LivePiece, Watch } from "./watch.ts";

/** One who watches, whose home says and shows what the test wants. */
async function watcher() {
  const crypto = createBunCrypto();
  const pair = await crypto.signatureKeyPair(new Uint8Array(32).fill(1));
  const own: RoomCrypto = { ...crypto, sign: (message) => crypto.sign(pair.privateKey, message) };
  const device = new Uint8Array(idBytes.device).fill(1) as DeviceId;
  const account = new Uint8Array(32).fill(2) as AccountId;
  const key = firstLiveKey(own, new Uint8Array(32).fill(3));
  const room = new Uint8Array(16).fill(4);
  const clock = { homeMs: 1_800_000_000_000, ownMs: 1_800_000_000_000 };
  let home: RoomEvents | undefined;
  const sent: Bytes[] = [];
  const rooms = {
    crypto: own,
    nowMs: () => clock.homeMs,
    homeOf: () => undefined,
    keyOf: () => ({ account, key: pair.publicKey }),
    watch: (_room: Bytes, events: RoomEvents) => {
      home = events;
      return { close: () => undefined, say: (bytes: Bytes) => sent.push(bytes) };
    },
  };
  const failed = (error: unknown) => {
    throw error;
  };
  const context = {
    rooms,
    nowMs: () => clock.ownMs,
    random: crypto.random,
    device: () => device,
    writable: () => undefined,
    marks: () => [],
    failed,
    after: () => undefined,
  } as unknown as FeatureContext;
  const conversation = new Uint8Array(32) as LivePlace["conversation"];
  const place = {
    live: "",
    conversation,
    room,
    key,
    author: toHex(account),
    device,
    title: "",
    home: undefined,
    sinceMs: clock.homeMs,
    id: undefined,
  };
  const heard = new Map<string, number>();
  const told = { changed: () => undefined, entered: () => undefined, ended: () => undefined };
  const watches = () => new Watch(context, place, "page", heard, told);
  const signed = (n: number, said: LiveSaid) => signLive(own, room, { device, n }, said);
  const sealed = async (n: number, said: LiveSaid) => sealLive(own, room, key, await signed(n, said));
  const film = (kind: "head" | "piece", layer: number, word: string): LiveSaid => {
    const bytes = new TextEncoder().encode(word);
    return kind === "head" ? { kind, layer, type: "video/mp4", bytes } : { kind, layer, bytes };
  };
  const shows = (layer: number, bytes: Bytes) =>
    home?.shown?.({ layer, isHead: false, isFirst: true, isLast: true, bytes } as never);
  const says = (bytes: Bytes) => home?.said(1, bytes);
  const done = (watch: Watch, of: "hearing" | "saying") =>
    (watch as unknown as { readonly [K in typeof of]: InOrder })[of].done();
  /** The words of what would be played now. */
  const taken = async (watch: Watch) => {
    await done(watch, "hearing");
    const pieces = (watch as unknown as { pieces: readonly LivePiece[] }).pieces;
    return pieces.length === 0 ? [] : ((await watch.take()) ?? []).map(({ bytes }) => new TextDecoder().decode(bytes));
  };
  /** The questions that were asked since the last time. */
  const questions = async (watch: Watch) => {
    watch.tick();
    await done(watch, "saying");
    const opened = await Promise.all(sent.splice(0).map((bytes) => openLive(own, room, bytes, () => key.key)));
    return opened.flatMap((signed) => {
      const said = signed && decodeLiveSaid(signed.body);
      return said?.kind === "ask" ? [said.nonce] : [];
    });
  };
  const enters = () => home?.entered([1], 1 as never);
  return { clock, heard, watches, signed, sealed, film, shows, says, taken, questions, enters };
}

test("[CA179] recorded pieces of a Live are not shown as now: none old, none of another layer from before, none to who comes back", async () => {
  const { clock, heard, watches, sealed, film, shows, taken, enters } = await watcher();
  const at = clock.homeMs;
  const head = await sealed(at, film("head", 1, "head"));
  const small = await sealed(at + 1, film("piece", 0, "small"));
  const full = await sealed(at + 2, film("piece", 1, "full"));
  const first = watches();
  enters();
  clock.homeMs += 10;
  for (const bytes of [head, full, small, head, head]) shows(1, bytes);
  // Neither what is older in the other layer, nor heads without end.
  expect(await taken(first)).toEqual(["full", "head"]);
  first.close();

  const second = watches();
  enters();
  for (const bytes of [head, full, small]) shows(1, bytes);
  expect(await taken(second)).toEqual(["head"]);
  second.close();

  // Who was never there, after minutes.
  heard.clear();
  clock.homeMs += 60_000;
  const third = watches();
  enters();
  for (const bytes of [head, small, full]) shows(1, bytes);
  expect(await taken(third)).toEqual(["head"]);
  third.close();
});

test("[CA216] a piece from far ahead of home's clock is not taken, and those that follow are", async () => {
  const { clock, watches, sealed, film, shows, taken, enters } = await watcher();
  const watch = watches();
  enters();
  shows(1, await sealed(clock.homeMs + 90_001, film("piece", 1, "tomorrow")));
  shows(1, await sealed(clock.homeMs + 90_000, film("piece", 1, "a clock that runs fast")));
  shows(1, await sealed(clock.homeMs + 90_002, film("piece", 1, "tomorrow again")));
  expect(await taken(watch)).toEqual(["a clock that runs fast"]);
  watch.close();
});

test("[CA217] home that turns its clock back shows a newcomer no more than ten seconds of what was recorded", async () => {
  const { clock, watches, sealed, film, shows, says, taken, questions, enters } = await watcher();
  // Recorded an hour ago, replies to others among it.
  const recorded: Bytes[] = [];
  for (let n = 0; n < 100; n++) recorded.push(await sealed(clock.homeMs + n * 600, film("piece", 1, `${n}`)));
  const reply = await sealed(clock.homeMs + 1, { kind: "fresh", nonces: [new Uint8Array(8)] });
  clock.ownMs += 3_600_000;
  const watch = watches();
  enters();
  const seen: string[] = [];
  let asked = 0;
  says(reply);
  for (const bytes of recorded) {
    shows(1, bytes);
    seen.push(...(await taken(watch)));
    asked += (await questions(watch)).length;
    clock.homeMs += 600;
    clock.ownMs += 600;
  }
  expect(seen.length).toBe(17);
  // It goes on asking, once in five seconds.
  expect(asked).toBe(12);
  expect(watch.at).toBe("away");
  watch.close();
});

test("[CA217] who watches sees what was sealed after the reply to a question of the last 45 seconds, whatever home's clock says", async () => {
  const { clock, watches, sealed, film, shows, says, taken, questions, enters } = await watcher();
  const watch = watches();
  enters();
  const [first] = await questions(watch);
  if (first === undefined) throw new Error("nothing was asked");
  const before = await sealed(clock.homeMs, film("piece", 1, "before"));
  says(await sealed(clock.homeMs + 1, { kind: "fresh", nonces: [first] }));
  shows(1, before);
  shows(1, await sealed(clock.homeMs + 2, film("piece", 1, "after")));
  expect(await taken(watch)).toEqual(["after"]);

  // Home holds all back, and its clock too: twenty seconds later it is asked again, and five seconds later again.
  const held = await sealed(clock.homeMs + 3, film("piece", 1, "held"));
  const late = await sealed(clock.homeMs + 4, film("piece", 1, "late"));
  clock.ownMs += 19_999;
  expect(await questions(watch)).toEqual([]);
  clock.ownMs += 1;
  const [second] = await questions(watch);
  if (second === undefined) throw new Error("nothing was asked again");
  clock.ownMs += 25_000;
  shows(1, held);
  expect(await taken(watch)).toEqual(["held"]);
  clock.ownMs += 1;
  shows(1, late);
  expect(await taken(watch)).toEqual([]);

  // A reply that was long under way counts from its question.
  says(await sealed(clock.homeMs + 5, { kind: "fresh", nonces: [new Uint8Array(8), second] }));
  shows(1, await sealed(clock.homeMs + 6, film("piece", 1, "again")));
  expect(await taken(watch)).toEqual(["again"]);
  watch.close();
});

test("[CA230] home that turns its clock back has no recorded comments and hearts told as now, and what follows a reply is", async () => {
  const { clock, watches, signed, sealed, says, taken, questions, enters } = await watcher();
  const state = async (n: number, text: string, hearts: number) => {
    const comments = [encodeSignedLive(await signed(n, { kind: "comment", text }))];
    return sealed(n, { kind: "state", hearts, comments });
  };
  const early = await state(clock.homeMs + 1, "early", 1);
  const recorded = await state(clock.homeMs + 2, "recorded", 2);
  const live = await state(clock.homeMs + 4, "live", 3);
  const watch = watches();
  enters();
  const told = async () => {
    await taken(watch);
    return [watch.comments.hearts, ...watch.comments.list.map(({ text }) => text)];
  };
  const [asked] = await questions(watch);
  if (asked === undefined) throw new Error("nothing was asked");
  says(early);
  expect(await told()).toEqual([1, "early"]);
  clock.ownMs += 10_000;
  says(recorded);
  expect(await told()).toEqual([1, "early"]);
  says(await sealed(clock.homeMs + 3, { kind: "fresh", nonces: [asked] }));
  says(live);
  expect(await told()).toEqual([3, "early", "live"]);
  watch.close();
});

test("[CA160] a Live is said to be over by a clock that was set as well, and after days", () => {
  const dayMs = 86_400_000;
  const named = { author: new Uint8Array(32) as AccountId, id: new Uint8Array(16) as never, watched: 1 };
  expect(lastedSeconds(1_000, 62_500)).toBe(61);
  for (const [since, now] of [
    [dayMs, 5],
    [5, 3 * dayMs],
  ] as const)
    expect(() => encodeBody({ kind: "liveEnd", ...named, seconds: lastedSeconds(since, now) })).not.toThrow();
});
