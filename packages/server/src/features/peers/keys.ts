/** This server's keys among servers, made at its first start (docs/spec/peers.md PE3). */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, fromBase64Url, serverKeyBytes } from "@yanshu/wire";
import { type SharedSecret, secretIn } from "../../secrets.ts";
import type { ServerKeys } from "./port.ts";
import { unseal } from "./unseal.ts";

const seedBytes = 32;
const fileName = "peer-key";
/** In which an operator leaves the old file, so that others take the new key for this server's. */
const beforeName = "peer-key-before";

/** Fixed heads of private keys in DER (RFC 8410), before the seed. */
const heads = {
  sign: Buffer.from("302e020100300506032b657004220420", "hex"),
  seal: Buffer.from("302e020100300506032b656e04220420", "hex"),
};

/** @throws OptionError when the file does not hold keys. */
export function serverKeys(folder: string, shared?: SharedSecret): ServerKeys {
  const secret = secretIn(
    folder,
    {
      name: fileName,
      bytes: 2 * seedBytes,
      make: () => new Uint8Array(randomBytes(2 * seedBytes)),
      unless: "no key of a server: put the one back that it had; with another one others do not know this server",
    },
    shared,
  );
  const path = join(folder, beforeName);
  const before = existsSync(path) ? fromBase64Url(readFileSync(path, "utf8").trim()) : undefined;
  return keysFrom(secret, before?.length === 2 * seedBytes ? before : undefined);
}

/** @param secret 64 bytes: the seeds of both keys. */
export function keysFrom(secret: Bytes, before?: Bytes): ServerKeys {
  const signing = keyOf("sign", secret.subarray(0, seedBytes));
  const signKey = publicOf(signing);
  const sealing = keyOf("seal", secret.subarray(seedBytes));
  const sealKey = publicOf(sealing);
  const older = before && keyOf("sign", before.subarray(0, seedBytes));
  return {
    signKey,
    sealKey,
    sign: (message) => new Uint8Array(sign(null, message, signing)),
    unseal: (info, enc, sealed) => unseal(sealing, sealKey, info, enc, sealed),
    before:
      older &&
      ((name) => ({
        key: publicOf(older),
        signature: new Uint8Array(sign(null, serverKeyBytes(name, signKey), older)),
      })),
  };
}

function keyOf(sort: keyof typeof heads, seed: Bytes): KeyObject {
  return createPrivateKey({ key: Buffer.concat([heads[sort], seed]), format: "der", type: "pkcs8" });
}

function publicOf(key: KeyObject): Bytes {
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));
}
