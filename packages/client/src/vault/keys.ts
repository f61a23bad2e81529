/**
 * Keys of the vault (docs/spec/vault.md VA6): random, made by a device, told to the others in the conversation of own
 * devices alone. One for each `vaultEpoch` of the device list, which rises when a device is removed.
 */
import { type SyncItem, vaultKeyBytes } from "@yanshu/content";
import { addVaultKey, readVaultKeys, type VaultKeyRow } from "@yanshu/store";
import { type Bytes, concat, equalBytes, utf8 } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

export const keyIdBytes = 8;
/** So long a device waits for each one that stands before it in the list to make the key. */
const graceMs = 60_000;

function keyIdOf(sha256: (data: Bytes) => Bytes, key: Bytes): Bytes {
  return sha256(concat(utf8("yanshu vault key id v1\0"), key)).subarray(0, keyIdBytes);
}

/** As own devices tell it each other; nothing when there is none yet. */
export function keysItems(engine: Engine): readonly SyncItem[] {
  const keys = readVaultKeys(engine.db).map(({ epoch, key }) => ({ epoch, key }));
  return keys.length === 0 ? [] : [{ kind: "vaultKeys", keys }];
}

/** Inside a transaction. */
export function takeKeys(engine: Engine, keys: readonly { readonly epoch: number; readonly key: Bytes }[]): void {
  let isNew = false;
  for (const { epoch, key } of keys)
    isNew = addVaultKey(engine.db, { id: keyIdOf(engine.ports.crypto.sha256, key), epoch, key }) || isNew;
  if (isNew) engine.vault("now");
}

/** Of the device list's epoch: what a removed device knew seals nothing more. */
export function currentKey(engine: Engine): VaultKeyRow | undefined {
  const epoch = engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
  return readVaultKeys(engine.db).find((key) => key.epoch === epoch);
}

export function freshKey({ ports }: Engine, epoch: number): VaultKeyRow {
  const key = ports.crypto.random(vaultKeyBytes);
  return { id: keyIdOf(ports.crypto.sha256, key), epoch, key };
}

/** How long this device leaves it to others to make a key that is missing: not at all, if it is the first of them. */
export function keyGraceMs(engine: Engine): number {
  const { account, device } = ownOf(engine);
  const place = engine.lists.devices(account).findIndex(({ id }) => equalBytes(id, device));
  return Math.max(0, place) * graceMs;
}
