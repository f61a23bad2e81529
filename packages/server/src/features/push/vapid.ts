/**
 * VAPID (RFC 8292): the server's own signature under its wake-ups, so that a push service takes them from nobody
 * else. The key pair is made at the first start and kept in the data folder; with another one every subscription
 * would be dead.
 */
import { createECDH, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { type Bytes, toBase64Url, utf8 } from "@yanshu/wire";
import { type SharedSecret, secretIn } from "../../secrets.ts";

const secretBytes = 32;
const hourSeconds = 3_600;
/** RFC 8292 allows a day; half of it leaves room for clocks that are off. */
const validSeconds = 12 * hourSeconds;

export type VapidKeys = { readonly publicKey: Bytes; readonly signing: KeyObject };

/** @throws OptionError when the file does not hold a key. */
export function vapidKeys(folder: string, shared?: SharedSecret): VapidKeys {
  const secret = secretIn(
    folder,
    {
      name: "push-key",
      bytes: secretBytes,
      make: () => {
        const fresh = createECDH("prime256v1");
        fresh.generateKeys();
        return padded(new Uint8Array(fresh.getPrivateKey()));
      },
      unless: "no push key: remove it, and a new one is made (devices subscribe again)",
    },
    shared,
  );
  return keysOf(secret);
}

export function keysOf(secret: Bytes): VapidKeys {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(secret);
  const publicKey = new Uint8Array(pair.getPublicKey());
  const signing = createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      d: toBase64Url(secret),
      x: toBase64Url(publicKey.subarray(1, 33)),
      y: toBase64Url(publicKey.subarray(33)),
    },
  });
  return { publicKey, signing };
}

/** The `Authorization` of one wake-up. @param subject how the push service reaches the operator. */
export function authorization(
  { publicKey, signing }: VapidKeys,
  endpoint: URL,
  subject: string,
  nowMs: number,
): string {
  const claims = { aud: endpoint.origin, exp: Math.floor(nowMs / 1_000) + validSeconds, sub: subject };
  const signed = `${encoded({ typ: "JWT", alg: "ES256" })}.${encoded(claims)}`;
  const signature = sign("sha256", utf8(signed), { key: signing, dsaEncoding: "ieee-p1363" });
  return `vapid t=${signed}.${toBase64Url(new Uint8Array(signature))}, k=${toBase64Url(publicKey)}`;
}

function encoded(value: unknown): string {
  return toBase64Url(utf8(JSON.stringify(value)));
}

/** A private key may begin with zeros, which are left out. */
function padded(secret: Bytes): Bytes {
  const full = new Uint8Array(secretBytes);
  full.set(secret, secretBytes - secret.length);
  return full;
}
