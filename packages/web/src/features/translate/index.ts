/** Translation by the browser itself (docs/decisions/0009-browser-translator.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const translate = webFeature({
  slots: {
    translation: lazily(() => import("./in-chat.ts").then((m) => m.Translation)),
  },
  inChat: () => import("./in-chat.ts"),
  inMe: () => import("./in-me.tsx"),
});
