/** What is kept for new devices (docs/spec/vault.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const backup = webFeature({
  slots: {
    backup: lazily(() => import("./in-me.ts").then((m) => m.Vault)),
  },
});
