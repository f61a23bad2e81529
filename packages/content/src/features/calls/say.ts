/**
 * Says: what devices of a call tell each other in its room (docs/spec/calls.md CA24, CA25), before they are sealed.
 * Each names its device, counts up, and is signed by the device's key, so that the server can drop or delay one and
 * nothing else.
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
  /** Of an encoded say, before it is sealed. */
  bytesMax: 14 * 1024,
} as const;

const description = struct({
  to: device,
  /** Counts the descriptions of one pair of devices: an answer has the number of its offer. */
  round: uint(0xffff),
  sdp: text(sayLimits.sdpMax),
  /** SHA-256 of the certificate that DTLS is to show; the SDP names the same and no other. */
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
   * What this device sends just now. `screen`: the picture is that of its screen. `weak`: what comes to it is lost on
   * the way, so that the other sends each piece of voice twice (RED, RFC 2198), until it says so no more. `again`
   * counts how often the device that makes no offers asked for one, because its network changed.
   */
  sending: struct({ voice: bool, picture: bool }, { screen: bool, weak: bool, again: uint(0xffff) }),
  /**
   * In a group call: this device sits there, boxes for it are sealed to `key` (X25519, of this call alone), and this is
   * what it sends. It `asks` those whose keys it lacks.
   */
  here: struct(
    { seat: uint(0xffff), key: fixed(sayLimits.keyBytes), voice: bool, picture: bool },
    { asks: list(device, sayLimits.boxesMax) },
  ),
  /**
   * In a group call, after `here`: the picture that this device sends is that of its screen, or is it no more. Absent:
   * it is not.
   */
  shows: struct({ screen: bool }),
  /** With what it seals its frames from now on (RFC 9605): a box for each device that is to open them. */
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
  /** Drawn by the device when it comes into the room; and those of the others, as far as it has heard them (CA120). */
  readonly nonce: Bytes;
  readonly heard: readonly Bytes[];
  readonly body: Bytes;
  readonly signature: Bytes;
};

export function encodeCallSay(say: CallSay): Bytes {
  return encodeAs(callSay, say);
}

/** Undefined for what this version does not know: it is passed over. */
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
