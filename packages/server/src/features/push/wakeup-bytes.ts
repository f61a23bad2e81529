/**
 * All that a wake-up says: what sort it is, and of a ring its time and its tag. 16 bytes, whatever happened
 * (docs/spec/push.md PU1, PU10, PU12).
 */
import { createHash } from "node:crypto";
import { type Bytes, type GateId, ringTagOf, utf8 } from "@yanshu/wire";
import type { WakeupKind } from "../../core/ports.ts";

const kinds = { messages: 0, test: 1, ring: 2 } as const;

const sha256 = (bytes: Bytes) => createHash("sha256").update(bytes).digest();

/** @param nowMs a ring that comes late is told as a call that was. @param gate in which it rings. */
export function wakeupBytes(kind: WakeupKind, nowMs: number, gate?: GateId): Bytes {
  const bytes = new Uint8Array(16);
  bytes[0] = 1; // The form of these bytes.
  bytes[1] = kinds[kind];
  // Seven bits a byte: all of a wake-up is ASCII, so that it can be handed over as a text too.
  let seconds = kind === "ring" ? Math.floor(nowMs / 1_000) : 0;
  for (let at = 7; at > 2; at--) {
    bytes[at] = seconds % 128;
    seconds = Math.floor(seconds / 128);
  }
  if (kind === "ring" && gate !== undefined) bytes.set(utf8(ringTagOf(sha256, gate)), 8);
  return bytes;
}
