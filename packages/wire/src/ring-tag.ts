/**
 * Ring tag: how a wake-up that rings says in which conversation, to a device that has no key for more
 * (docs/spec/push.md PU12).
 */
import { type Bytes, concat, toBase64Url, utf8 } from "./bytes.ts";
import type { GateId } from "./ids.ts";

/** Of SHA-256("yanshu ring v1\0" ‖ gate) the first 8 characters in base64url. */
export function ringTagOf(sha256: (bytes: Bytes) => Uint8Array, gate: GateId): string {
  return toBase64Url(Uint8Array.from(sha256(concat(utf8("yanshu ring v1\0"), gate)).subarray(0, 6)));
}
