/** Contact cards: somebody is introduced (docs/spec/actions.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const contactCards = webFeature({
  slots: {
    recommend: lazily(() => import("./recommend.tsx").then((m) => m.Recommend)),
  },
  labels: { card: "kind.card" },
  said: { card: { copied: ({ name }) => name } },
  bubbles: { card: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.PersonCard)) } },
  inChat: () => import("./in-chat.ts"),
});
