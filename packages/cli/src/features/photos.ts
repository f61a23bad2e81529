/** Photos in the terminal. */
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.photos": "Photo",
  },
  {
    "kind.photos": "照片",
  },
);

export const photos = cliFeature(words, {
  lines: {
    photos: (text, { pictures, caption }) => `[${text("kind.photos")} ×${pictures.length}] ${plain(caption)}`.trimEnd(),
  },
  files: {
    photos: ({ pictures }, named) =>
      pictures.map(({ original, type, ...bytes }, place) => ({
        name: named(original?.type ?? type, `-${place + 1}`),
        ...(original === undefined ? bytes : { file: original }),
      })),
  },
});
