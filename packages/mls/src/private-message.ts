/**
 * Private messages (RFC 9420 §6.3), read in one pass: what a device that was away does ten thousand times.
 *
 * The library's functions read and write by composition, wait at each derivation, and write the whole context of the
 * group anew to check one signature. These give the same bytes: tests hold both against each other, and the official
 * vectors run through these. What a commit says is left to the library.
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

/** @throws NotOurs when it is none, or a length is not written in the shortest way */
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

/** Who says it, and in which generation. @throws when it was not sealed under this secret */
export async function openSenderData(suite: Suite, secret: Bytes, framed: PrivateMessage): Promise<SenderData> {
  const sample = framed.ciphertext.subarray(0, sampleBytes);
  const key = expandShort(suite, secret, "key", sample, suite.hpke.keyLength);
  const nonce = expandShort(suite, secret, "nonce", sample, suite.hpke.nonceLength);
  const opened = await suite.hpke.decryptAead(key, nonce, placeOf(framed), framed.encryptedSenderData);
  if (opened.length !== senderBytes) throw new NotOurs();
  const reader = new Reader(opened, 0);
  return { leafIndex: reader.u32(), generation: reader.u32(), reuseGuard: reader.rest() as ReuseGuard };
}

/** With what a content is sealed, beside its key and nonce. */
export function contentPlace(framed: PrivateMessage): Bytes {
  return concat(placeOf(framed), data(framed.authenticatedData));
}

/** @throws NotOurs also when what follows is not zeros */
export function readApplication(padded: Bytes): { readonly data: Bytes; readonly signature: Bytes } {
  const reader = new Reader(padded, 0);
  const read = { data: reader.data(), signature: reader.data() };
  if (reader.rest().some((byte) => byte !== 0)) throw new NotOurs();
  return read;
}

const encodeContext = encode(groupContextEncoder);
/** Of an epoch it is the same for every message. */
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

/** What the sender of an application message signs (RFC 9420 §6.1), with its label. */
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
