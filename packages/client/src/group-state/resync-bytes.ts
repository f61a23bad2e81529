/**
 * Resync bytes: the bytes that a device key signs in a request to be let in again, and in the note that an account is
 * not a member (GR22).
 */
import { encodeNote, type NoteOf } from "@yanshu/content";
import { type Bytes, ByteWriter, concat, type DeviceList, historyOf, utf8 } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

type Unsigned<K extends "resync" | "notAMember"> = Omit<NoteOf<K>, "kind" | "history" | "signature">;

export function resyncBytes(note: Unsigned<"resync">): Bytes {
  const numbers = new ByteWriter(17).u8(note.reason).u32(note.founding).u32(note.epoch).u53(note.askedMs).finish();
  return concat(utf8("yanshu resync v1\0"), note.conversation, numbers, note.device, note.keyPackage);
}

/** A request of this device, signed and encoded. @param list the own device list, which comes along. */
export async function resyncNote(
  engine: Engine,
  list: DeviceList,
  asked: Omit<Unsigned<"resync">, "device">,
): Promise<Bytes> {
  const { device, deviceKey } = ownOf(engine);
  const unsigned = { ...asked, device };
  const signature = await engine.ports.crypto.sign(deviceKey.privateKey, resyncBytes(unsigned));
  return encodeNote({ kind: "resync", ...unsigned, history: historyOf(list), signature });
}

export function notAMemberBytes(note: Unsigned<"notAMember">): Bytes {
  const numbers = new ByteWriter(12).u32(note.founding).u53(note.askedMs).finish();
  return concat(utf8("yanshu not a member v1\0"), note.conversation, note.gate, numbers, note.reader, note.device);
}
