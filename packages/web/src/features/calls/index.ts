/** Calls (docs/spec/calls.md): entries in the plus panel, the screen of a call, and its record in the chat. */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { inList } from "./in-list.tsx";

declare module "../../shell/places.ts" {
  interface Places {
    calls: Alone;
  }
}

const screen = lazily(() => import("./in-me.tsx").then((m) => m.CallsPage));

export const calls = webFeature({
  pages: [page("/me/settings/calls", { name: "calls" }, "me", { name: "settings" }, screen)],
  labels: { call: "kind.call" },
  inList,
  bubbles: { call: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.CallBubble)) } },
  slots: {
    callContact: lazily(() => import("./in-contacts.tsx").then((m) => m.CallContact)),
  },
  inLog: () => import("./in-log.tsx"),
  inChat: () => import("./in-chat.ts"),
  inMe: () => import("./in-me.tsx"),
  start: () => import("./start.tsx"),
});
