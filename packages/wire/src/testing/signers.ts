/** People's keys for tests of device lists, from names: the same each time. */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import {
  type Bytes,
  type DeviceList,
  type EntryChange,
  encodeEntry,
  encodeInception,
  entryBytes,
  nextEntryBody,
  type Primitives,
  rootHashOf,
} from "../index.ts";

const spkiHead = Buffer.from("302a300506032b6570032100", "hex");
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

export const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());

export const primitives: Primitives = {
  sha256,
  verify: (key, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({ key: Buffer.concat([spkiHead, key]), format: "der", type: "spki" }),
      signature,
    ),
};

export function signer(name: string) {
  const seed = createHash("sha256").update(name).digest();
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: "der", type: "pkcs8" });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(12));
  return { name, publicKey, sign: (message: Bytes) => new Uint8Array(sign(null, message, key)) };
}
export type Signer = ReturnType<typeof signer>;

export function nextHashOf({ publicKey }: Signer): Bytes {
  return rootHashOf(sha256, publicKey);
}

export function inceptionOf(root: Signer, next: Signer): Bytes {
  return encodeInception(root.publicKey, nextHashOf(next));
}

/** The entry that follows `held`, signed; whether it may is for the test to see. */
export function entryAfter(held: DeviceList, listed: readonly Signer[], by: Signer, change: EntryChange = {}): Bytes {
  const body = nextEntryBody(held, { ...change, devices: listed.map(({ publicKey }) => publicKey) }, by.publicKey);
  return encodeEntry(body, by.sign(entryBytes(body)));
}
