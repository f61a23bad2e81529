/** Voice messages (docs/spec/media.md ME5). */
import { blob, oneOf, struct, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { blobRef, exactlyOne, inline } from "../fields/media.ts";

export const voiceLimits = { waveformBarsMax: 64, msMax: 5 * 60_000 } as const;

/** What a device asks to be played; anything else is a file. */
export const voiceTypes = ["audio/webm", "audio/mp4", "audio/ogg"] as const;

export const voice = contentFeature({
  bodies: {
    voice: body({
      schema: exactlyOne(
        struct(
          { type: oneOf(...voiceTypes), ms: uint(voiceLimits.msMax), waveform: blob(voiceLimits.waveformBarsMax) },
          { inline, blob: blobRef },
        ),
      ),
      disposition: "message",
      text: () => "",
      forward: "whole",
      isSharedWithNewcomers: true,
      blobs: (body, replace) => (body.blob === undefined ? body : { ...body, blob: replace(body.blob) }),
    }),
  },
});
