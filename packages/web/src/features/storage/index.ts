/** What is kept on this device, and clearing it (docs/spec/keeping.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    storage: Alone;
  }
}

const screen = lazily(() => import("./in-me.tsx").then((m) => m.Storage));

export const storage = webFeature({
  pages: [page("/me/settings/storage", { name: "storage" }, "me", { name: "settings" }, screen)],
  inMe: () => import("./in-me.tsx"),
});
