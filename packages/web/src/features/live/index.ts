/** Live (docs/spec/live.md): one member of a group broadcasts, the others watch; and its record in the chat. */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const live = webFeature({
  labels: { live: "kind.live" },
  said: { live: { begins: ({ title }) => title, exported: ({ title }) => title, copied: ({ title }) => title } },
  bubbles: { live: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.LiveBubble)) } },
  inLog: () => import("./in-log.tsx"),
  inChat: () => import("./in-chat.ts"),
  start: () => import("./start.tsx"),
});
