/** Segments of the vault, opened (docs/spec/vault.md VA22). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { addVaultKey } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { freshKey } from "./keys.ts";
import { openSegment, sealSegment } from "./seal.ts";
import { testAccount } from "./testing/test-account.ts";

test("[VA22] a segment opens at its place; a shorter one, or one of another version, is broken and waits for no key", async () => {
  const { engine, device } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  const key = freshKey(engine, 0);
  const held = Uint8Array.of(1, 2, 3);
  const segment = await sealSegment(engine, key, 4, held);
  expect(await openSegment(engine, 4, segment)).toBe("locked");
  addVaultKey(engine.db, key);
  expect(await openSegment(engine, 4, segment)).toEqual({ signer: device.publicKey, epoch: 0, held });
  expect(await openSegment(engine, 5, segment)).toBe("broken");
  const short = new Uint8Array(100);
  short[0] = 1;
  expect(await openSegment(engine, 4, short)).toBe("broken");
  const newer = segment.slice();
  newer[0] = 2;
  expect(await openSegment(engine, 4, newer)).toBe("broken");
});
