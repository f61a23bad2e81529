/** Join bytes: the bytes that the device key signs in a request to join a group (docs/spec/groups.md GR26). */
import type { NoteOf } from "@yanshu/content";
import { type Bytes, ByteWriter, concat, utf8 } from "@yanshu/wire";

export function joinBytes(
  note: Omit<NoteOf<"join">, "kind" | "history" | "signature">,
  sha256: (bytes: Bytes) => Bytes,
): Bytes {
  const asked = new ByteWriter(8).u53(note.askedMs).finish();
  const packages = note.keyPackages.map(sha256);
  return concat(utf8("yanshu join v1\0"), note.secret, asked, note.device, sha256(utf8(note.name)), ...packages);
}
