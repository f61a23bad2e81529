/** All that a wake-up says: what sort it is. 16 bytes, whatever happened (docs/spec/push.md PU1). */
import type { Bytes } from "@yanshu/wire";
import type { WakeupKind } from "../../core/ports.ts";

export function wakeupBytes(kind: WakeupKind): Bytes {
  const bytes = new Uint8Array(16);
  bytes[0] = 1; // The form of these bytes.
  bytes[1] = kind === "test" ? 1 : 0;
  return bytes;
}
