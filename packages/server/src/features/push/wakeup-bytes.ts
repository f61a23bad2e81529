/**
 * All that a wake-up says: what sort it is, and of a ring its time and its tag. 16 bytes, whatever happened
 * (docs/spec/push.md PU1, PU10, PU12).
 */
import { createHash } from "node:crypto";
import { type Bytes, ringTagOf, utf8 } from "@yanshu/wire";
import type { Ring, WakeupKind } from "../../core/ports.ts";

const kinds = { messages: 0, test: 1, ring: 2 } as const;

const sha256 = (bytes: Bytes) => createHash("sha256").update(bytes).digest();

/** @param ring its time is the same each time that it rings: so a device knows which ring it is (CA261). */
export function wakeupBytes(kind: WakeupKind, ring?: Ring): Bytes {
  const bytes = new Uint8Array(16);
  bytes[0] = 1; // The form of these bytes.
  bytes[1] = kinds[kind];
  // Seven bits a byte: all of a wake-up is ASCII, so that it can be handed over as a text too.
  let seconds = Math.floor((ring?.beganMs ?? 0) / 1_000);
  for (let at = 7; at > 2; at--) {
    bytes[at] = seconds % 128;
    seconds = Math.floor(seconds / 128);
  }
  if (ring !== undefined) bytes.set(utf8(ringTagOf(sha256, ring.gate)), 8);
  return bytes;
}
