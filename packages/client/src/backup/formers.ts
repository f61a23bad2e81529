/**
 * Formers: devices that stood only in entries which a word of the root went around (ID41). What they had put into the
 * vault until then was put there by devices that counted, and is believed as of before the epoch which that word began
 * (docs/spec/vault.md VA29).
 */
import { type VaultFormer, vaultFormersMax } from "@yanshu/content";
import { readMeta, readStoredList, writeMeta } from "@yanshu/store";
import { type Bytes, type DeviceId, type DeviceList, equalBytes, readEntryBody, toHex } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";
import { cameOver, type KnownEntry } from "./came-over.ts";

/** As it was told. `by`: the own device that said so; empty where a recovery record did. */
type Told = VaultFormer & { readonly by: Bytes };

/** Lists never change while a device is one; each segment asks. */
const replacedIn = new WeakMap<DeviceList, readonly VaultFormer[]>();

/** Whether the device was one under that epoch, by an entry that does not count any more. */
export function wasFormer(engine: Engine, list: DeviceList, epoch: number, key: Bytes): boolean {
  return formersOf(engine, list).some((former) => former.epoch === epoch && equalBytes(former.key, key));
}

/** For other own devices, and for who comes back later. */
export function formersOf(engine: Engine, list: DeviceList): readonly VaultFormer[] {
  return [...replaced(engine, list), ...readTold(engine)];
}

function readTold({ db }: Engine): readonly Told[] {
  const told = readMeta(db, "formers");
  if (told === undefined) return [];
  // What was stored before it was kept who told it names nobody.
  return unpack<readonly (VaultFormer & Partial<Told>)[]>(told).map((one) => ({ by: new Uint8Array(), ...one }));
}

/** Each once, without those whom the list names anyway; what this device saw itself comes before what it was told. */
export function toldFormers(engine: Engine, list: DeviceList): readonly VaultFormer[] {
  const listed = new Set(list.entries.flatMap(({ body }) => pairsIn(body).map(nameOf)));
  const seen = [...replaced(engine, list), ...cameOver(engine, list).flatMap(({ body }) => pairsIn(body))];
  const pairs = new Map(
    [...seen, ...readTold(engine)].map(({ epoch, key }) => [nameOf({ epoch, key }), { epoch, key }]),
  );
  return [...pairs].flatMap(([name, one]) => (listed.has(name) ? [] : [one])).slice(0, vaultFormersMax);
}

/**
 * Who could have been told of the present epoch is in the list. Inside a transaction.
 *
 * @param by an own device that counts; undefined: a recovery record.
 */
export function takeFormers(
  engine: Engine,
  told: readonly VaultFormer[],
  current: number,
  by: DeviceId | undefined,
): void {
  // @checks VA29
  const over = told.filter(({ epoch }) => epoch < current);
  const added = over.map(({ epoch, key }): Told => ({ epoch, key, by: by ?? new Uint8Array() }));
  const all = new Map([...readTold(engine), ...added].map((one) => [`${toHex(one.by)} ${nameOf(one)}`, one]));
  if (all.size > 0) writeMeta(engine.db, "formers", pack(withShares([...all.values()])));
}

/** As many as are kept. Who told the most loses its oldest first: nobody pushes out what another told. */
function withShares(told: readonly Told[]): readonly Told[] {
  const byTeller = Map.groupBy(told, ({ by }) => toHex(by));
  for (let over = told.length - vaultFormersMax; over > 0; over--) {
    const most = [...byTeller.values()].reduce((one, other) => (other.length > one.length ? other : one));
    most.shift();
  }
  return [...byTeller.values()].flat();
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
