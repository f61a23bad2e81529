/** Deleting the account (docs/spec/keeping.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    "account-deletion": Alone;
  }
}

const screen = lazily(() => import("./in-me.tsx").then((m) => m.DeleteAccount));
const leaving = lazily(() => import("./in-me.tsx").then((m) => m.Leaving));
const forgotten = lazily(() => import("./in-me.tsx").then((m) => m.Forgotten));

export const accountDeletion = webFeature({
  pages: [page("/me/settings/delete", { name: "account-deletion" }, "me", { name: "settings" }, screen)],
  whole: { leaving, forgotten },
  inMe: () => import("./in-me.tsx"),
});
