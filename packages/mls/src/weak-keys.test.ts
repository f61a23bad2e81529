/**
 * Signatures that libraries part over (docs/spec/groups.md GR36): every provider, and the server's, says the same of
 * them, or members would part over a commit, a list or a sign-in.
 */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, concat, equalBytes, fromHex, isWeakSealKey, isWeakSigningKey, toHex, utf8 } from "@yanshu/wire";
import { createBrowserCrypto } from "./browser/index.ts";
import { createBunCrypto } from "./bun/index.ts";
import { type Suite, suiteOf } from "./suite.ts";
import { forgesCommit } from "./testing/forger.ts";
import { type Device, device, everybodyListed, groupOf, groupState, nowMs } from "./testing/people.ts";
import type { Group } from "./types.ts";

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const bun = createBunCrypto();

const verifiers: readonly (readonly [string, typeof bun.verify])[] = [
  ["node:crypto", bun.verify],
  ["WebCrypto", createBrowserCrypto().verify],
  ["noble", createBrowserCrypto({ webEd25519: false }).verify],
];

const ofSmallOrder = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].flatMap((text) => {
  const [plain, signed] = [fromHex(text), fromHex(text)];
  signed[31] = (signed[31] as number) | 0x80;
  return [plain, signed];
});

function numberOf(bytes: Bytes): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`);
}

function bytesOf(number: bigint): Bytes {
  return fromHex(number.toString(16).padStart(64, "0")).toReversed();
}

/** A signature with `secret` under `key` and the commitment `point`, whatever is added to either. */
function signed(secret: bigint, key: Bytes, nonce: bigint, point: Bytes, message: Bytes): Bytes {
  const challenge =
    numberOf(
      createHash("sha512")
        .update(concat(point, key, message))
        .digest(),
    ) % order;
  return concat(point, bytesOf((nonce + challenge * secret) % order));
}

test("[GR36] a signature under a key of small order is refused by all, whatever the library makes of it", async () => {
  let tried = 0;
  for (const key of ofSmallOrder)
    for (const commitment of ofSmallOrder) {
      const signature = concat(commitment, new Uint8Array(32));
      for (let i = 0; i < 4; i++)
        for (const [name, verify] of verifiers) {
          tried++;
          expect([name, await verify(key, utf8(`anything ${i}`), signature)]).toEqual([name, false]);
        }
      expect(isWeakSigningKey(key)).toBe(true);
    }
  expect(tried).toBe(14 * 14 * 4 * 3);
  const honest = await bun.signatureKeyPair(bun.random(32));
  expect(isWeakSigningKey(honest.publicKey)).toBe(false);
  expect(isWeakSigningKey(honest.publicKey.subarray(1))).toBe(true);
});

test("[GR36] of a key or commitment with a part of small order all say the same", async () => {
  const torsion = Point.fromBytes(fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
  const [secret, nonce] = [0x1234_5678_9abc_def1n, 0x0fed_cba9_8765_4321n];
  const plainKey = Point.BASE.multiply(secret);
  const plainPoint = Point.BASE.multiply(nonce);
  const said = new Set<boolean>();
  for (const [key, point] of [
    [plainKey, plainPoint],
    [plainKey.add(torsion), plainPoint],
    [plainKey, plainPoint.add(torsion)],
    [plainKey.add(torsion), plainPoint.add(torsion)],
  ] as const)
    for (let i = 0; i < 24; i++) {
      const message = utf8(`message ${i}`);
      const signature = signed(secret, key.toBytes(), nonce, point.toBytes(), message);
      const answers = await Promise.all(verifiers.map(([, verify]) => verify(key.toBytes(), message, signature)));
      expect(new Set(answers).size).toBe(1);
      if (key === plainKey && point === plainPoint) expect(answers[0]).toBe(true);
      else said.add(answers[0] as boolean);
    }
  expect(said).toEqual(new Set([true, false])); // With a part of order 8 in the key, one message in eight holds.
});

describe("[GR36] a leaf to which nothing can be sealed", () => {
  const point = fromHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");

  test("[GR36] is in no package that anybody adds", async () => {
    const [alice, mallory] = [await device(bun, "alice"), await device(bun, "mallory")];
    expect(isWeakSealKey(point)).toBe(true);
    await expect(bun.hpkeSeal(point, "test", utf8("x"))).rejects.toThrow();
    const { bytes } = await mallory.mls.keyPackage(
      mallory.identity,
      { ...mallory.delivery(), sealKey: point },
      nowMs + 86_400_000,
    );
    expect(await alice.mls.readKeyPackage(bytes)).toBeUndefined();
    const group = await alice.mls.create(alice.identity, alice.delivery(), groupState(alice));
    expect(await alice.mls.prepare(group, { adds: [bytes] }, everybodyListed)).toEqual({ refused: "malformed" });
  });

  test.each([
    ["a node above others alone", 0],
    ["the root", 1],
    ["the committer's leaf", 2],
  ] as const)("[GR36] comes in by no path: %s", async (_where, place) => {
    const people = await Promise.all(["alice", "bob", "mallory", "dan"].map((name) => device(bun, name)));
    const [, bob, mallory] = people as [Device, Device, Device];
    const [, b, m] = (await groupOf(people)) as [Group, Group, Group];
    const { commit } = await forgesCommit(mallory, m, [], { suite: exporting(place) });
    const got = await bob.mls.receive(b, commit, everybodyListed);
    expect(got).toMatchObject({ kind: "refused", why: "leaf-mismatch", by: mallory.account });
  });

  /** As the provider, but that the public key exported at this place, counted from 0, is the point. */
  function exporting(place: number): Suite {
    const suite = suiteOf(bun);
    let at = 0;
    const exportPublicKey: Suite["hpke"]["exportPublicKey"] = async (key) =>
      at++ === place ? point : suite.hpke.exportPublicKey(key);
    return { ...suite, hpke: { ...suite.hpke, exportPublicKey } };
  }
});

test("[GR36] keys that are sealed to: what is weak gives no secret, and no other key is called weak", async () => {
  const keys = await bun.sealKeyPair();
  expect(isWeakSealKey(keys.publicKey)).toBe(false);
  const again = keys.publicKey.slice();
  again[31] = (again[31] as number) | 0x80; // Not read by X25519.
  expect(isWeakSealKey(again)).toBe(false);
  expect(equalBytes(again, keys.publicKey)).toBe(false);
});
