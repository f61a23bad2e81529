/** SHA-256 and Ed25519 of node:crypto, synchronous. */
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { type Bytes, isWeakSigningKey } from "@yanshu/wire";
import type { SyncPrimitives } from "./ports.ts";

/** The fixed head of an Ed25519 public key in DER (RFC 8410). */
const spkiHead = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);

export const nodePrimitives: SyncPrimitives = {
  sha256: (data) => new Uint8Array(hash("sha256", data, "buffer")), // Copied: a view of a small array costs more.
  verify: (publicKey, message, signature) => {
    const key = publicKeyOf(publicKey);
    return key !== undefined && signature.length === 64 && verify(null, message, key, signature);
  },
};

/** Undefined if the bytes are no point of the curve, or one of small order, for which signatures can be forged. */
function publicKeyOf(raw: Bytes): KeyObject | undefined {
  if (isWeakSigningKey(raw)) return undefined;
  const der = Buffer.concat([spkiHead, raw]);
  try {
    return createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}
