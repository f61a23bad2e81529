/**
 * Own devices: the message by which they tell each other all that belongs to the account (docs/spec/sync.md SY11), and
 * their names.
 */
import { blob, bool, list, struct, text, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal, synced } from "../feature.ts";
import { device, fieldLimits } from "../fields/ids.ts";

export const syncLimits = { itemsMax: 200, itemBytesMax: 480 * 1024 } as const;

export const devices = contentFeature({
  bodies: {
    /** Each item by itself (`encodeSyncItem`), so that one of a later version takes no other with it. */
    sync: ephemeralSignal(struct({ items: list(blob(syncLimits.itemBytesMax), syncLimits.itemsMax), complete: bool })),
  },
  synced: {
    /** What one of the own devices is, by its own word, and what its person calls it (docs/spec/web.md WE71). */
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
