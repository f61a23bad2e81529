import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { addUploadToken, readUploadTokens } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type CallArgs, evaluateTokens, uploadTokenEpochAt, uploadTokenKey } from "@yanshu/wire";
import { filled, testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { spent, stockTokens, takeTokens } from "./tokens.ts";

const crypto = createBunCrypto();
const weekMs = 7 * 86_400_000;
const hourMs = 3_600_000;
/** The middle of a week. */
const nowMs = 2_900 * weekMs + weekMs / 2;

/**
 * A device that is told this number on the anonymous line: what it then says on the signed one, and what it has left.
 */
async function saidAfter(epoch: number, ms = nowMs) {
  const { engine: bare } = await testAccount(crypto, openBunDatabase(":memory:"));
  const said: number[] = [];
  const call = async (_side: string, name: string, args: CallArgs<"blobTokens">) => {
    if (name === "blobTerms") return { kind: "ok", value: { epoch, publicKey: filled(1), bytesMax: 1, days: 30 } };
    said.push(args.epoch);
    return { kind: "lost" };
  };
  const ports = { ...bare.ports, nowMs: () => ms };
  const engine = { ...bare, ports, link: { call }, changed: () => undefined } as unknown as Engine;
  const { db } = engine;
  db.transaction(() => addUploadToken(db, { input: filled(2), output: filled(3, 64), epoch: 2_900 }));
  expect(await stockTokens(engine)).toBe(false);
  return { said, left: readUploadTokens(db, 9).length };
}

test("[ME30] tokens are drawn under the number of the week by the own clock, and under none that home makes up for one line", async () => {
  expect(uploadTokenEpochAt(nowMs)).toBe(2_900);
  expect(await saidAfter(2_900)).toEqual({ said: [2_900], left: 1 });
  for (const epoch of [0, 4_711, 2_899, 2_901, 2 ** 40]) expect(await saidAfter(epoch)).toEqual({ said: [], left: 1 });
  // Home's clock may be some hours from the own one.
  const beginsMs = 2_901 * weekMs;
  expect((await saidAfter(2_900, beginsMs + 5 * hourMs)).said).toEqual([2_900]);
  expect((await saidAfter(2_901, beginsMs - 5 * hourMs)).said).toEqual([2_901]);
  expect((await saidAfter(2_899, beginsMs + 5 * hourMs)).said).toEqual([]);
});

test("[MO142] where few tokens are left others are drawn at a moment of chance, and none at the moment of spending", async () => {
  const { engine: bare } = await testAccount(crypto, openBunDatabase(":memory:"));
  const key = uploadTokenKey(filled(7), 2_900);
  const drawn: number[] = [];
  const call = async (_side: string, name: string, { blinded }: CallArgs<"blobTokens">) => {
    if (name === "blobTerms") return { kind: "ok", value: { epoch: 2_900, publicKey: key.publicKey } };
    drawn.push(blinded.length);
    return { kind: "ok", value: evaluateTokens(key, blinded, crypto.random) };
  };
  const planned: { readonly ms: number; readonly run: () => void }[] = [];
  const after = (ms: number, run: () => void) => {
    planned.push({ ms, run });
    return () => undefined;
  };
  const ports = { ...bare.ports, nowMs: () => nowMs, after, chance: () => 0.5, media: {} };
  const engine = {
    ...bare,
    ports,
    link: { call, state: () => "online" },
    changed: () => undefined,
  } as unknown as Engine;
  const spend = async (count: number) => spent(engine, (await takeTokens(engine, count)) ?? []);
  const left = () => readUploadTokens(engine.db, 99).length;
  await stockTokens(engine);
  await spend(20);
  expect({ left: left(), planned: planned.length }).toEqual({ left: 12, planned: 0 });
  await spend(1);
  await spend(7);
  expect({ left: left(), planned: planned.length, drawn }).toEqual({ left: 4, planned: 1, drawn: [16, 16] });
  expect(planned[0]?.ms).toBe(300_000);
  planned[0]?.run();
  for (let turns = 0; turns < 50 && left() < 32; turns++) await Bun.sleep(1);
  expect({ left: left(), drawn }).toEqual({ left: 32, drawn: [16, 16, 16, 12] });
  await spend(21);
  expect(planned.length).toBe(2);
});
