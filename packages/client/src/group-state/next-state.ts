/** The group state after a commit in flight: from memory, or as stored with the commit. */
import type { Group, RatchetPatch } from "@yanshu/mls";
import type { PendingRow } from "@yanshu/store";
import { type Bytes, toHex } from "@yanshu/wire";
import { unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";
import { identityOf } from "../identity/own.ts";

export async function nextStateOf(engine: Engine, pending: PendingRow): Promise<Group> {
  const key = toHex(pending.post_hash);
  const known = engine.next.get(key);
  if (known !== undefined) return known;
  const loaded = await engine.mls.load({ base: pending.next_base, patches: ratchetsOf(pending) }, identityOf(engine));
  for (const member of loaded.members) await engine.lists.load(member.account);
  engine.next.set(key, loaded);
  return loaded;
}

export function ratchetsOf(pending: PendingRow): readonly RatchetPatch[] {
  return unpack<[number, Bytes][]>(pending.next_ratchets).map(([leaf, bytes]) => ({ leaf, bytes }));
}
