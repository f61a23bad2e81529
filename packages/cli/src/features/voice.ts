/** Voice messages in the terminal. */
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.voice": "Voice",
  },
  {
    "kind.voice": "语音",
  },
);

export const voice = cliFeature(words, {
  lines: { voice: (text, { ms }) => `[${text("kind.voice")}] ${Math.round(ms / 1_000)} s` },
  files: { voice: (body, named) => [{ ...body, name: named(body.type) }] },
});
