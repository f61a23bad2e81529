/** Whether there shall be a vault: its person's decision, on all own devices (docs/spec/vault.md VA12). */
import type { SyncItem } from "@yanshu/content";
import { beginVaultAnew, type Database } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";
import { keysItems } from "./keys.ts";
import { readVault, writeVault, writeVaultAnew } from "./known.ts";

type VaultItem = Extract<SyncItem, { kind: "vault" }>;

/** For a device that joins. */
export function vaultItems(engine: Engine): readonly SyncItem[] {
  const { isOn, stampMs } = readVault(engine.db);
  return [...(stampMs === 0 ? [] : [{ kind: "vault" as const, isOn, stampMs }]), ...keysItems(engine)];
}

/** Another device decided it, and tells home. Inside a transaction. */
export function takeVaultWish(engine: Engine, { isOn, stampMs }: VaultItem): void {
  const held = readVault(engine.db);
  if (held.stampMs >= stampMs) return;
  if (!isOn) beginVaultAnew(engine.db);
  writeVault(engine.db, { isOn, stampMs, isTold: true, isFull: false });
  engine.changed("vault");
  engine.vault();
}

/** Home is an older copy of what it was: it hears again what was decided, and what is in its vault is looked at anew. */
export function distrustHome(db: Database): void {
  const { home: _, ...known } = readVault(db);
  beginVaultAnew(db);
  writeVaultAnew(db, { ...known, isTold: known.stampMs === 0 });
}
