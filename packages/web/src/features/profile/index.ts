/** One’s own name and picture. */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    profile: Alone;
  }
}

const screen = lazily(() => import("./in-me.ts").then((m) => m.Profile));

export const profile = webFeature({
  pages: [page("/me/profile", { name: "profile" }, "me", { name: "me" }, screen)],
});
