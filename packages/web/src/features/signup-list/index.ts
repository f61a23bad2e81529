/** Lists that many write on, 接龙 (docs/spec/actions.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { chainText } from "./chain-text.ts";

export const signupList = webFeature({
  labels: { chain: "kind.chain" },
  said: {
    chain: {
      begins: ({ title }) => title,
      copied: chainText,
      content: ({ title, note, lines }) => ({ kind: "chain", title, note, seeds: lines.map(({ text }) => text) }),
      exported: ({ title, note, lines }) =>
        [title, note, ...lines.map(({ text }, place) => `${place + 1}. ${text}`)]
          .filter((line) => line !== "")
          .join("\n"),
    },
  },
  bubbles: { chain: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.ListCard)) } },
  inChat: () => import("./in-chat.ts"),
});
