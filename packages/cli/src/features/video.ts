/** Videos in the terminal. */
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.video": "Video",
  },
  {
    "kind.video": "视频",
  },
);

export const video = cliFeature(words, {
  lines: { video: (text, { ms }) => `[${text("kind.video")}] ${Math.round(ms / 1_000)} s` },
  files: { video: (body, named) => [{ ...body, name: named(body.type) }] },
});
