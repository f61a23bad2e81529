/**
 * Keys of the vault (docs/spec/vault.md VA6): random, made by a device, told to the others in the conversation of own
 * devices alone. One for each `vaultEpoch` of the device list, which rises when a device is removed.
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
/** So long a device waits for each one that stands before it in the list to make the key. */
const graceMs = 60_000;

function keyIdOf(sha256: (data: Bytes) => Bytes, key: Bytes): Bytes {
  return sha256(concat(utf8("yanshu vault key id v1\0"), key)).subarray(0, keyIdBytes);
}

type VaultKeysItem = Extract<SyncItem, { kind: "vaultKeys" }>;
type ToldKeys = Omit<VaultKeysItem, "kind">;

/** As own devices tell it each other; nothing when there is none yet. */
export function keysItems(engine: Engine): readonly VaultKeysItem[] {
  const told = toldKeys(engine);
  return told.keys.length === 0 ? [] : [{ kind: "vaultKeys", ...told }];
}

/**
 * What this device vouches for: nothing of an epoch that is still to come, which somebody may have told who is out by
 * then.
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

/** @param by the own device that says so. Inside a transaction. */
export function takeKeys(engine: Engine, { keys, begins, formers }: ToldKeys, by: DeviceId): void {
  addKeys(engine, keys, by);
  const current = epochNow(engine) ?? 0;
  // The list has moved, as by another card (ID46): what is sealed as before opens to who has the old one.
  if (keys.some(({ epoch }) => epoch > current))
    engine.ports.after(0, () => void followOwnList(engine).catch(engine.failed));
  // Who is out already may still be heard: where the epoch begins that puts it out is not for it to say (VA24).
  // @checks VA24
  if (!isOneOfUs(engine, by)) return;
  takeBegins(engine, begins);
  takeFormers(engine, formers ?? [], current, by);
}

/**
 * Of a record or a device backup: they open what stands there, and nothing new is sealed with them (VA23). Where the
 * present epoch begins, which this device began by coming back, it finds out by itself: who was put out by it may have
 * said so (VA24). Inside a transaction.
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

/** Of an epoch that this device has not heard of it finds out by itself. Inside a transaction. */
function takeBegins(engine: Engine, begins: readonly VaultBegin[]): void {
  const current = epochNow(engine) ?? 0;
  for (const begin of begins) {
    // @checks VA24
    if (begin.epoch <= current) noteVaultBegin(engine.db, begin);
  }
}

/**
 * Of the device list's epoch, told by a device that it lists: what a removed device knew or told seals nothing more.
 */
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

/** How long this device leaves it to others to make a key that is missing: not at all, if it is the first of them. */
export function keyGraceMs(engine: Engine): number {
  const { account, device } = ownOf(engine);
  const place = engine.lists.devices(account).findIndex(({ id }) => equalBytes(id, device));
  return Math.max(0, place) * graceMs;
}
