/**
 * Came over: what the list said when this device came back, where the root's word went around some of it (ID41). Those
 * entries count no more, but those whom they put out were out, and what a device said under them it said as one of the
 * account's (docs/spec/vault.md VA22, VA26).
 */
import { readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, type DeviceList, type ListEntry, readEntryBody } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";

export type KnownEntry = Pick<ListEntry, "hash" | "body">;

/** @param ground what of `list` the root's word follows on. Inside a transaction. */
export function keepCameOver({ db }: Engine, list: DeviceList, ground: DeviceList): void {
  const gone = list.entries.slice(ground.entries.length).map(({ bytes }) => bytes);
  if (gone.length > 0) writeMeta(db, "came-over", pack(gone));
}

/** They never change while a device is one; each segment asks. */
const known = new WeakMap<DeviceList, readonly KnownEntry[]>();

/** In order of n; verified by this device when it came back. */
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
