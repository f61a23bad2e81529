/**
 * Says: the messages of a call's devices in its room (docs/spec/calls.md CA24, CA25), before encryption. Each names its
 * device, has a counter, and is signed with the device key, so that the server can only drop or delay one.
 */
import {
  type Bytes,
  blob,
  bool,
  type DeviceId,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  list,
  literal,
  oneOf,
  struct,
  text,
  uint,
  variants,
} from "@yanshu/wire";
import { device } from "../../fields/ids.ts";

const sayLimits = {
  sdpMax: 12 * 1024,
  fingerprintBytes: 32,
  nonceBytes: 8,
  /** Every other seat of the largest room. */
  heardMax: 31,
  /** Of a group call: as many as seats in a room. */
  boxesMax: 32,
  keyBytes: 32,
  boxBytes: 48,
  generationMax: 0xfff,
  stepMax: 15,
  /** Of an encoded say, before encryption. */
  bytesMax: 14 * 1024,
} as const;

const description = struct({
  to: device,
  /** Counts the descriptions of one pair of devices: an answer has the number of its offer. */
  round: uint(0xffff),
  sdp: text(sayLimits.sdpMax),
  /** SHA-256 of the DTLS certificate. The SDP must have the same fingerprint and no other. */
  fingerprint: fixed(sayLimits.fingerprintBytes),
});

const callSay = variants({
  ringing: struct({ waiting: bool }),
  accept: struct({}),
  taken: struct({ device }),
  decline: struct({}),
  over: struct({
    as: oneOf("ended", "declined", "cancelled", "missed", "busy", "elsewhere", "lost", "failed", "unproven"),
  }),
  bye: struct({}),
  offer: description,
  answer: description,
  /**
   * What this device sends now. `screen`: its picture is its screen. `weak`: it loses packets, so the peer sends each
   * voice frame twice (RED, RFC 2198) until a `sending` without `weak`. `again`: how often the device that makes no
   * offers has asked for one, because its network changed.
   */
  sending: struct({ voice: bool, picture: bool }, { screen: bool, weak: bool, again: uint(0xffff) }),
  /**
   * In a group call: this device's seat, and what it sends. Boxes for it are encrypted to `key` (X25519, for this call
   * only). `asks`: the devices whose frame keys it lacks.
   */
  here: struct(
    { seat: uint(0xffff), key: fixed(sayLimits.keyBytes), voice: bool, picture: bool },
    { asks: list(device, sayLimits.boxesMax) },
  ),
  /**
   * In a group call, after `here`: whether this device's picture is its screen. Without this say, it is not.
   */
  shows: struct({ screen: bool }),
  /** The base key of this device's next frames (RFC 9605), in a box for each device that may decrypt them. */
  keys: struct({
    generation: uint(sayLimits.generationMax),
    step: uint(sayLimits.stepMax),
    boxes: list(
      struct({ to: device, enc: fixed(sayLimits.keyBytes), box: fixed(sayLimits.boxBytes) }),
      sayLimits.boxesMax,
    ),
  }),
});
export type CallSay = Infer<typeof callSay>;

const signedSay = struct({
  v: literal(1),
  device,
  n: uint(),
  nonce: fixed(sayLimits.nonceBytes),
  heard: list(fixed(sayLimits.nonceBytes), sayLimits.heardMax),
  body: blob(sayLimits.bytesMax),
  signature: fixed(idBytes.signature),
});
export type SignedSay = {
  readonly device: DeviceId;
  readonly n: number;
  /** `nonce`: drawn by the device when it enters the room. `heard`: the nonces of others that it knows (CA120). */
  readonly nonce: Bytes;
  readonly heard: readonly Bytes[];
  readonly body: Bytes;
  readonly signature: Bytes;
};

export function encodeCallSay(say: CallSay): Bytes {
  return encodeAs(callSay, say);
}

/** Returns undefined for a say that is malformed or of a later version; callers ignore it. */
export function decodeCallSay(bytes: Bytes): CallSay | undefined {
  try {
    return decodeAs(callSay, bytes, sayLimits.bytesMax);
  } catch {
    return undefined;
  }
}

export function encodeSignedSay({ device: by, heard, ...said }: SignedSay): Bytes {
  return encodeAs(signedSay, { v: 1, device: by, ...said, heard: heard.slice(-sayLimits.heardMax) });
}

export function decodeSignedSay(bytes: Bytes): SignedSay | undefined {
  try {
    return decodeAs(signedSay, bytes, 2 * sayLimits.bytesMax);
  } catch {
    return undefined;
  }
}
