/**
 * Sealing: signatures of WeChat's interface, and its mode in which what is said is encrypted: AES-256-CBC under the key
 * that the bot's owner copies, padded to 32 bytes (docs/spec/bridge.md PA33). The lines run on loopback, so nothing
 * rests on it; bots that were set up for that mode expect it.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from "node:crypto";

export type Account = {
  readonly appid: string;
  readonly secret: string;
  readonly token: string;
  /** 43 characters: 32 bytes in Base64 without the last sign. */
  readonly aesKey: string;
};

const blockBytes = 32;
const saltBytes = 16;
const lengthBytes = 4;

/** SHA-1 of the parts in their order of characters, as hex. */
export const signatureOf = (...parts: readonly string[]): string =>
  createHash("sha1")
    .update([...parts].sort().join(""))
    .digest("hex");

export function isSigned(signature: string, ...parts: readonly string[]): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(...parts))];
  return given.length === right.length && timingSafeEqual(given, right);
}

const keyOf = ({ aesKey }: Pick<Account, "aesKey">) => Buffer.from(`${aesKey}=`, "base64");

export function sealed(xml: string, account: Pick<Account, "appid" | "aesKey">): string {
  const key = keyOf(account);
  const body = Buffer.from(xml);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(body.length);
  const whole = Buffer.concat([randomBytes(saltBytes), length, body, Buffer.from(account.appid)]);
  const pad = blockBytes - (whole.length % blockBytes);
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(whole), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    "base64",
  );
}

/** Undefined where it was not sealed with this key, for this account. */
export function opened(text: string, account: Pick<Account, "appid" | "aesKey">): string | undefined {
  const key = keyOf(account);
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.length % blockBytes !== 0) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()]);
  const whole = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  const head = saltBytes + lengthBytes;
  if (whole.length < head) return undefined;
  const end = head + whole.readUInt32BE(saltBytes);
  // @checks PA33
  if (whole.subarray(end).toString() !== account.appid) return undefined;
  return whole.subarray(head, end).toString();
}
