/**
 * Whose signature on a recovery record counts (docs/spec/vault.md VA26): home can seal a record of its own making, and
 * sign it as no device of the account.
 */
import { expect, test } from "bun:test";
import { encodeRecoveryRecord } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { type Bytes, ByteWriter, concat, recordBytes } from "@yanshu/wire";
import { ownOf } from "../core/engine.ts";
import { readVouched, vouch } from "./record-voucher.ts";
import { filled, testAccount } from "./testing/test-account.ts";

const crypto = createBunCrypto();
const nothing = { keys: [], begins: [], items: [], rights: [], groups: [], people: [], ownFounding: 0 };
const held = encodeRecoveryRecord(nothing as never);
const u53 = (value: number) => new ByteWriter(8).u53(value).finish();

async function device() {
  const test = await testAccount(crypto, openBunDatabase(":memory:"));
  const { account } = ownOf(test.engine);
  const made = await vouch(test.engine, 0, held);
  /** As `vouch` does, by any key and of any entry. */
  const by = async (
    key: typeof test.device,
    { n = made.n, entryHash = made.entryHash }: { readonly n?: number; readonly entryHash?: Bytes } = {},
  ) => {
    const signature = await crypto.sign(key.privateKey, recordBytes({ account, n, entryHash, stampMs: 0, held }));
    return concat(key.publicKey, u53(n), entryHash, u53(0), signature, held);
  };
  const kind = async (bytes: Bytes) => (await readVouched(test.engine, bytes)).kind;
  return { ...test, made, by, kind };
}

test("[VA26] a record that a device of the list signed counts, and says of which entry", async () => {
  const { made, by, device: own, kind } = await device();
  expect(await kind(made.bytes)).toBe("vouched");
  expect(await by(own)).toEqual(made.bytes);
});

test("[VA26] a record that is signed by no device of the account, or of no entry of its list, is not believed", async () => {
  const { made, by, device: own, kind } = await device();
  const stranger = await crypto.signatureKeyPair(filled(5));
  expect(await kind(await by(stranger))).toBe("unvouched");
  expect(await kind(await by(own, { n: made.n + 1 }))).toBe("unvouched");
  expect(await kind(await by(own, { entryHash: filled(1) }))).toBe("unvouched");
});

test("[VA26] a record whose signature is not over all that it says is not believed", async () => {
  const { made, kind } = await device();
  const stampAt = 32 + 8 + 32 + 7;
  const signatureAt = stampAt + 1;
  for (const at of [stampAt, signatureAt, made.bytes.length - 1])
    expect([at, await kind(made.bytes.with(at, (made.bytes[at] ?? 0) ^ 1))]).toEqual([at, "unvouched"]);
  expect(await kind(made.bytes.subarray(0, 100))).toBe("unreadable");
});
