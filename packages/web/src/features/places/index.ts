/** Places (docs/spec/media.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const places = webFeature({
  labels: { location: "kind.location" },
  said: {
    location: {
      content: ({ name }) => ({ kind: "location", name }),
      exported: ({ name, lat, lon }) => (lat === undefined ? name : `${name}\n${lat}, ${lon}`.trim()),
    },
  },
  bubbles: { location: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.PlaceCard)) } },
  inChat: () => import("./in-chat.ts"),
});
