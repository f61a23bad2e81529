/**
 * Envelopes (docs/spec/groups.md GR8): MLS messages sealed under the epoch's key, so that no byte of MLS framing
 * reaches a server, and small things sealed to one device's key. The framing is wire's.
 */
import {
  type Address,
  accountHistory,
  type Bytes,
  blob,
  type ConversationId,
  concat,
  type DeviceId,
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
  utf8,
} from "@yanshu/wire";
import { pad, unpad } from "./padding.ts";
import type { Crypto, GroupEnvelopeBody } from "./types.ts";

/** An epoch's `tag` and `envelopeKey`; for a Welcome, random ones that the notes tell. */
export type EnvelopeKeys = { readonly tag: Bytes; readonly key: Bytes };

const body = struct({
  mls: blob(limits.frameBytesMax),
  histories: list(accountHistory, limits.listAddressesMax),
});

/**
 * What a seal is bound to (docs/spec/groups.md GR35): it opens in no other place than that for which it was made. A
 * note is for the address that it is posted to, by nobody known. What is sealed within a message of a group belongs to
 * the message: its conversation, the epoch by its authenticator, and the device that says it.
 */
export type SealContext =
  | { readonly purpose: "note" | "meeting"; readonly address: Address }
  | {
      readonly purpose: "answer" | "history" | "family piece";
      readonly conversation: ConversationId;
      /** The authenticator that the message shows: 16 bytes. */
      readonly epoch: Bytes;
      readonly sender: DeviceId;
    };

/** Of a purpose all parts have fixed lengths, so that no two contexts give the same bytes. */
function sealInfo(context: SealContext): Bytes {
  const purpose = utf8(`yanshu seal v2 ${context.purpose}\0`);
  if ("address" in context) return concat(purpose, context.address);
  return concat(purpose, context.conversation, context.epoch, context.sender);
}

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

/**
 * Kind 1: HPKE to the `sealKey` of a leaf, for notes, join and resync requests, and for what one member alone shall
 * read.
 */
export async function sealTo(crypto: Crypto, sealKey: Bytes, context: SealContext, plaintext: Bytes): Promise<Bytes> {
  const { enc, ciphertext } = await crypto.hpkeSeal(sealKey, sealInfo(context), pad(plaintext));
  return encodeEnvelope({ kind: "sealed", enc, ciphertext });
}

/** Undefined when it is not one, or not for this key and this place. */
export async function openSealed(
  crypto: Crypto,
  privateKey: Bytes,
  context: SealContext,
  envelope: Bytes,
): Promise<Bytes | undefined> {
  const read = readEnvelope(envelope);
  if (read?.kind !== "sealed") return undefined;
  const padded = await crypto.hpkeOpen(privateKey, sealInfo(context), read.enc, read.ciphertext);
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
