/** The family who help somebody back (docs/spec/identity.md). */
import { page, strip, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";
import { lines } from "./lines.ts";

const family = lazily(() => import("./in-me.ts").then((m) => m.Family));
const asked = lazily(() => import("./in-me.ts").then((m) => m.AskStrip));

export const helpers = webFeature({
  lines,
  slots: {
    familyBack: lazily(() => import("./family-back.tsx").then((m) => m.FamilyBack)),
  },
  pages: [page("/me/way-back/family", { name: "way-back", part: "family" }, "me", { name: "way-back" }, family)],
  // Somebody comes back to this account by its family: until it is over.
  strips: [strip(({ familyAsk }) => (familyAsk === undefined ? undefined : { dueAtMs: familyAsk.dueAtMs }), asked)],
});
