/** Forwarding, one by one or as a record, and what one keeps: copies that stay (docs/spec/actions.md AC12, AC13). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { recordTitle } from "./record-title.ts";

declare module "../../shell/places.ts" {
  interface Places {
    favourites: Alone;
  }
}

const favourites = lazily(() => import("./in-me.tsx").then((m) => m.Favourites));

export const forwarding = webFeature({
  labels: { record: "kind.record" },
  said: {
    record: {
      copied: ({ names }) => recordTitle(names),
      exported: ({ begins }) => begins.map(({ name, words }) => `${name}: ${words}`).join("\n"),
    },
  },
  bubbles: { record: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.RecordCard)) } },
  pages: [page("/me/favourites", { name: "favourites" }, "me", { name: "me" }, favourites)],
  inChat: () => import("./in-chat.ts"),
  inMe: () => import("./in-me.tsx"),
});
