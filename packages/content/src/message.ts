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
  oneOf,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import { type Body, bodyDefs, bodySchemaOf } from "./body.ts";
import type { AnyBody, Disposition } from "./feature.ts";

export const contentLimits = {
  messageBytesMax: 512 * 1024,
  bodyBytesMax: 500 * 1024,
  /** The latest senders whose highest seq a message repeats. */
  seenMax: 8,
  authenticatorBytes: 16,
  /** UTF-16 units. */
  fallbackMax: 200,
} as const;

/**
 * Raised whenever a kind gains a field or a value: then what was too new is looked at again (docs/spec/sync.md SY52).
 */
export const contentRevision = 1;

const seenMark = struct({ device: fixed(idBytes.device), seq: uint() });

const outer = struct(
  {
    v: literal(1),
    id: fixed<ContentId>(idBytes.content),
    /** From 1, per sending device and conversation, without gaps, never reset. */
    seq: uint(),
    seen: list(seenMark, contentLimits.seenMax),
    /** Begins the epoch authenticator (RFC 9420 §8.7): a fork shows as a fork. */
    authenticator: fixed(contentLimits.authenticatorBytes),
    sentAtMs: uint(),
    body: blob(contentLimits.bodyBytesMax),
  },
  {
    /** Absent: `message`. */
    disposition: oneOf("notice", "signal"),
    /** What it says, in words, to a device that does not know its kind. */
    fallback: text(contentLimits.fallbackMax),
  },
);

export type SeenMark = Infer<typeof seenMark>;
/** A body that this version does not know, whole. */
export type UnknownBody = { readonly kind: "unknown"; readonly bytes: Bytes };
export type Message = Omit<Infer<typeof outer>, "body" | "v" | "disposition"> & {
  readonly body: Body | UnknownBody;
  /** Of a body that is known, what its kind is; of another, what its sender says. */
  readonly disposition: Disposition;
};

type ToEncode = Omit<Message, "disposition"> & { readonly disposition?: Disposition };

/** What reads and writes messages of the given kinds: those of this version, or of another one in a test. */
export function messagesOf(defs: ReadonlyMap<string, AnyBody>) {
  const schema = bodySchemaOf(defs);
  const encodeBody = (value: Body): Bytes => encodeAs(schema, value);

  /** Undefined when this version does not know it. */
  const decodeBody = (bytes: Bytes): Body | undefined => {
    try {
      return decodeAs(schema, bytes, contentLimits.bodyBytesMax);
    } catch (error) {
      if (error instanceof MalformedError) return undefined;
      throw error;
    }
  };

  /**
   * @param message its disposition, and its fallback where none is given, are those of its body's kind; an unknown body
   * comes with both.
   * @throws MalformedError when the body is over its limits.
   */
  const encodeMessage = (message: ToEncode): Bytes => {
    const { body, disposition: said = "message", ...rest } = message;
    const def = defs.get(body.kind);
    const disposition = def?.disposition ?? said;
    const fallback = rest.fallback ?? def?.fallback?.(body).slice(0, contentLimits.fallbackMax).toWellFormed();
    return encodeAs(outer, {
      ...rest,
      v: 1,
      body: body.kind === "unknown" ? body.bytes : encodeBody(body),
      ...(disposition === "message" ? {} : { disposition }),
      ...(fallback === undefined ? {} : { fallback }),
    });
  };

  /** @throws MalformedError when the outer part is broken; a body that it does not know stays as it is. */
  const decodeMessage = (bytes: Bytes): Message => {
    const {
      v: _,
      body: bodyBytes,
      disposition = "message",
      ...rest
    } = decodeAs(outer, bytes, contentLimits.messageBytesMax);
    const body = decodeBody(bodyBytes);
    return body === undefined
      ? { ...rest, disposition, body: { kind: "unknown", bytes: bodyBytes } }
      : { ...rest, disposition: defs.get(body.kind)?.disposition ?? disposition, body };
  };

  return { encodeBody, decodeBody, encodeMessage, decodeMessage };
}

export const { encodeBody, decodeBody, encodeMessage, decodeMessage } = messagesOf(bodyDefs);
