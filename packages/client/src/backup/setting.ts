/** Whether there shall be a vault: its person's decision, on all own devices (docs/spec/vault.md VA12). */
import type { SyncItem } from "@yanshu/content";
import { beginVaultAnew, type Database } from "@yanshu/store";
import type { VaultApi } from "../api/vault.ts";
import type { CoreSynced, Engine } from "../core/engine.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { readVault, writeVault, writeVaultAnew } from "../values/vault-state.ts";
import { keysItems, takeKeys } from "./keys.ts";
import { recordMoreSynced } from "./record-additions.ts";

type VaultItem = Extract<SyncItem, { kind: "vault" }>;

/** Another device decided it, and tells home. Inside a transaction. */
function takeVaultWish(engine: Engine, { isOn, stampMs }: VaultItem): void {
  const held = readVault(engine.db);
  if (held.stampMs >= stampMs) return;
  if (!isOn) beginVaultAnew(engine.db);
  writeVault(engine.db, { isOn, stampMs, isTold: true, isFull: false });
  engine.changed("vault");
  engine.vault();
}

/**
 * Home is an older copy of what it was: it hears again what was decided, and what is in its vault is looked at anew.
 */
export function distrustHome(db: Database): void {
  const { home: _, ...known } = readVault(db);
  beginVaultAnew(db);
  writeVaultAnew(db, { ...known, isTold: known.stampMs === 0 });
}

/** What own devices tell each other of the vault. */
export const vaultSynced: CoreSynced = {
  vault: {
    isInRecord: true,
    all: ({ db }) => {
      const { isOn, stampMs } = readVault(db);
      return stampMs === 0 ? [] : [{ kind: "vault", isOn, stampMs }];
    },
    take: takeVaultWish,
  },
  recordMore: recordMoreSynced,
  // Only a device itself says them, and no record.
  vaultKeys: { size: "large", all: keysItems, take: takeKeys },
};

/** The switch of the vault. */
export function vaultApi(engine: Engine): VaultApi {
  const { db, ports } = engine;
  return {
    async setVault(isOn) {
      const held = readVault(db);
      if (held.isOn === isOn) return;
      const stampMs = Math.max(ports.nowMs(), held.stampMs + 1);
      db.transaction(() => {
        if (!isOn) beginVaultAnew(db);
        writeVault(db, { isOn, stampMs, isTold: false, isFull: false });
        tellOwnDevices(engine, [{ kind: "vault", isOn, stampMs }]);
      });
      engine.changed("vault");
      engine.vault("now");
    },
  };
}
