/** Photos: one that rides in the message, one at home, and its original. */
import { testFeature } from "../feature.ts";

const shape = { width: 640, height: 480 };

export const photos = testFeature({
  titles: { photos: ({ caption }) => caption },
  files: {
    photos: ({ pictures }) =>
      pictures.flatMap(({ inline, file, original }) => [
        { inline, file },
        ...(original === undefined ? [] : [{ file: original }]),
      ]),
  },

  messages: [
    ({ canaries, from, chat, bytes, few }) =>
      from.api.sendPhotos(chat, {
        caption: `金门大桥 ${canaries.text("caption")}`,
        pictures: [
          { source: bytes("small picture", 2_000), type: "image/webp", placeholder: few("thumbhash"), ...shape },
          {
            source: bytes("picture", 90_000),
            type: "image/webp",
            placeholder: few("second thumbhash"),
            ...shape,
            original: { source: bytes("original of a picture", 400_000), type: "image/jpeg" },
          },
        ],
      }),
  ],
});
