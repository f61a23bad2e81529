/**
 * Unseal: HPKE base mode (RFC 9180) at the receiver, for DHKEM(X25519), HKDF-SHA-256 and AES-128-GCM, over node:crypto:
 * what clients of other servers seal to this one's card (docs/spec/peers.md PE44).
 */
import { createDecipheriv, createHmac, createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import { type Bytes, concat, isWeakSealKey, utf8 } from "@yanshu/wire";

const none = new Uint8Array();
const version = utf8("HPKE-v1");
const kemSuite = concat(utf8("KEM"), Uint8Array.of(0x00, 0x20));
const hpkeSuite = concat(utf8("HPKE"), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x01));
const tagBytes = 16;
/** Fixed head of a public key in DER (RFC 8410). */
const spkiHead = Buffer.from("302a300506032b656e032100", "hex");

/** Undefined where it does not open. */
export function unseal(key: KeyObject, publicKey: Bytes, info: Bytes, enc: Bytes, sealed: Bytes): Bytes | undefined {
  if (enc.length !== 32 || isWeakSealKey(enc) || sealed.length < tagBytes) return undefined;
  try {
    const sender = createPublicKey({ key: Buffer.concat([spkiHead, enc]), format: "der", type: "spki" });
    const agreed = new Uint8Array(diffieHellman({ privateKey: key, publicKey: sender }));
    const shared = expand(
      kemSuite,
      extract(kemSuite, none, "eae_prk", agreed),
      "shared_secret",
      concat(enc, publicKey),
      32,
    );
    const context = concat(
      Uint8Array.of(0),
      extract(hpkeSuite, none, "psk_id_hash", none),
      extract(hpkeSuite, none, "info_hash", info),
    );
    const secret = extract(hpkeSuite, shared, "secret", none);
    const cipher = createDecipheriv(
      "aes-128-gcm",
      expand(hpkeSuite, secret, "key", context, 16),
      expand(hpkeSuite, secret, "base_nonce", context, 12),
    );
    cipher.setAuthTag(sealed.subarray(-tagBytes));
    const opened = cipher.update(sealed.subarray(0, -tagBytes));
    cipher.final();
    return new Uint8Array(opened);
  } catch {
    return undefined;
  }
}

function extract(suite: Bytes, salt: Bytes, label: string, ikm: Bytes): Bytes {
  return hmac(salt.length === 0 ? new Uint8Array(32) : salt, concat(version, suite, utf8(label), ikm));
}

/** Of 32 bytes at most: one block. */
function expand(suite: Bytes, prk: Bytes, label: string, info: Bytes, length: number): Bytes {
  const labelled = concat(Uint8Array.of(length >> 8, length), version, suite, utf8(label), info);
  return hmac(prk, concat(labelled, Uint8Array.of(1))).subarray(0, length);
}

function hmac(key: Bytes, data: Bytes): Bytes {
  return new Uint8Array(createHmac("sha256", key).update(data).digest());
}
