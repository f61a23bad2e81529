/** Server name: identifies a server to other servers (docs/spec/peers.md PE1). */
import { type ByteReader, type Bytes, fromUtf8, MalformedError } from "./bytes.ts";

/** Of a name, in ASCII. */
export const serverNameBytesMax = 255;

/** Length of the mark of a server's key in a link: the first bytes of the key's SHA-256 (PE45). */
export const serverMarkBytes = 16;

export function serverMarkOf(sha256: (data: Bytes) => Bytes, signKey: Bytes): Bytes {
  return sha256(signKey).slice(0, serverMarkBytes);
}

/** A host in lower case, with its port if that is not the default one. */
export function isServerName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= serverNameBytesMax &&
    /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:\d{1,5})?$/.test(value)
  );
}

/** Reads a name after its length as u8. @throws MalformedError */
export function readServerName(reader: ByteReader): string {
  const bytes = reader.take(reader.u8());
  // A name is ASCII, so other bytes need no decoding.
  const name = bytes.every((byte) => byte < 0x80) ? fromUtf8(bytes) : "";
  // @checks PE6, PE43
  if (!isServerName(name)) throw new MalformedError("not the name of a server");
  return name;
}
