/**
 * Ring tag: names the conversation of a ringing wake-up to a service worker that cannot decrypt messages
 * (docs/spec/push.md PU12).
 */
import { type Bytes, concat, toBase64Url, utf8 } from "./bytes.ts";
import type { GateId } from "./ids.ts";

/** The first 6 bytes of SHA-256("yanshu ring v1\0" ‖ gate), in base64url (8 characters). */
export function ringTagOf(sha256: (bytes: Bytes) => Uint8Array, gate: GateId): string {
  return toBase64Url(Uint8Array.from(sha256(concat(utf8("yanshu ring v1\0"), gate)).subarray(0, 6)));
}
