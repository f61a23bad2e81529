/**
 * Resync bytes: the bytes that a device key signs in a request to be let in again, and in the note that an account is
 * not a member (GR22).
 */
import type { NoteOf } from "@yanshu/content";
import { type Bytes, ByteWriter, concat, utf8 } from "@yanshu/wire";

type Unsigned<K extends "resync" | "notAMember"> = Omit<NoteOf<K>, "kind" | "history" | "signature">;

export function resyncBytes(note: Unsigned<"resync">): Bytes {
  const numbers = new ByteWriter(17).u8(note.reason).u32(note.founding).u32(note.epoch).u53(note.askedMs).finish();
  return concat(utf8("yanshu resync v1\0"), note.conversation, numbers, note.device, note.keyPackage);
}

export function notAMemberBytes(note: Unsigned<"notAMember">): Bytes {
  const numbers = new ByteWriter(12).u32(note.founding).u53(note.askedMs).finish();
  return concat(utf8("yanshu not a member v1\0"), note.conversation, note.gate, numbers, note.reader, note.device);
}
