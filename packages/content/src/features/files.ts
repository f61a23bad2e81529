/** Files (docs/spec/media.md ME5). */
import { line, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { blobRef } from "../fields/media.ts";

export const fileLimits = { nameMax: 255, typeMax: 127 } as const;

export const files = contentFeature({
  bodies: {
    file: body({
      schema: struct({ name: line(fileLimits.nameMax), type: text(fileLimits.typeMax), blob: blobRef }),
      disposition: "message",
      text: ({ name }) => name,
      forward: "whole",
      isSharedWithNewcomers: true,
      blobs: (body, replace) => ({ ...body, blob: replace(body.blob) }),
    }),
  },
});
