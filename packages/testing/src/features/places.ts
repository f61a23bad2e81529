/** Places. */
import { testFeature } from "../feature.ts";

export const places = testFeature({
  messages: [
    ({ canaries, from, chat }) =>
      from.api.sendLocation(chat, {
        lat: canaries.degrees("latitude", 31),
        lon: canaries.degrees("longitude", 121),
        name: `门口 ${canaries.text("name of a place")}`,
      }),
  ],

  corpus: ({ ann, chat }) => ann.api.sendLocation(chat, { lat: 31.2, lon: 121.4, name: "门口" }),
});
