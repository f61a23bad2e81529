/** Privacy on one page (README.md WE23). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    privacy: Alone;
  }
}

const screen = lazily(() => import("./in-me.tsx").then((m) => m.PrivacyScreen));

export const privacy = webFeature({
  pages: [page("/me/settings/privacy", { name: "privacy" }, "me", { name: "settings" }, screen)],
  inMe: () => import("./in-me.tsx"),
});
