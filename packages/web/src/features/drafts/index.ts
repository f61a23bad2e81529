/** What was written and not sent stays with its chat (docs/spec/sync.md SY43). */
import { webFeature } from "../../feature.ts";

export const drafts = webFeature({
  inList: {
    instead: ({ draft }, isHere) => (draft !== "" && !isHere ? { mark: "chats.draft", text: draft } : undefined),
  },
  inLog: () => import("./in-log.ts"),
});
