/** The vault's on/off setting: the person's decision, on all own devices (docs/spec/vault.md VA12). */
import type { SyncItem } from "@yanshu/content";
import { beginVaultAnew, type Database } from "@yanshu/store";
import type { VaultApi } from "../api/vault.ts";
import type { CoreSynced, Engine } from "../core/engine.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { readVault, writeVault, writeVaultAnew } from "../values/vault-state.ts";
import { keysItems, takeKeys } from "./keys.ts";
import { recordMoreSynced } from "./record-additions.ts";

type VaultItem = Extract<SyncItem, { kind: "vault" }>;

/** Another own device changed the setting, and it tells home. Inside a transaction. */
function takeVaultWish(engine: Engine, { isOn, stampMs }: VaultItem): void {
  const held = readVault(engine.db);
  if (held.stampMs >= stampMs) return;
  if (!isOn) beginVaultAnew(engine.db);
  writeVault(engine.db, { isOn, stampMs, isTold: true, isFull: false });
  engine.changed("vault");
  engine.vault();
}

/** Home was restored from an older copy: it gets the setting again, and its vault is read anew. */
export function distrustHome(db: Database): void {
  const { home: _, ...known } = readVault(db);
  beginVaultAnew(db);
  writeVaultAnew(db, { ...known, isTold: known.stampMs === 0 });
}

/** The sync definitions of the vault. */
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
  // Only devices send them; no record counts.
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
