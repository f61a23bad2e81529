/**
 * Framing: what MLS messages begin with (RFC 9420 §6). A key package is published and stands on the
 * server for all to draw; anything else of MLS must not be seen there.
 */

export type Framing = { readonly kind: "public" | "private" | "welcome" | "group info"; readonly at: number };

const groupIdBytes = 32;
const kinds = ["", "public", "private", "welcome", "group info"] as const;

/** `except` names the group of the message that was leaked on purpose. */
export function framingsIn(bytes: Uint8Array, except: readonly Uint8Array[] = []): readonly Framing[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Framing[] = [];
  const begin = Buffer.from([0x00, 0x01, 0x00]); // mls10, and the first half of the wire format
  for (let at = buffer.indexOf(begin); at >= 0; at = buffer.indexOf(begin, at + 1)) {
    const kind = kinds[buffer[at + 3] ?? 0];
    if (kind === undefined || kind === "") continue;
    const [first, second] = [buffer[at + 4], buffer[at + 5]];
    // A Welcome and a GroupInfo name the suite next, the others a group id of 32 bytes.
    if (kind === "welcome" || kind === "group info") {
      if (first === 0 && second === 1 && isLength(buffer, at + 6)) found.push({ kind, at });
      continue;
    }
    if (first !== groupIdBytes || at + 5 + groupIdBytes + 8 > buffer.length) continue;
    const groupId = buffer.subarray(at + 5, at + 5 + groupIdBytes);
    if (except.some((id) => groupId.equals(id)) || !looksRandom(groupId)) continue;
    // The epoch follows, and no group here has seen a million of them.
    if (buffer.readUIntBE(at + 5 + groupIdBytes, 5) === 0) found.push({ kind, at });
  }
  return found;
}

/** A variable-length vector of some hundred bytes to 16 KB begins here. */
function isLength(buffer: Buffer, at: number): boolean {
  const length = buffer.length >= at + 4 ? buffer.readUInt16BE(at) : 0;
  return length >> 14 === 1 && (length & 0x3fff) >= 64;
}

/** 32 random bytes hold 24 different ones in all but one of a billion cases; tables of zeros do not. */
function looksRandom(bytes: Uint8Array): boolean {
  return new Set(bytes).size >= 22;
}
