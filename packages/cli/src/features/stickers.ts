/** Stickers in the terminal. */
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.sticker": "Sticker",
  },
  {
    "kind.sticker": "表情",
  },
);

export const stickers = cliFeature(words, {
  lines: { sticker: (text, { name }) => `[${text("kind.sticker")}] ${plain(name)}`.trimEnd() },
});
