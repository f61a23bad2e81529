/**
 * Chat settings: how a chat stands in the list, what was read and what was deleted everywhere (docs/spec/sync.md SY22,
 * SY23).
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
    /** What was said up to then, by its authors' clocks, goes from every own device. */
    clear: synced(struct({ conversation, upToMs: uint(), stampMs: uint() })),
  },
});
