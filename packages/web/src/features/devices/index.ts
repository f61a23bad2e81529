/** The devices of the account (docs/spec/identity.md). */
import { page, webFeature } from "../../feature.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    devices: Alone;
  }
}

const screen = lazily(() => import("./in-me.tsx").then((m) => m.Devices));

export const devices = webFeature({
  lines: { "device-added": ({ who }) => t("sys.deviceAdded", { name: personName(who) }) },
  pages: [page("/me/devices", { name: "devices" }, "me", { name: "me" }, screen)],
  inMe: () => import("./in-me.tsx"),
  start: () => import("./describe.ts"),
});
