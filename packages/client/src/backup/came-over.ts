/**
 * Replaced entries: entries of the own list that the root key's entry replaced when this device restored the account
 * (ID41). They no longer count, but devices that they removed were removed, and what a device signed under them counts
 * as signed by a listed device (docs/spec/vault.md VA22, VA26).
 */
import { readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, type DeviceList, type ListEntry, readEntryBody } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";

export type KnownEntry = Pick<ListEntry, "hash" | "body">;

/** @param ground the part of `list` that the root key's entry follows. Inside a transaction. */
export function keepCameOver({ db }: Engine, list: DeviceList, ground: DeviceList): void {
  const gone = list.entries.slice(ground.entries.length).map(({ bytes }) => bytes);
  if (gone.length > 0) writeMeta(db, "came-over", pack(gone));
}

/** A cache: the entries never change on a device, and each segment needs them. */
const known = new WeakMap<DeviceList, readonly KnownEntry[]>();

/** In the order of `n`; verified by this device when it restored the account. */
export function cameOver({ db, ports }: Engine, list: DeviceList): readonly KnownEntry[] {
  const held = known.get(list);
  if (held !== undefined) return held;
  const kept = readMeta(db, "came-over");
  const entries = (kept === undefined ? [] : unpack<readonly Bytes[]>(kept)).flatMap((bytes) => {
    const body = readEntryBody(bytes);
    return body === undefined ? [] : [{ hash: ports.crypto.sha256(bytes), body }];
  });
  known.set(list, entries);
  return entries;
}
