/** Videos (docs/spec/media.md ME5). */
import { oneOf, struct, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { blobRef, inline, placeholder, side } from "../fields/media.ts";

export const videoLimits = { msMax: 60 * 60_000 } as const;

/** What a device asks to be played; anything else is a file. */
export const videoTypes = ["video/mp4", "video/webm", "video/quicktime"] as const;

export const video = contentFeature({
  bodies: {
    video: body({
      schema: struct({
        type: oneOf(...videoTypes),
        ms: uint(videoLimits.msMax),
        width: side,
        height: side,
        placeholder,
        poster: inline,
        blob: blobRef,
      }),
      disposition: "message",
      text: () => "",
      forward: "whole",
      isSharedWithNewcomers: true,
      blobs: (body, replace) => ({ ...body, blob: replace(body.blob) }),
    }),
  },
});
