/** Dice 骰子: one die, that lies the same for all (README.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const dice = webFeature({
  labels: { die: "kind.die" },
  said: {
    die: {
      begins: ({ points }) => `${points}`,
      content: ({ points }) => ({ kind: "die", face: points - 1 }),
      exported: ({ points }) => `🎲 骰子 Dice ${points}`,
      copied: ({ points }) => `🎲 ${points}`,
    },
  },
  bubbles: { die: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.Die)) } },
  inChat: () => import("./in-chat.ts"),
});
