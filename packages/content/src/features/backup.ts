/**
 * Backup: what own devices send each other about their vault (docs/spec/vault.md VA6, VA12, VA39): whether it is on,
 * its keys, and additions of later versions to the recovery record.
 */
import { bool, struct, uint } from "@yanshu/wire";
import { contentFeature, synced, syncedOfItsMoment } from "../feature.ts";
import { recordAdditions, vaultBegins, vaultFormers, vaultKeys } from "../fields/vault.ts";

export const backup = contentFeature({
  synced: {
    vault: synced(struct({ isOn: bool, stampMs: uint() })),
    /** What a later version added to the recovery record. An empty list: the later version removed it (VA39). */
    recordMore: synced(struct({ stampMs: uint(), more: recordAdditions })),
    /** The key of each epoch of the vault, and the segment number from which the epoch counts (VA24). */
    vaultKeys: syncedOfItsMoment(struct({ keys: vaultKeys, begins: vaultBegins }, { formers: vaultFormers })),
  },
});
