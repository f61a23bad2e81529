/** Voice messages (docs/spec/media.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const voice = webFeature({
  slots: {
    talk: lazily(() => import("./in-chat.ts").then((m) => m.Talk)),
  },
  labels: { voice: "kind.voice" },
  bubbles: { voice: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.VoiceBubble)) } },
  inChat: () => import("./in-chat.ts"),
});
