/** Which of two words about the additions of a recovery record counts (docs/spec/vault.md VA39). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { clientFeatures } from "../features/index.ts";
import { chatsIn } from "../testing/chat.ts";
import { readAdditions, recordMoreSynced, takeAdditions } from "./record-additions.ts";

const chat = chatsIn(createBunCrypto(), () => openBunDatabase(":memory:"), clientFeatures);

const said = (value: number) => [{ type: 7, data: new Uint8Array([value]) }];

test("[VA39] the later word counts, and of one moment the same on every device", async () => {
  const { engine, db, own } = await chat("own");
  const told = (stampMs: number, more: ReturnType<typeof said>) => {
    db.transaction(() => recordMoreSynced.take(engine, { kind: "recordMore", stampMs, more }, own.device));
    return readAdditions(db)?.more;
  };
  expect([told(2, said(5)), told(1, said(9)), told(2, said(4))]).toEqual([said(5), said(5), said(5)]);
  expect([told(2, said(6)), told(3, []), told(2, said(7))]).toEqual([said(6), [], []]);
  expect(recordMoreSynced.all?.(engine)).toEqual([{ kind: "recordMore", stampMs: 3, more: [] }]);
});

test("[VA39] a moment far ahead counts as a day ahead at most, and who takes a record next outdoes it", async () => {
  const { engine, db, own } = await chat("own");
  const nowMs = engine.ports.nowMs();
  const told = (stampMs: number, more: ReturnType<typeof said>) => {
    db.transaction(() => recordMoreSynced.take(engine, { kind: "recordMore", stampMs, more }, own.device));
    return readAdditions(db);
  };
  expect(told(Number.MAX_SAFE_INTEGER, said(9))).toEqual({ stampMs: nowMs + 86_400_000, more: said(9) });
  db.transaction(() => takeAdditions(engine, said(1)));
  expect(readAdditions(db)).toEqual({ stampMs: nowMs + 86_400_001, more: said(1) });
  expect(told(nowMs + 86_400_000, said(9))?.more).toEqual(said(1));
});
