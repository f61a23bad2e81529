/** Drafts (docs/spec/sync.md SY23): what is being written follows a person from device to device. */
import { fieldLimits } from "@yanshu/content";
import { readDrafts, writeDraft } from "@yanshu/store";
import { clientFeature, type Hex, idOf } from "../feature.ts";

type DraftsApi = { readonly setDraft: (conversation: Hex, text: string) => Promise<void> };

export const drafts = clientFeature({
  kinds: ["draft"],

  synced: {
    draft: {
      all: ({ db }) =>
        readDrafts(db).map(({ conversation, draft, draft_ms }) => ({
          kind: "draft",
          conversation,
          text: draft,
          stampMs: draft_ms,
        })),
      take: ({ db, changedIn }, { conversation, text, stampMs }) => {
        if (writeDraft(db, conversation, text, stampMs)) changedIn(conversation);
      },
    },
  },

  api: ({ db, changed, keepDraft }): DraftsApi => ({
    async setDraft(hex, text) {
      const conversation = idOf(hex);
      db.transaction(() => keepDraft(conversation, text.slice(0, fieldLimits.textMax).toWellFormed()));
      changed("chats");
    },
  }),
});
