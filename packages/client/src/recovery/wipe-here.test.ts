/** A word that the account is erased, and the own list that home shows when it is asked (docs/spec/keeping.md KP2). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { diagnosticCount, writeMeta } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { bytes } from "../testing/chat.ts";
import { isErased, wipeOnWord } from "./wipe-here.ts";

const [named, unnamed] = [bytes(1, 32), bytes(2, 32)];

/** Ann's device. @param by which told it, if any did. @param answers whether home shows the list. */
async function told(by: Uint8Array | undefined, answers: boolean) {
  const { engine: bare } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  let wiped = 0;
  const head = { body: { n: 0 }, bytes: bytes(3, 8) };
  const answer = answers ? { kind: "ok", value: { entries: [head.bytes] } } : { kind: "lost" };
  const engine = {
    ...bare,
    lists: { names: ({ device }: { device: Uint8Array }) => device[0] === named[0], head: () => head },
    link: { call: async () => answer, rest: () => wiped++ },
    deviceBackup: { clear: () => Promise.reject(new Error("it wipes itself")) },
  } as unknown as Engine;
  if (by !== undefined) engine.db.transaction(() => writeMeta(engine.db, "erased", by));
  await wipeOnWord(engine).catch(() => undefined);
  return { wiped, waits: isErased(engine), passed: diagnosticCount(engine.db, "erased-by-unlisted") };
}

test("[KP2] a device wipes itself at the word of one that is named still when home was asked, and waits for the answer", async () => {
  expect(await told(named, true)).toEqual({ wiped: 1, waits: true, passed: 0 });
  expect(await told(unnamed, true)).toEqual({ wiped: 0, waits: false, passed: 1 });
  expect(await told(named, false)).toEqual({ wiped: 0, waits: true, passed: 0 });
  expect(await told(unnamed, false)).toEqual({ wiped: 0, waits: true, passed: 0 });
  expect(await told(undefined, true)).toEqual({ wiped: 0, waits: false, passed: 0 });
});
