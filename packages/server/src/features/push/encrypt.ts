/**
 * The sealed wake-up (RFC 8291 over RFC 8188, `aes128gcm`): one record that only the subscription's browser opens.
 */
import { createCipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { type Bytes, concat, utf8 } from "@yanshu/wire";

/** What a browser hands out with its subscription: its public point (65 bytes) and its secret (16). */
export type SubscriptionKeys = { readonly key: Bytes; readonly secret: Bytes };

/** Fresh for each message; given only by a test that holds the RFC's own example against this. */
export type SealingChoice = { readonly privateKey: Bytes; readonly salt: Bytes };

const recordBytes = 4_096;
const lastRecord = Uint8Array.of(2);

/** @throws when `key` is no point of the curve. */
export function sealWakeup(plain: Bytes, to: SubscriptionKeys, choice?: SealingChoice): Bytes {
  const sender = createECDH("prime256v1");
  if (choice === undefined) sender.generateKeys();
  else sender.setPrivateKey(choice.privateKey);
  const salt = choice?.salt ?? new Uint8Array(randomBytes(16));
  const own = new Uint8Array(sender.getPublicKey());
  const shared = new Uint8Array(sender.computeSecret(to.key));
  const info = concat(utf8("WebPush: info\0"), to.key, own);
  const material = derive(shared, to.secret, info, 32);
  const key = derive(material, salt, utf8("Content-Encoding: aes128gcm\0"), 16);
  const nonce = derive(material, salt, utf8("Content-Encoding: nonce\0"), 12);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const body = concat(cipher.update(concat(plain, lastRecord)), cipher.final(), cipher.getAuthTag());
  const header = new Uint8Array(5);
  new DataView(header.buffer).setUint32(0, recordBytes);
  header[4] = own.length;
  return concat(salt, header, own, body);
}

function derive(secret: Bytes, salt: Bytes, info: Bytes, length: number): Bytes {
  return new Uint8Array(hkdfSync("sha256", secret, salt, info, length));
}
