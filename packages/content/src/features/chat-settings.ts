/**
 * Chat settings: marks of a chat in the list, how far it was read, and what was deleted on all devices
 * (docs/spec/sync.md SY22, SY23).
 */
import { bool, oneOf, struct, uint } from "@yanshu/wire";
import { contentFeature, synced, syncedOfItsMoment } from "../feature.ts";
import { conversation } from "../fields/ids.ts";

export const chatSettings = contentFeature({
  synced: {
    conversation: syncedOfItsMoment(
      struct({ conversation, state: oneOf("open", "quiet", "hidden", "left"), stampMs: uint() }),
    ),
    read: syncedOfItsMoment(struct({ conversation, upToMs: uint(), stampMs: uint() })),
    mark: synced(
      struct({
        conversation,
        mark: oneOf("pinned", "muted", "unread", "hidden", "own-names"),
        isOn: bool,
        stampMs: uint(),
      }),
    ),
    /** Deletes messages up to `upToMs`, by their authors' clocks, from all own devices. */
    clear: synced(struct({ conversation, upToMs: uint(), stampMs: uint() })),
  },
});
