/**
 * Backup: what own devices tell each other of their vault, its keys, whether there shall be one, and what a record says
 * that not all know (docs/spec/vault.md VA6, VA12, VA39).
 */
import { bool, struct, uint } from "@yanshu/wire";
import { contentFeature, synced, syncedOfItsMoment } from "../feature.ts";
import { recordAdditions, vaultBegins, vaultFormers, vaultKeys } from "../fields/vault.ts";

export const backup = contentFeature({
  synced: {
    vault: synced(struct({ isOn: bool, stampMs: uint() })),
    /** What a later version added to the recovery record; with nothing in it, it did away with that (VA39). */
    recordMore: synced(struct({ stampMs: uint(), more: recordAdditions })),
    vaultKeys: syncedOfItsMoment(struct({ keys: vaultKeys, begins: vaultBegins }, { formers: vaultFormers })),
  },
});
