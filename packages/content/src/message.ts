/**
 * Message: what one device says to a conversation, inside the envelope, where no server sees it
 * (docs/spec/sync.md SY3–SY6). The outer part is fixed for all versions; the body is versioned by
 * its kind, so an older client keeps, counts and orders what it cannot show yet.
 */
import {
  type Bytes,
  blob,
  type ContentId,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  list,
  literal,
  MalformedError,
  struct,
  uint,
} from "@yanshu/wire";
import { type Body, body } from "./body.ts";

export const contentLimits = {
  messageBytesMax: 512 * 1024,
  bodyBytesMax: 500 * 1024,
  /** The latest senders whose highest seq a message repeats. */
  seenMax: 8,
  authenticatorBytes: 16,
} as const;

const seenMark = struct({ device: fixed(idBytes.device), seq: uint() });

const outer = struct({
  v: literal(1),
  id: fixed<ContentId>(idBytes.content),
  /** From 1, per sending device and conversation, without gaps, never reset. */
  seq: uint(),
  seen: list(seenMark, contentLimits.seenMax),
  /** Begins the epoch authenticator (RFC 9420 §8.7): a fork shows as a fork. */
  authenticator: fixed(contentLimits.authenticatorBytes),
  sentAtMs: uint(),
  body: blob(contentLimits.bodyBytesMax),
});

export type SeenMark = Infer<typeof seenMark>;
export type Message = Omit<Infer<typeof outer>, "body" | "v"> & { readonly body: Body | { readonly kind: "newer" } };

/** @throws MalformedError when the body is over its limits. */
export function encodeMessage(message: Omit<Message, "body"> & { readonly body: Body }): Bytes {
  return encodeAs(outer, { ...message, v: 1, body: encodeBody(message.body) });
}

/** @throws MalformedError when the outer part is broken; a body it does not know becomes `newer`. */
export function decodeMessage(bytes: Bytes): Message {
  const { v: _, body: bodyBytes, ...rest } = decodeAs(outer, bytes, contentLimits.messageBytesMax);
  return { ...rest, body: decodeBody(bodyBytes) ?? { kind: "newer" } };
}

export function encodeBody(value: Body): Bytes {
  return encodeAs(body, value);
}

/** Undefined when this version does not know it. */
export function decodeBody(bytes: Bytes): Body | undefined {
  try {
    return decodeAs(body, bytes, contentLimits.bodyBytesMax);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
