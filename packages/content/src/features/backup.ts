/** Backup: what own devices tell each other of their vault, its keys, and whether there shall be one (docs/spec/vault.md VA6, VA12). */
import { bool, struct, uint } from "@yanshu/wire";
import { contentFeature, synced, syncedOfItsMoment } from "../feature.ts";
import { vaultBegins, vaultFormers, vaultKeys } from "../fields/vault.ts";

export const backup = contentFeature({
  synced: {
    vault: synced(struct({ isOn: bool, stampMs: uint() })),
    vaultKeys: syncedOfItsMoment(struct({ keys: vaultKeys, begins: vaultBegins }, { formers: vaultFormers })),
  },
});
