/** The switch of the vault (docs/spec/vault.md VA12). */
import { beginVaultAnew } from "@yanshu/store";
import type { VaultApi } from "../api/vault.ts";
import type { Engine } from "../core/engine.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { readVault, writeVault } from "../values/vault-state.ts";

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
