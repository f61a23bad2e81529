/** Export and import (docs/spec/keeping.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    export: Alone;
  }
}

const screen = lazily(() => import("./export.tsx").then((m) => m.Carry));

export const exporting = webFeature({
  slots: {
    carryOut: lazily(() => import("./export.tsx").then((m) => m.CarryOut)),
  },
  pages: [page("/me/settings/carry", { name: "export" }, "me", { name: "settings" }, screen)],
  inMe: () => import("./in-me.tsx"),
});
