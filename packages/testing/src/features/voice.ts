/** Voice messages. */
import { testFeature } from "../feature.ts";

export const voice = testFeature({
  files: { voice: ({ inline, file }) => [{ inline, file }] },

  messages: [
    ({ from, chat, bytes, few }) =>
      from.api.sendVoice(chat, {
        source: bytes("voice", 60_000),
        type: "audio/webm",
        ms: 9_000,
        waveform: few("waveform"),
      }),
  ],
});
