/** Lists that many write on, 接龙 (docs/spec/actions.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { chainText } from "./chain-text.ts";

export const signupList = webFeature({
  labels: { chain: "kind.chain" },
  said: { chain: { begins: ({ title }) => title, copied: chainText } },
  bubbles: { chain: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.ListCard)) } },
  inChat: () => import("./in-chat.ts"),
});
