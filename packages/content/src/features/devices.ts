/**
 * Own devices: the message by which they sync the account's data (docs/spec/sync.md SY11), and their names.
 */
import { blob, bool, list, struct, text, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal, synced } from "../feature.ts";
import { device, fieldLimits } from "../fields/ids.ts";

export const syncLimits = { itemsMax: 200, itemBytesMax: 480 * 1024 } as const;

export const devices = contentFeature({
  bodies: {
    /** Items are encoded one by one (`encodeSyncItem`), so that one of a later version does not spoil the others. */
    sync: ephemeralSignal(struct({ items: list(blob(syncLimits.itemBytesMax), syncLimits.itemsMax), complete: bool })),
  },
  synced: {
    /** A device's own description (`made`), and the name that its person gave it (docs/spec/web.md WE71). */
    deviceName: synced(
      struct({
        device,
        made: text(fieldLimits.nameMax),
        name: text(fieldLimits.nameMax),
        sinceMs: uint(),
        stampMs: uint(),
      }),
    ),
  },
});
