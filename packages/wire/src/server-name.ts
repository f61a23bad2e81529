/** Server name: by what servers know each other (docs/spec/peers.md PE1). */
import { type ByteReader, type Bytes, fromUtf8, MalformedError } from "./bytes.ts";

/** As ASCII. */
export const serverNameBytesMax = 255;

/** Of a server's key, in a link: the first bytes of its SHA-256 (PE45). */
export const serverMarkBytes = 16;

export function serverMarkOf(sha256: (data: Bytes) => Bytes, signKey: Bytes): Bytes {
  return sha256(signKey).slice(0, serverMarkBytes);
}

/** A host, and its port if that is not the usual one; in lower case. */
export function isServerName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= serverNameBytesMax &&
    /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:\d{1,5})?$/.test(value)
  );
}

/** Its length as u8 before it. @throws MalformedError */
export function readServerName(reader: ByteReader): string {
  const bytes = reader.take(reader.u8());
  // What is no ASCII is no name, and needs no decoding.
  const name = bytes.every((byte) => byte < 0x80) ? fromUtf8(bytes) : "";
  // @checks PE6, PE43
  if (!isServerName(name)) throw new MalformedError("not the name of a server");
  return name;
}
