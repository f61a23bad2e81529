/**
 * What is said and shown in the room of a Live (docs/spec/live.md CA167, CA169), before it is sealed: each names its
 * device, counts up, and is signed by the device's key.
 */
import {
  type Bytes,
  blob,
  type DeviceId,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  list,
  literal,
  struct,
  text,
  uint,
  variants,
} from "@yanshu/wire";
import { device } from "../../fields/ids.ts";

export const liveSaidLimits = {
  commentMax: 200,
  /** Of one person in one second. */
  heartsMax: 20,
  /** In one state. */
  commentsMax: 12,
  /** A comment as it was signed. */
  commentBytesMax: 1_024,
  pieceBytesMax: 1_000 * 1_024,
  /** Questions that are replied to at once. */
  noncesMax: 64,
  nonceBytes: 8,
} as const;
const bodyBytesMax = liveSaidLimits.pieceBytesMax + 1_024;

const layer = uint(1);

const liveSaid = variants({
  /** How the pieces of a layer are read: `type` with its codecs, and what goes before all of them. */
  head: struct({ layer, type: text(128), bytes: blob(64 * 1_024) }),
  piece: struct({ layer, bytes: blob(liveSaidLimits.pieceBytesMax) }),
  /** By the device that shows: hearts since the Live began, and comments since the last state, as they were signed. */
  state: struct({
    hearts: uint(),
    comments: list(blob(liveSaidLimits.commentBytesMax), liveSaidLimits.commentsMax),
  }),
  comment: struct({ text: text(liveSaidLimits.commentMax) }),
  hearts: struct({ count: uint(liveSaidLimits.heartsMax) }),
  /** By who watches, whether it is now: the device that shows replies with the nonce. */
  ask: struct({ nonce: fixed(liveSaidLimits.nonceBytes) }),
  fresh: struct({ nonces: list(fixed(liveSaidLimits.nonceBytes), liveSaidLimits.noncesMax) }),
});
export type LiveSaid = Infer<typeof liveSaid>;

const signedLive = struct({
  v: literal(1),
  device,
  n: uint(),
  body: blob(bodyBytesMax),
  signature: fixed(idBytes.signature),
});
export type SignedLive = {
  readonly device: DeviceId;
  readonly n: number;
  readonly body: Bytes;
  readonly signature: Bytes;
};

export function encodeLiveSaid(said: LiveSaid): Bytes {
  return encodeAs(liveSaid, said);
}

/** Undefined for what this version does not know: it is passed over. */
export function decodeLiveSaid(bytes: Bytes): LiveSaid | undefined {
  try {
    return decodeAs(liveSaid, bytes, bodyBytesMax);
  } catch {
    return undefined;
  }
}

export function encodeSignedLive(said: SignedLive): Bytes {
  return encodeAs(signedLive, { v: 1, ...said });
}

export function decodeSignedLive(bytes: Bytes): SignedLive | undefined {
  try {
    return decodeAs(signedLive, bytes, bodyBytesMax + 1_024);
  } catch {
    return undefined;
  }
}
