/** All that a wake-up says: what sort it is, and of a ring its time. 16 bytes, whatever happened (docs/spec/push.md PU1, PU10). */
import type { Bytes } from "@yanshu/wire";
import type { WakeupKind } from "../../core/ports.ts";

const kinds = { messages: 0, test: 1, ring: 2 } as const;

/** @param nowMs a ring that comes late is told as a call that was. */
export function wakeupBytes(kind: WakeupKind, nowMs: number): Bytes {
  const bytes = new Uint8Array(16);
  bytes[0] = 1; // The form of these bytes.
  bytes[1] = kinds[kind];
  if (kind === "ring") new DataView(bytes.buffer).setUint32(4, Math.floor(nowMs / 1_000));
  return bytes;
}
