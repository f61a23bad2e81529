/**
 * Formers: devices that stood only in entries which a word of the root went around (ID41). What they had put into the vault until then
 * was put there by devices that counted, and is believed as of before the epoch which that word began (docs/spec/vault.md VA29).
 */
import { type VaultFormer, vaultFormersMax } from "@yanshu/content";
import { readMeta, readStoredList, writeMeta } from "@yanshu/store";
import { type Bytes, type DeviceList, equalBytes, readEntryBody, toHex } from "@yanshu/wire";
import { pack, unpack } from "../core/cbor.ts";
import type { Engine } from "../core/engine.ts";
import { cameOver, type KnownEntry } from "./came-over.ts";

/** Lists never change while a device is one; each segment asks. */
const replacedIn = new WeakMap<DeviceList, readonly VaultFormer[]>();

/** Whether the device was one under that epoch, by an entry that does not count any more. */
export function wasFormer(engine: Engine, list: DeviceList, epoch: number, key: Bytes): boolean {
  return formersOf(engine, list).some((former) => former.epoch === epoch && equalBytes(former.key, key));
}

/** For other own devices, and for who comes back later. */
export function formersOf(engine: Engine, list: DeviceList): readonly VaultFormer[] {
  const told = readMeta(engine.db, "formers");
  return [...replaced(engine, list), ...(told === undefined ? [] : unpack<readonly VaultFormer[]>(told))];
}

/** Each once, without whom the list names anyway. */
export function toldFormers(engine: Engine, list: DeviceList): readonly VaultFormer[] {
  const listed = new Set(list.entries.flatMap(({ body }) => pairsIn(body).map(nameOf)));
  const pairs = new Map(
    [...formersOf(engine, list), ...cameOver(engine, list).flatMap(({ body }) => pairsIn(body))].map((one) => [
      nameOf(one),
      one,
    ]),
  );
  return [...pairs].flatMap(([name, one]) => (listed.has(name) ? [] : [one])).slice(-vaultFormersMax);
}

/** Of an own device that counts. Who could have been told of the present epoch is in the list. Inside a transaction. */
export function takeFormers({ db }: Engine, told: readonly VaultFormer[], current: number): void {
  const held = readMeta(db, "formers");
  // @checks VA29
  const over = told.filter(({ epoch }) => epoch < current);
  const all = [...(held === undefined ? [] : unpack<readonly VaultFormer[]>(held)), ...over];
  const pairs = new Map(all.map((one) => [nameOf(one), one]));
  if (pairs.size > 0) writeMeta(db, "formers", pack([...pairs.values()].slice(-vaultFormersMax)));
}

/** What this device held itself when the root's word came. */
function replaced({ db }: Engine, list: DeviceList): readonly VaultFormer[] {
  const known = replacedIn.get(list);
  if (known !== undefined) return known;
  const overridden = list.replaced.size === 0 ? [] : (readStoredList(db, list.account)?.overridden ?? []);
  const roots = list.entries.filter(({ byRoot }) => byRoot).map(({ body }) => body);
  const pairs = overridden.flatMap((bytes) => {
    const body = readEntryBody(bytes);
    // Only what was signed before a word of the root that began another epoch in its place.
    // @checks VA29
    const isBefore =
      body !== undefined && roots.some(({ n, vaultEpoch }) => n <= body.n && vaultEpoch > body.vaultEpoch);
    return isBefore ? pairsIn(body) : [];
  });
  const once = [...new Map(pairs.map((one) => [nameOf(one), one])).values()];
  replacedIn.set(list, once);
  return once;
}

function pairsIn({ vaultEpoch, devices }: KnownEntry["body"]): readonly VaultFormer[] {
  return devices.map((key) => ({ epoch: vaultEpoch, key }));
}

function nameOf({ epoch, key }: VaultFormer): string {
  return `${epoch} ${toHex(key)}`;
}
