/** What features read of others' servers: within bounds, whatever these say. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { addUploadToken, readUploadTokens } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type CallArgs, type ConversationId, toHex } from "@yanshu/wire";
import { filled, testAccount } from "./backup/testing/test-account.ts";
import type { Engine } from "./core/engine.ts";
import type { MediaPorts } from "./ports.ts";
import { serverForFeatures } from "./server-for-features.ts";

test("[CH86] an answer that does not end, or is longer than was asked for, is none", async () => {
  const timers: (() => void)[] = [];
  let request: MediaPorts["request"] = () => new Promise(() => undefined);
  const ports = {
    media: { request: (server: string, asked: Parameters<MediaPorts["request"]>[1]) => request(server, asked) },
    after: (_ms: number, run: () => void) => {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
  };
  const { readPublic } = serverForFeatures({ ports, own: { server: "home.test" } } as unknown as Engine);
  const hung = readPublic("/public/head", { bytesMax: 9, at: "mirror.test" });
  timers[0]?.();
  expect(await hung).toBeUndefined();
  const asked: unknown[] = [];
  request = async (server, { bounds }) => {
    asked.push([server, bounds?.bytesMax, bounds !== undefined && bounds.msMax > 0]);
    return { status: 200, body: new Uint8Array(10) };
  };
  expect(await readPublic("/public/head", { bytesMax: 9 })).toBeUndefined();
  expect((await readPublic("/public/head", { bytesMax: 10 }))?.body.length).toBe(10);
  expect([asked, timers]).toEqual([
    [
      ["home.test", 9, true],
      ["home.test", 10, true],
    ],
    [],
  ]);
});

test("[MO144] tokens are spent once the connection is open, with what else is noted then, and each once", async () => {
  const { engine: bare } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  const { db } = bare;
  db.transaction(() => {
    for (let n = 0; n < 5; n++) addUploadToken(db, { input: filled(n), output: filled(n, 64), epoch: 1 });
  });
  const left = () => readUploadTokens(db, 9).length;
  const shown: number[] = [];
  const open = {
    call: async (_: string, { tokens }: CallArgs<"putHoles">) => {
      shown.push(...tokens.map(({ input }) => input[0] as number));
      return { kind: "ok", value: { taken: [] } };
    },
    close: () => undefined,
  };
  let errand: typeof open | undefined;
  // It draws none: home is away.
  const link = {
    whenReady: async () => true,
    state: () => "connecting",
    errand: async () => errand,
    call: async () => ({ kind: "lost" }),
  };
  const ports = { ...bare.ports, nowMs: () => 7 * 86_400_000, chance: () => 0, media: { tokensKept: 1 } };
  const engine = { ...bare, ports, link, failed: () => undefined } as unknown as Engine;
  const { callPaid } = serverForFeatures(engine);
  const put = (noted: () => void = () => undefined) =>
    callPaid("putHoles", 2, (tokens) => {
      noted();
      return { tokens, days: 2, holes: [] };
    });
  await expect(put()).rejects.toThrow("offline");
  expect([left(), shown]).toEqual([5, []]);
  errand = open;
  const full = () => {
    db.run("DELETE FROM upload_tokens");
    throw new Error("the disk is full");
  };
  await expect(put(full)).rejects.toThrow("the disk is full");
  expect([left(), shown]).toEqual([5, []]);
  // Three at one time, where there are enough for two.
  const ended = await Promise.allSettled([put(), put(), put()]);
  expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect([left(), new Set(shown).size, shown.length]).toEqual([1, 4, 4]);
});

test("[MO156] which home each friend is told is found by one reading of the store, however many they are", async () => {
  const { engine: bare } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  const { db, own } = bare;
  const reads: string[] = [];
  const counted = <F extends (sql: string, ...params: never[]) => unknown>(read: F) =>
    ((sql: string, ...params: never[]) => {
      reads.push(sql);
      return read(sql, ...params);
    }) as F;
  const counting = { ...db, all: counted(db.all), get: counted(db.get) };
  const leaf = (server: string) => ({ account: own?.account, server });
  const groups = new Map<string, unknown>();
  const befriend = (n: number, server: string) => {
    db.run(
      "INSERT INTO conversations (conversation, kind, state, peer, group_id, active_ms) VALUES (?, 'direct', 'open', ?, ?, 0)",
      filled(n, 16),
      filled(n),
      filled(n, 16),
    );
    groups.set(toHex(filled(n, 16)), { members: [{ account: filled(n), server: "far.test" }, leaf(server)] });
  };
  const engine = { ...bare, db: counting, own: { ...own, server: "yan.test" }, groups, before: {} };
  const named = (count: number) => {
    const features = serverForFeatures(engine as unknown as Engine);
    const chats = Array.from({ length: count }, (_, n) => filled(n, 16) as ConversationId);
    const one = chats.map(features.homeToName);
    reads.length = 0;
    const all = chats.map(features.allHomesToName());
    expect(all).toEqual(one);
    return { all, reads: reads.length };
  };
  befriend(0, "yan.test");
  befriend(1, "before.test");
  const few = named(2);
  // Where a leaf still names a home of before, and there alone.
  expect(few.all).toEqual([undefined, "yan.test"]);
  for (let n = 2; n < 50; n++) befriend(n, "yan.test");
  expect(named(50).reads).toBe(few.reads);
  const moved = { ...engine, before: { server: "before.test" } } as unknown as Engine;
  expect(serverForFeatures(moved).allHomesToName()(filled(0, 16) as ConversationId)).toBe("yan.test");
});
