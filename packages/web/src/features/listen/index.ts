/** A message read out by the device (docs/spec/web.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const listening = webFeature({
  slots: {
    listenButton: lazily(() => import("./in-chat.ts").then((m) => m.ListenButton)),
  },
  inChat: () => import("./in-chat.ts"),
});
