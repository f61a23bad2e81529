/** Drafts, on all own devices (docs/spec/sync.md SY33). */
import { struct, text, uint } from "@yanshu/wire";
import { contentFeature, synced } from "../feature.ts";
import { conversation, fieldLimits } from "../fields/ids.ts";

export const drafts = contentFeature({
  synced: { draft: synced(struct({ conversation, text: text(fieldLimits.textMax), stampMs: uint() })) },
});
