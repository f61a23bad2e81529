/** What the server keeps about the account (docs/spec/delivery.md DS70). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    "account-export": Alone;
  }
}

const screen = lazily(() => import("./in-me.tsx").then((m) => m.HomeKeeps));

export const accountExport = webFeature({
  pages: [page("/me/settings/home", { name: "account-export" }, "me", { name: "settings" }, screen)],
  inMe: () => import("./in-me.tsx"),
});
