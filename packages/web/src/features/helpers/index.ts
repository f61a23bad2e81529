/** Recovery of an account by its family (docs/spec/identity.md). */
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
  // As long as a recovery by family is running.
  strips: [strip(({ familyAsk }) => (familyAsk === undefined ? undefined : { dueAtMs: familyAsk.dueAtMs }), asked)],
});
