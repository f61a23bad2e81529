/**
 * Keys of the vault (docs/spec/vault.md VA6): random, made by a device, and sent to the others only in the conversation
 * of own devices. One for each `vaultEpoch` of the device list, which rises when a device is removed.
 */
import { type SyncItem, vaultKeyBytes, vaultKeysMax } from "@yanshu/content";
import {
  addVaultKey,
  noteVaultBegin,
  readVaultBegins,
  readVaultKeys,
  type VaultBegin,
  type VaultKeyRow,
} from "@yanshu/store";
import { type Bytes, concat, type DeviceId, equalBytes, utf8 } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { followOwnList } from "../identity/own.ts";
import { takeFormers, toldFormers } from "./formers.ts";

export const keyIdBytes = 8;
/** How long a device waits for each device that precedes it in the list to make the key. */
const graceMs = 60_000;

function keyIdOf(sha256: (data: Bytes) => Bytes, key: Bytes): Bytes {
  return sha256(concat(utf8("yanshu vault key id v1\0"), key)).subarray(0, keyIdBytes);
}

type VaultKeysItem = Extract<SyncItem, { kind: "vaultKeys" }>;
type ToldKeys = Omit<VaultKeysItem, "kind">;

/** The keys as sync items; none if there is no key yet. */
export function keysItems(engine: Engine): readonly VaultKeysItem[] {
  const told = toldKeys(engine);
  return told.keys.length === 0 ? [] : [{ kind: "vaultKeys", ...told }];
}

/**
 * The keys that this device passes on. None of a future epoch: a device that will be removed by then may have sent it.
 */
export function toldKeys(engine: Engine): ToldKeys {
  const list = engine.lists.get(ownOf(engine).account);
  const formers = list === undefined ? [] : toldFormers(engine, list);
  const current = epochNow(engine) ?? 0;
  // @checks VA23
  const keys = readVaultKeys(engine.db)
    .filter((key) => key.epoch < current || (key.epoch === current && isByOneOfUs(engine, key)))
    .map(({ epoch, key }) => ({ epoch, key }));
  return {
    keys: keys.slice(0, vaultKeysMax),
    begins: readVaultBegins(engine.db).slice(-vaultKeysMax),
    ...(formers.length === 0 ? {} : { formers: [...formers] }),
  };
}

/** Stores keys. @param by the own device that sent them. Inside a transaction. */
export function takeKeys(engine: Engine, { keys, begins, formers }: ToldKeys, by: DeviceId): void {
  addKeys(engine, keys, by);
  const current = epochNow(engine) ?? 0;
  // The list has changed, maybe with the card (ID46): segments under the old key are open to a holder of the old card.
  if (keys.some(({ epoch }) => epoch > current))
    engine.ports.after(0, () => void followOwnList(engine).catch(engine.failed));
  // A removed device may still send items: it has no say about where the epoch that removed it begins (VA24). @checks
  // VA24
  if (!isOneOfUs(engine, by)) return;
  takeBegins(engine, begins);
  takeFormers(engine, formers ?? [], current, by);
}

/**
 * Stores keys of a record or device backup: they open existing segments, and seal no new ones (VA23). This device
 * itself finds out where the present epoch begins, which it began by restoring: a device removed by it may have claimed
 * otherwise (VA24). Inside a transaction.
 */
export function takeOldKeys(engine: Engine, { keys, begins, formers }: ToldKeys): void {
  addKeys(engine, keys, null);
  const current = epochNow(engine) ?? 0;
  takeFormers(engine, formers ?? [], current, undefined);
  // @checks VA24
  takeBegins(
    engine,
    begins.filter(({ epoch }) => epoch < current),
  );
}

function addKeys({ db, ports, vault }: Engine, keys: VaultKeysItem["keys"], told_by: DeviceId | null): void {
  let isNew = false;
  for (const { epoch, key } of keys)
    isNew = addVaultKey(db, { id: keyIdOf(ports.crypto.sha256, key), epoch, key, told_by }) || isNew;
  if (isNew) vault("now");
}

/** Stores where epochs begin; not of epochs that this device does not know yet. Inside a transaction. */
function takeBegins(engine: Engine, begins: readonly VaultBegin[]): void {
  const current = epochNow(engine) ?? 0;
  for (const begin of begins) {
    // @checks VA24
    if (begin.epoch <= current) noteVaultBegin(engine.db, begin);
  }
}

/** The key of the list's present epoch, from a listed device: what a removed device knew or sent seals nothing more. */
export function currentKey(engine: Engine): VaultKeyRow | undefined {
  const epoch = epochNow(engine);
  return readVaultKeys(engine.db).find((key) => key.epoch === epoch && isByOneOfUs(engine, key));
}

/** @checks VA23 */
function isByOneOfUs(engine: Engine, { told_by }: VaultKeyRow): boolean {
  return told_by !== null && isOneOfUs(engine, told_by);
}

function isOneOfUs(engine: Engine, device: DeviceId): boolean {
  return engine.lists.devices(ownOf(engine).account).some(({ id }) => equalBytes(id, device));
}

function epochNow(engine: Engine): number | undefined {
  return engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
}

export function freshKey(engine: Engine, epoch: number): VaultKeyRow {
  const { crypto } = engine.ports;
  const key = crypto.random(vaultKeyBytes);
  return { id: keyIdOf(crypto.sha256, key), epoch, key, told_by: ownOf(engine).device };
}

/** How long this device waits for others to make a missing key, in milliseconds; 0 for the first device of the list. */
export function keyGraceMs(engine: Engine): number {
  const { account, device } = ownOf(engine);
  const place = engine.lists.devices(account).findIndex(({ id }) => equalBytes(id, device));
  return Math.max(0, place) * graceMs;
}
