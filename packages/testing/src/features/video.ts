/** Videos. */
import { testFeature } from "../feature.ts";

export const video = testFeature({
  files: { video: ({ file }) => [{ file }] },

  messages: [
    ({ canaries, from, chat, bytes, few }) =>
      from.api.sendVideo(chat, {
        source: bytes("film", 1_500_000),
        type: "video/mp4",
        ms: 12_000,
        placeholder: few("thumbhash of a film"),
        poster: canaries.picture("poster", 3_000),
        width: 640,
        height: 480,
      }),
  ],
});
