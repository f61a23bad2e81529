/**
 * Envelopes (docs/spec/groups.md GR8): MLS messages sealed under the epoch's key, so that no byte of MLS framing
 * reaches a server, and small things sealed to one device's key. The framing is wire's.
 */
import {
  accountHistory,
  type Bytes,
  blob,
  decodeAs,
  decodeEnvelope,
  type Envelope,
  encodeAs,
  encodeEnvelope,
  envelopeSizes,
  limits,
  list,
  MalformedError,
  struct,
} from "@yanshu/wire";
import { pad, unpad } from "./padding.ts";
import type { Crypto, GroupEnvelopeBody } from "./types.ts";

/** An epoch's `tag` and `envelopeKey`; for a Welcome, random ones that the notes tell. */
export type EnvelopeKeys = { readonly tag: Bytes; readonly key: Bytes };

const body = struct({
  mls: blob(limits.frameBytesMax),
  histories: list(accountHistory, limits.listAddressesMax),
});

const sealedInfo = "yanshu sealed envelope v1";

/** Kind 0. The tag is authenticated with it. @throws MalformedError when the body exceeds a limit */
export async function sealGroupEnvelope(
  crypto: Crypto,
  keys: EnvelopeKeys,
  content: GroupEnvelopeBody,
): Promise<Bytes> {
  const nonce = crypto.random(envelopeSizes.nonce);
  const ciphertext = await crypto.seal(keys.key, nonce, keys.tag, pad(encodeAs(body, content)));
  return encodeEnvelope({ kind: "group", tag: keys.tag, nonce, ciphertext });
}

/** Undefined when it is not one, not of these keys, or not what it should be inside. */
export async function openGroupEnvelope(
  crypto: Crypto,
  keys: EnvelopeKeys,
  envelope: Bytes,
): Promise<GroupEnvelopeBody | undefined> {
  const read = readEnvelope(envelope);
  if (read?.kind !== "group") return undefined;
  const padded = await crypto.open(keys.key, read.nonce, keys.tag, read.ciphertext);
  return padded && wellFormed(() => decodeAs(body, unpad(padded), limits.frameBytesMax));
}

/** Kind 1: HPKE to the `sealKey` of a leaf, for notes, join and heal requests. */
export async function sealTo(crypto: Crypto, sealKey: Bytes, plaintext: Bytes): Promise<Bytes> {
  const { enc, ciphertext } = await crypto.hpkeSeal(sealKey, sealedInfo, pad(plaintext));
  return encodeEnvelope({ kind: "sealed", enc, ciphertext });
}

/** Undefined when it is not one, or not for this key. Whoever sealed it stays unknown. */
export async function openSealed(crypto: Crypto, privateKey: Bytes, envelope: Bytes): Promise<Bytes | undefined> {
  const read = readEnvelope(envelope);
  if (read?.kind !== "sealed") return undefined;
  const padded = await crypto.hpkeOpen(privateKey, sealedInfo, read.enc, read.ciphertext);
  return padded && wellFormed(() => unpad(padded));
}

function readEnvelope(bytes: Bytes): Envelope | undefined {
  return bytes.length > limits.frameBytesMax ? undefined : wellFormed(() => decodeEnvelope(bytes));
}

function wellFormed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
