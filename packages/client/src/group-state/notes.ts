/** Notes: sealed to one address, and bound to it (docs/spec/groups.md GR35). */
import { sealTo } from "@yanshu/mls";
import type { Bytes, Part } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { type Place, targetOf } from "./places.ts";

/** A device's address for notes, and the key that seals them. */
export type NoteTarget = Place & { readonly sealKey: Bytes };

/** @param at the server to post to; absent: home. */
export async function notePart(
  engine: Engine,
  to: NoteTarget,
  note: Bytes,
  at: string = ownOf(engine).server,
): Promise<Part> {
  const { address, sealKey } = to;
  return {
    target: targetOf(engine, at, to),
    envelope: await sealTo(engine.ports.crypto, sealKey, { purpose: "note", address }, note),
  };
}
