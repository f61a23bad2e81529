/** The way back: the recovery card and passkeys (docs/spec/identity.md). */
import { page, strip, webFeature } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    /** `part`: the family who help, beside card and passkey. */
    "way-back": { readonly part?: "family" };
  }
}

const wayBack = lazily(() => import("./on-arrival.ts").then((m) => m.WayBack));
const cameBackStrip = lazily(() => import("./on-arrival.ts").then((m) => m.CameBackStrip));

export const recoveryCard = webFeature({
  lines: { restored: ({ who }) => t("sys.restored", { name: personName(who) }) },
  slots: {
    restore: lazily(() => import("./on-arrival.ts").then((m) => m.Restore)),
  },
  pages: [page("/me/way-back", { name: "way-back" }, "me", { name: "me" }, wayBack)],
  // This device was just restored: what came back, until it was read.
  strips: [strip(({ cameBack }) => (cameBack === undefined ? undefined : { came: cameBack }), cameBackStrip)],
});
