/** Files (docs/spec/media.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const files = webFeature({
  labels: { file: "kind.file" },
  bubbles: { file: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.FileCard)) } },
  inChat: () => import("./in-chat.ts"),
});
