/** Files (docs/spec/media.md ME5). */
import { line, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { blobRef } from "../fields/media.ts";

export const fileLimits = { nameMax: 255, typeMax: 127 } as const;

/** Of a program whose sender has it from nobody in a chat: who forwards it does not answer for it (PR56). */
export const givenProgramType = "application/vnd.yanshu.given-program";
const plainType = "application/octet-stream";

export const files = contentFeature({
  bodies: {
    file: body({
      schema: struct({ name: line(fileLimits.nameMax), type: text(fileLimits.typeMax), blob: blobRef }),
      disposition: "message",
      text: ({ name }) => name,
      forward: (body) => ({ ...body, type: body.type === givenProgramType ? plainType : body.type }),
      isSharedWithNewcomers: true,
      blobs: (body, replace) => ({ ...body, blob: replace(body.blob) }),
    }),
  },
});
