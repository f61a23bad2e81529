/** Key packages of somebody who lies, each in one thing alone and well signed (docs/spec/groups.md GR9). */
import { expect, test } from "bun:test";
import { deviceIdOf, encodeAs, fixed, idBytes, limits, literal, struct, uint } from "@yanshu/wire";
import type { KeyPackage } from "ts-mls";
import { signKeyPackage } from "ts-mls/keyPackage.js";
import { type LeafNodeKeyPackage, signLeafNodeKeyPackage } from "ts-mls/leafNode.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { createBunCrypto } from "./bun/index.ts";
import { checkAddedPackage, checkKeyPackage, decodeKeyPackage } from "./key-package.ts";
import { authenticationService, deliveryExtension } from "./leaf.ts";
import { contextOf } from "./testing/forger.ts";
import { device, nowMs } from "./testing/people.ts";

const crypto = createBunCrypto();
const dayMs = 86_400_000;
const otherSuite = "MLS_256_XWING_CHACHA20POLY1305_SHA256_Ed25519" as never;

async function bobs() {
  const bob = await device(crypto, "bob");
  const made = decodeKeyPackage((await bob.keyPackage()).bytes);
  if (made === undefined) throw new Error("a key package");
  const context = contextOf(bob);
  const key = bob.identity.deviceKey.privateKey;
  /** The package with another leaf, or otherwise changed, signed anew by its device. */
  const signed = async (leaf: Partial<LeafNodeKeyPackage>, whole: Partial<KeyPackage> = {}) => {
    const leafNode = await signLeafNodeKeyPackage({ ...made.leafNode, ...leaf }, key, context.suite.signature);
    return signKeyPackage({ ...made, leafNode, ...whole }, key, context.suite.signature);
  };
  return { bob, made, context, signed };
}

test("[GR9] a package that was signed anew and changed in nothing is taken", async () => {
  const { context, signed } = await bobs();
  expect(await checkKeyPackage(context, await signed({}))).toBeDefined();
});

test("[GR9] a package of another suite, with extensions of its own, or whose two keys are one, is refused", async () => {
  const { made, context, signed } = await bobs();
  expect(await checkAddedPackage(context, await signed({}, { cipherSuite: otherSuite }))).toBeUndefined();
  const extension = { extensionType: "application_id" as const, extensionData: new Uint8Array(4) };
  expect(await checkAddedPackage(context, await signed({}, { extensions: [extension] }))).toBeUndefined();
  const { hpkePublicKey } = made.leafNode;
  expect(await checkAddedPackage(context, await signed({}, { initKey: hpkePublicKey }))).toBeUndefined();
});

test("[GR9] a package whose leaf, or which itself, its device did not sign is refused", async () => {
  const { bob, made, context } = await bobs();
  const signature = new Uint8Array(64);
  expect(await checkAddedPackage(context, { ...made, signature })).toBeUndefined();
  const leafNode = { ...made.leafNode, signature };
  const byBob = await signKeyPackage({ ...made, leafNode }, bob.identity.deviceKey.privateKey, context.suite.signature);
  expect(await checkAddedPackage(context, byBob)).toBeUndefined();
});

test("[GR9] a leaf that does not speak what every leaf here speaks is refused", async () => {
  const { made, context, signed } = await bobs();
  const { capabilities } = made.leafNode;
  for (const less of [
    { ...capabilities, versions: [] },
    { ...capabilities, ciphersuites: [] },
    { ...capabilities, credentials: [] },
    { ...capabilities, extensions: [] },
  ])
    expect(await checkAddedPackage(context, await signed({ capabilities: less }))).toBeUndefined();
});

test("[GR9] a leaf with another credential, with none of our extension, or with one more, is refused", async () => {
  const { made, context, signed } = await bobs();
  const [delivery] = made.leafNode.extensions;
  if (delivery === undefined) throw new Error("an extension");
  const more = { extensionType: "application_id" as const, extensionData: new Uint8Array(4) };
  for (const extensions of [[], [delivery, more], [{ ...delivery, extensionType: 0xf0a9 }], [more]])
    expect(await checkAddedPackage(context, await signed({ extensions }))).toBeUndefined();
  const x509 = { credentialType: "x509" as const, certificates: [] };
  expect(await checkAddedPackage(context, await signed({ credential: x509 }))).toBeUndefined();
});

test("[GR9] a credential counts for the key that its device id is the hash of, and for a key of 32 bytes alone", async () => {
  const { made } = await bobs();
  const { credential, signaturePublicKey } = made.leafNode;
  const { validateCredential } = authenticationService(crypto.sha256);
  expect(await validateCredential(credential, signaturePublicKey)).toBe(true);
  expect(await validateCredential(credential, new Uint8Array(32).fill(9))).toBe(false);
  const long = new Uint8Array(33).fill(9);
  const named = { account: new Uint8Array(32), device: deviceIdOf(crypto.sha256, long) };
  const schema = struct({
    v: literal(1),
    account: fixed(idBytes.account),
    device: fixed(idBytes.device),
    n: uint(limits.entriesMax - 1),
    entryHash: fixed(idBytes.hash),
  });
  const identity = encodeAs(schema, { v: 1, ...named, n: 0, entryHash: new Uint8Array(32) });
  expect(await validateCredential({ credentialType: "basic", identity }, long)).toBe(false);
});

test("[GR9] a leaf whose credential or extension cannot be read is refused", async () => {
  const { made, context, signed } = await bobs();
  const [delivery] = made.leafNode.extensions;
  if (delivery === undefined) throw new Error("an extension");
  const noise = new Uint8Array(12).fill(0xff);
  const credential = { credentialType: "basic" as const, identity: noise };
  expect(await checkAddedPackage(context, await signed({ credential }))).toBeUndefined();
  const extensions = [{ ...delivery, extensionData: noise }];
  expect(await checkAddedPackage(context, await signed({ extensions }))).toBeUndefined();
});

test("[GR9] a package is read to its end, and is of bounded size", async () => {
  const { bob, made } = await bobs();
  const { bytes } = await bob.keyPackage();
  expect(decodeKeyPackage(bytes)).toBeDefined();
  expect(decodeKeyPackage(Uint8Array.from([...bytes, 0]))).toBeUndefined();
  const long = { extensionType: "application_id" as const, extensionData: new Uint8Array(limits.keyPackageBytesMax) };
  const large = { ...made, extensions: [long] };
  expect(
    decodeKeyPackage(encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage: large })),
  ).toBeUndefined();
});

test("[GR9] a package one of whose keys gives no secret is refused", async () => {
  const { bob, context, signed } = await bobs();
  const weak = new Uint8Array(32);
  expect(await checkAddedPackage(context, await signed({}, { initKey: weak }))).toBeUndefined();
  expect(await checkAddedPackage(context, await signed({ hpkePublicKey: weak }))).toBeUndefined();
  const extensions = [deliveryExtension({ ...bob.delivery(), sealKey: weak })];
  expect(await checkAddedPackage(context, await signed({ extensions }))).toBeUndefined();
});

test("[GR9] a package does not count before its time", async () => {
  const { context, made } = await bobs();
  expect(await checkKeyPackage({ ...context, nowMs: () => nowMs }, made)).toBeDefined();
  expect(await checkKeyPackage({ ...context, nowMs: () => nowMs - 3 * dayMs }, made)).toBeUndefined();
});
