/**
 * Public accounts 公众号 (docs/spec/articles.md): a row in Discover, and one place for all that lies below it (spots.ts).
 */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    account: WithId;
  }
}

export const articles = webFeature({
  pages: [
    page(
      "/accounts/:id",
      { name: "account" },
      "discover",
      { name: "discover" },
      lazily(() => import("./in-contacts.tsx").then((m) => m.Place)),
    ),
  ],
  slots: { accountsRow: lazily(() => import("./in-contacts.tsx").then((m) => m.AccountsRow)) },
});
