/** The account's server, its reserve, and continuing there when the server is gone (docs/spec/homes.md). */
import { strip, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const homes = webFeature({
  strips: [
    strip(
      ({ homeGone }) => homeGone,
      lazily(() => import("./in-me.tsx").then((m) => m.GoneStrip)),
    ),
    strip(
      ({ homeMoves }) => homeMoves,
      lazily(() => import("./in-me.tsx").then((m) => m.MovesStrip)),
    ),
    strip(
      ({ reserveOffer }) => reserveOffer,
      lazily(() => import("./in-me.tsx").then((m) => m.OfferStrip)),
    ),
  ],
  inLog: () => import("./in-log.tsx"),
  inMe: () => import("./in-me.tsx"),
});
