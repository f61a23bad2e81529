/** The account's server, its reserve, and continuing there when the server is gone (docs/spec/homes.md). */
import { strip, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const homes = webFeature({
  strips: [
    strip(
      ({ homeGone, homeMoves, reserveOffer }) => homeGone ?? homeMoves ?? reserveOffer,
      lazily(() => import("./in-me.tsx").then((m) => m.HomeStrip)),
    ),
  ],
  inLog: () => import("./in-log.tsx"),
  inMe: () => import("./in-me.tsx"),
});
