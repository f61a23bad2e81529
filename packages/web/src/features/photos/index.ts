/** Photos and videos (docs/spec/media.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const photos = webFeature({
  labels: { photos: "kind.photos", video: "kind.video" },
  bubbles: {
    photos: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.PhotoGrid)) },
    video: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.VideoCard)) },
  },
  sendsFiles: () => import("./send.ts"),
  inChat: () => import("./in-chat.ts"),
});
