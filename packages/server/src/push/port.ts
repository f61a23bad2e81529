/**
 * Port of push: how a wake-up leaves the server (docs/spec/push.md). The core decides whom to wake and when; what is
 * behind this seals and sends.
 */
import type { Bytes, PushOutcome } from "@yanshu/wire";
import type { PushSubscription } from "../log/log.ts";

/** `test`: the person asked for it, and the device says so on screen. Both are equally long. */
export type WakeupKind = "letters" | "test";

export type PushPort = {
  /** The server's VAPID key: 65 bytes. */
  readonly publicKey: Bytes;
  /** Whether the server would ever call it (PU3). */
  readonly allows: (subscription: PushSubscription) => boolean;
  /** Never throws and never takes longer than a few seconds. */
  readonly send: (to: PushSubscription, kind: WakeupKind) => Promise<PushOutcome>;
};

/** All that a wake-up says: what sort it is. 16 bytes, whatever happened (PU1). */
export function wakeupBytes(kind: WakeupKind): Bytes {
  const bytes = new Uint8Array(16);
  bytes[0] = 1; // The form of these bytes.
  bytes[1] = kind === "test" ? 1 : 0;
  return bytes;
}
