/**
 * Envelopes (docs/spec/groups.md GR8): MLS messages encrypted with the epoch's key, so that no byte of MLS framing
 * reaches a server, and small plaintexts encrypted to one device's key. @yanshu/wire encodes them.
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

/** An epoch's `tag` (16 bytes) and `envelopeKey` (32); for a Welcome, random ones that the sealed notes carry. */
export type EnvelopeKeys = { readonly tag: Bytes; readonly key: Bytes };

const body = struct({
  mls: blob(limits.frameBytesMax),
  histories: list(accountHistory, limits.listAddressesMax),
});

/**
 * The context to which a ciphertext is bound (docs/spec/groups.md GR35): in another context it does not open. A note is
 * bound to the address to which it is posted; its sender is not known. A ciphertext inside a group message is bound to
 * the conversation, the epoch's authenticator and the sending device.
 */
export type SealContext =
  | { readonly purpose: "note" | "meeting" | "slip"; readonly address: Address }
  | {
      readonly purpose: "answer" | "history" | "family piece";
      readonly conversation: ConversationId;
      /** The authenticator that the message shows: 16 bytes. */
      readonly epoch: Bytes;
      readonly sender: DeviceId;
    };

/** For each purpose all parts have a fixed length, so that no two contexts give the same bytes. */
function sealInfo(context: SealContext): Bytes {
  const purpose = utf8(`yanshu seal v2 ${context.purpose}\0`);
  if ("address" in context) return concat(purpose, context.address);
  return concat(purpose, context.conversation, context.epoch, context.sender);
}

/** Makes an envelope of kind 0; the tag is associated data. @throws MalformedError when the body exceeds a limit */
export async function sealGroupEnvelope(
  crypto: Crypto,
  keys: EnvelopeKeys,
  content: GroupEnvelopeBody,
): Promise<Bytes> {
  const nonce = crypto.random(envelopeSizes.nonce);
  const ciphertext = await crypto.seal(keys.key, nonce, keys.tag, pad(encodeAs(body, content)));
  return encodeEnvelope({ kind: "group", tag: keys.tag, nonce, ciphertext });
}

/** Returns undefined if the envelope is not of kind 0, these keys do not open it, or its body is malformed. */
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
 * Makes an envelope of kind 1: HPKE to the `sealKey` of a leaf, for notes, join and resync requests, and for anything
 * that only one member may read.
 */
export async function sealTo(crypto: Crypto, sealKey: Bytes, context: SealContext, plaintext: Bytes): Promise<Bytes> {
  const { enc, ciphertext } = await crypto.hpkeSeal(sealKey, sealInfo(context), pad(plaintext));
  return encodeEnvelope({ kind: "sealed", enc, ciphertext });
}

/** Returns undefined if the envelope is not of kind 1, or was made for another key or context. */
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
