/** Photos (docs/spec/media.md ME5): one message for up to 99 pictures. Texts are counted in UTF-16 units. */
import { type Infer, list, oneOf, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { type BlobRef, blobRef, exactlyOne, inline, placeholder, side } from "../fields/media.ts";

export const photoLimits = { picturesMax: 99, captionMax: 2_000 } as const;

export const pictureTypes = ["image/webp", "image/jpeg", "image/png", "image/gif", "image/avif"] as const;
const pictureType = oneOf(...pictureTypes);

/** The file at full size, without what the camera wrote of place, time and device (ME10), if the sender chose so. */
const original = struct({ type: pictureType, blob: blobRef });
/** `inline` or `blob`, exactly one of them. Width and height: pixels of that picture, as it is shown. */
const picture = exactlyOne(
  struct({ type: pictureType, width: side, height: side, placeholder }, { inline, blob: blobRef, original }),
);
export type Picture = Infer<typeof picture>;

const withBlobs = (one: Picture, replace: (blob: BlobRef) => BlobRef): Picture => ({
  ...one,
  ...(one.blob === undefined ? {} : { blob: replace(one.blob) }),
  ...(one.original === undefined ? {} : { original: { ...one.original, blob: replace(one.original.blob) } }),
});

export const photos = contentFeature({
  bodies: {
    photos: body({
      schema: struct({ pictures: list(picture, photoLimits.picturesMax), caption: text(photoLimits.captionMax) }),
      disposition: "message",
      text: ({ caption }) => caption,
      forward: "whole",
      isSharedWithNewcomers: true,
      blobs: ({ pictures, ...rest }, replace) => ({
        ...rest,
        pictures: pictures.map((one) => withBlobs(one, replace)),
      }),
    }),
  },
});
