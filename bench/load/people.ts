/**
 * People: accounts and devices with real keys (docs/spec/identity.md), made from a seed so that a
 * later process is the same people without a file of secrets.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import {
  type AccountId,
  type Address,
  accountIdOf,
  type Bytes,
  beginList,
  concat,
  type DeviceId,
  deviceIdOf,
  encodeEntry,
  encodeInception,
  entryBytes,
  idBytes,
  nextEntryBody,
  type Primitives,
  signInBytes,
  utf8,
} from "@yanshu/wire";
import { Peer } from "./peer.ts";

const pkcs8Ed25519 = Buffer.from("302e020100300506032b657004220420", "hex");
const spkiEd25519 = Buffer.from("302a300506032b6570032100", "hex");

export const primitives: Primitives = {
  sha256,
  verify: (key, message, signature) =>
    verify(
      null,
      message,
      createPublicKey({ key: concat(spkiEd25519, key) as Buffer, format: "der", type: "spki" }),
      signature,
    ),
};

export type KeyPair = { readonly secret: KeyObject; readonly publicKey: Bytes };

/** One person with one device. */
export type Person = {
  readonly root: KeyPair;
  readonly inception: Bytes;
  readonly entry: Bytes;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly deviceKey: KeyPair;
  readonly address: Address;
  /** The values that sign-ins show one after another. */
  readonly pairValue: (n: number) => Bytes;
};

export function sha256(data: Bytes): Bytes {
  return new Uint8Array(createHash("sha256").update(data).digest());
}

/** Bytes that the same seed and path always give. */
export function derive(seed: string, ...path: readonly (string | number)[]): Bytes {
  return sha256(utf8([seed, ...path].join("/")));
}

export function keyPair(seed: Bytes): KeyPair {
  const secret = createPrivateKey({ key: Buffer.concat([pkcs8Ed25519, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  return { secret, publicKey: new Uint8Array(spki.subarray(spkiEd25519.length)) };
}

export function signed(key: KeyPair, message: Bytes): Bytes {
  return new Uint8Array(sign(null, message, key.secret));
}

export function makePerson(seed: string, index: number, domain: string): Person {
  const root = keyPair(derive(seed, "root", index));
  const deviceKey = keyPair(derive(seed, "device", index));
  const inception = encodeInception(root.publicKey, derive(seed, "next root", index).slice(0, idBytes.hash));
  const change = { devices: [deviceKey.publicKey], homeServers: [domain] };
  const body = nextEntryBody(beginList(primitives, inception), change, root.publicKey);
  return {
    root,
    inception,
    entry: encodeEntry(body, signed(root, entryBytes(body))),
    account: accountIdOf(sha256, inception),
    device: deviceIdOf(sha256, deviceKey.publicKey),
    deviceKey,
    address: derive(seed, "address", index).slice(0, idBytes.address),
    pairValue: (n) => derive(seed, "pair", index, n).slice(0, idBytes.pairValue),
  };
}

/** What the server says of itself in its first answer. */
export type Greeting = { readonly domain: string; readonly incarnation: Bytes; readonly nonce: Bytes };

export async function greet(url: string): Promise<{ peer: Peer; greeting: Greeting }> {
  const peer = await Peer.open(url);
  return { peer, greeting: await peer.call("hello", { versions: [1] }) };
}

/** @param times how often this person has signed in before. */
export async function signIn(url: string, person: Person, times: number): Promise<Peer> {
  const { peer, greeting } = await greet(url);
  const { account, device } = person;
  const current = person.pairValue(times);
  const next = person.pairValue(times + 1);
  const message = signInBytes({ ...greeting, account, device, current, next });
  await peer.call("signIn", { account, device, current, next, signature: signed(person.deviceKey, message) });
  return peer;
}

/** Runs `work` for 0 … count−1, so many at a time. */
export async function inParallel(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    while (next < count) {
      const index = next;
      next++;
      await work(index);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
