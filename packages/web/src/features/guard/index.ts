/** Devices that are not let in, and what is said of them (docs/spec/identity.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const guard = webFeature({
  slots: {
    guardNotice: lazily(() => import("./in-chat.ts").then((m) => m.Notice)),
  },
});
