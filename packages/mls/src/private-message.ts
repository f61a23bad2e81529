/**
 * Private messages (RFC 9420 §6.3), read in one pass: a device that was offline reads ten thousand of them.
 *
 * The library's functions compose decoders, await each derivation, and encode the whole GroupContext to check one
 * signature. These are faster and give the same bytes: tests compare both, and run the official vectors. The library
 * decodes commits.
 */
import { type Bytes, concat, utf8 } from "@yanshu/wire";
import type { PrivateMessage } from "ts-mls";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { type GroupContext, groupContextEncoder } from "ts-mls/groupContext.js";
import type { ReuseGuard, SenderData } from "ts-mls/sender.js";
import { expandShort } from "./secret-tree.ts";
import type { Suite } from "./suite.ts";
import { lengthOf, NotOurs, Reader, u32 } from "./tls.ts";

const contentTypes = ["application", "proposal", "commit"] as const;
/** Version mls10, and a PrivateMessage. */
const head = 0x0001_0002;
const sampleBytes = 32;
const senderBytes = 12;

/** @throws NotOurs if the bytes are no PrivateMessage, or a length is not in its shortest form */
function readMessage(message: Bytes): PrivateMessage {
  const reader = new Reader(message, 0);
  if (reader.u32() !== head) throw new NotOurs();
  const [groupId, epoch] = [reader.data(), reader.u64()];
  const contentType = contentTypes[reader.u8() - 1];
  const [authenticatedData, encryptedSenderData, ciphertext] = [reader.data(), reader.data(), reader.data()];
  if (contentType === undefined || reader.at !== message.length) throw new NotOurs();
  return { groupId, epoch, contentType, authenticatedData, encryptedSenderData, ciphertext };
}

/** Undefined when the bytes are no PrivateMessage. */
export function decodePrivate(message: Bytes): PrivateMessage | undefined {
  try {
    return readMessage(message);
  } catch (error) {
    if (error instanceof NotOurs) return undefined;
    throw error;
  }
}

function u64(value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function data(bytes: Bytes): Bytes {
  return concat(lengthOf(bytes.length), bytes);
}

function placeOf({ groupId, epoch, contentType }: PrivateMessage): Bytes {
  return concat(data(groupId), u64(epoch), Uint8Array.of(contentTypes.indexOf(contentType) + 1));
}

/** Decrypts sender leaf, generation and reuse guard. @throws Error if `secret` is not that of the sender */
export async function openSenderData(suite: Suite, secret: Bytes, framed: PrivateMessage): Promise<SenderData> {
  const sample = framed.ciphertext.subarray(0, sampleBytes);
  const key = expandShort(suite, secret, "key", sample, suite.hpke.keyLength);
  const nonce = expandShort(suite, secret, "nonce", sample, suite.hpke.nonceLength);
  const opened = await suite.hpke.decryptAead(key, nonce, placeOf(framed), framed.encryptedSenderData);
  if (opened.length !== senderBytes) throw new NotOurs();
  const reader = new Reader(opened, 0);
  return { leafIndex: reader.u32(), generation: reader.u32(), reuseGuard: reader.rest() as ReuseGuard };
}

/** The associated data of the content: PrivateContentAAD (RFC 9420 §6.3.1). */
export function contentPlace(framed: PrivateMessage): Bytes {
  return concat(placeOf(framed), data(framed.authenticatedData));
}

/** Reads PrivateMessageContent. @throws NotOurs if it is malformed, or its padding is not zeros */
export function readApplication(padded: Bytes): { readonly data: Bytes; readonly signature: Bytes } {
  const reader = new Reader(padded, 0);
  const read = { data: reader.data(), signature: reader.data() };
  if (reader.rest().some((byte) => byte !== 0)) throw new NotOurs();
  return read;
}

const encodeContext = encode(groupContextEncoder);
/** Encoded GroupContexts: all messages of an epoch share one. */
const contexts = new WeakMap<GroupContext, Bytes>();

function contextBytes(context: GroupContext): Bytes {
  const known = contexts.get(context);
  if (known !== undefined) return known;
  const made = encodeContext(context);
  contexts.set(context, made);
  return made;
}

const signedLabel = data(utf8("MLS 1.0 FramedContentTBS"));
const start = Uint8Array.of(0, 1, 0, 2);
const member = Uint8Array.of(1);
const application = Uint8Array.of(1);

/** Returns the bytes that the sender of an application message signs (RFC 9420 §6.1), with the label. */
export function signedApplication(
  context: GroupContext,
  { groupId, epoch, authenticatedData }: PrivateMessage,
  leaf: number,
  said: Bytes,
): Bytes {
  const own = concat(start, data(groupId), u64(epoch), member, u32(leaf), data(authenticatedData), application);
  const [text, around] = [data(said), contextBytes(context)];
  const length = own.length + text.length + around.length;
  return concat(signedLabel, lengthOf(length), own, text, around);
}
