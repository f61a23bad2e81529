/** vectors/derived.json, read by the code that makes keys, words and proofs (docs/spec/wire.md WI31, WI35). */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createBunCrypto } from "@yanshu/mls/bun";
import { fromHex, passkeyProofBytes, toHex } from "@yanshu/wire";
import { joinBytes } from "../group-state/join-bytes.ts";
import { notAMemberBytes, resyncBytes } from "../group-state/resync-bytes.ts";
import { tagOf } from "../identity/master-wrap.ts";
import { nextRootKeyOf, recoveryKeyOf, rootKeyOf } from "../identity/own.ts";
import { linkWord, linkWordCount } from "../identity/words.ts";
import { wordsOf } from "./link-proof.ts";

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../vectors/derived.json"), "utf8"));
const crypto = createBunCrypto();
/** Texts of a record as bytes, but for those that are named. */
const bytesIn = (value: Record<string, unknown>, texts: readonly string[] = []): never =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      Array.isArray(field)
        ? field.map(fromHex)
        : typeof field === "string" && !texts.includes(name)
          ? fromHex(field)
          : field,
    ]),
  ) as never;

test("[WI35] keys follow from a secret by HKDF, as the vectors say", async () => {
  const secret = fromHex(vectors.secret);
  const keyOf = (label: string) => vectors.keys.find((one: { label: string }) => one.label === label);
  expect(toHex((await rootKeyOf(crypto, secret)).publicKey)).toBe(keyOf("yanshu root key v1").publicKey);
  expect(toHex((await nextRootKeyOf(crypto, secret)).publicKey)).toBe(keyOf("yanshu next root key v1").publicKey);
  expect(toHex((await recoveryKeyOf(crypto, secret)).publicKey)).toBe(keyOf("yanshu recovery key v1").publicKey);
  for (const keeper of ["passkey", "family"] as const)
    expect(toHex(tagOf(crypto, keeper, secret))).toBe(keyOf(`yanshu ${keeper} tag v1`).derived);
});

test("[ID14] [ID38] the words that two devices show are those of the vectors, from the same list", () => {
  const list = Array.from({ length: linkWordCount }, (_, i) => [linkWord(i, "zh"), linkWord(i, "en")]);
  expect(list).toEqual(vectors.wordList);
  for (const { label, account, oldKey, oldNonce, newKey, newNonce, numbers } of vectors.words) {
    const [old, fresh] = [
      { key: fromHex(oldKey), nonce: fromHex(oldNonce) },
      { key: fromHex(newKey), nonce: fromHex(newNonce) },
    ];
    const of = label === "link words" ? "link" : "family";
    expect(wordsOf(crypto, fromHex(account), old, fresh, of)).toEqual(numbers);
  }
});

test("[WI31] what is signed of a note, and for a passkey, is what the vectors say", () => {
  const { bytes, ...fields } = vectors.passkey;
  expect(toHex(passkeyProofBytes(bytesIn(fields, ["domain"])))).toBe(bytes);
  const [resync, notAMember, join] = vectors.proofs;
  expect(toHex(resyncBytes(bytesIn(resync.note)))).toBe(resync.bytes);
  expect(toHex(notAMemberBytes(bytesIn(notAMember.note)))).toBe(notAMember.bytes);
  expect(toHex(joinBytes(bytesIn(join.note, ["name"]), crypto.sha256))).toBe(join.bytes);
});
