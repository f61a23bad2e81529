/** Recovery of an account: the recovery card and passkeys (docs/spec/identity.md). */
import { page, strip, webFeature } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    /** `part`: the page of recovery by family. Absent: the page of card and passkey. */
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
  // On a device that was just restored, until the person has read what came back.
  strips: [strip(({ cameBack }) => (cameBack === undefined ? undefined : { came: cameBack }), cameBackStrip)],
});
