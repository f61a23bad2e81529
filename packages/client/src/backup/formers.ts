/**
 * Formers: devices that were listed only in entries which an entry of the root key replaced (ID41). Segments that they
 * stored until then count as signed by listed devices, as of before the epoch that the root key's entry began
 * (docs/spec/vault.md VA29).
 */
import { type VaultFormer, vaultFormersMax } from "@yanshu/content";
import { readMeta, readStoredList, writeMeta } from "@yanshu/store";
import { type Bytes, type DeviceId, type DeviceList, equalBytes, readEntryBody, toHex } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { Engine } from "../core/engine.ts";
import { cameOver, type KnownEntry } from "./came-over.ts";

/** A former device as it was reported. `by`: the own device that reported it; empty for a recovery record. */
type Told = VaultFormer & { readonly by: Bytes };

/** A cache: a list object never changes, and each segment needs it. */
const replacedIn = new WeakMap<DeviceList, readonly VaultFormer[]>();

/** Whether the device was listed in that epoch by a replaced entry. */
export function wasFormer(engine: Engine, list: DeviceList, epoch: number, key: Bytes): boolean {
  return formersOf(engine, list).some((former) => former.epoch === epoch && equalBytes(former.key, key));
}

/** All known former devices. */
export function formersOf(engine: Engine, list: DeviceList): readonly VaultFormer[] {
  return [...replaced(engine, list), ...readTold(engine)];
}

function readTold({ db }: Engine): readonly Told[] {
  const told = readMeta(db, "formers");
  if (told === undefined) return [];
  // Older versions did not store the reporter.
  return unpack<readonly (VaultFormer & Partial<Told>)[]>(told).map((one) => ({ by: new Uint8Array(), ...one }));
}

/**
 * The former devices for other own devices and for records: each once, without listed ones; those that this device saw
 * itself come first.
 */
export function toldFormers(engine: Engine, list: DeviceList): readonly VaultFormer[] {
  const listed = new Set(list.entries.flatMap(({ body }) => pairsIn(body).map(nameOf)));
  const seen = [...replaced(engine, list), ...cameOver(engine, list).flatMap(({ body }) => pairsIn(body))];
  const pairs = new Map(
    [...seen, ...readTold(engine)].map(({ epoch, key }) => [nameOf({ epoch, key }), { epoch, key }]),
  );
  return [...pairs].flatMap(([name, one]) => (listed.has(name) ? [] : [one])).slice(0, vaultFormersMax);
}

/**
 * Stores reported former devices of earlier epochs; those of the present epoch are in the list. Inside a transaction.
 *
 * @param by the listed own device that reported them; undefined: a recovery record.
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

/**
 * Drops what is beyond the limit: the reporter of the most loses its oldest first, so that nobody displaces the reports
 * of another.
 */
function withShares(told: readonly Told[]): readonly Told[] {
  const byTeller = Map.groupBy(told, ({ by }) => toHex(by));
  for (let over = told.length - vaultFormersMax; over > 0; over--) {
    const most = [...byTeller.values()].reduce((one, other) => (other.length > one.length ? other : one));
    most.shift();
  }
  return [...byTeller.values()].flat();
}

/** The former devices that this device had in its own list when the root key's entry came. */
function replaced({ db }: Engine, list: DeviceList): readonly VaultFormer[] {
  const known = replacedIn.get(list);
  if (known !== undefined) return known;
  const overridden = list.replaced.size === 0 ? [] : (readStoredList(db, list.account)?.overridden ?? []);
  const roots = list.entries.filter(({ byRoot }) => byRoot).map(({ body }) => body);
  const pairs = overridden.flatMap((bytes) => {
    const body = readEntryBody(bytes);
    // Only entries signed before an entry of the root key that began another epoch in their place. @checks VA29
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
