/** Notes: what is sealed to one address, and bound to it (docs/spec/groups.md GR35). */
import { type Crypto, sealTo } from "@yanshu/mls";
import type { Address, Bytes, Part } from "@yanshu/wire";

/** Where a device takes notes, and how they are sealed to it. */
export type NoteTarget = { readonly address: Address; readonly sealKey: Bytes };

export async function notePart(crypto: Crypto, { address, sealKey }: NoteTarget, note: Bytes): Promise<Part> {
  return {
    target: { kind: "address", address },
    envelope: await sealTo(crypto, sealKey, { purpose: "note", address }, note),
  };
}
