/** Pinned messages: the text of the error when there are too many. */
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.too-many-pins": "Three are pinned already. Take one down first",
  },
  {
    "error.too-many-pins": "已经置顶了三条，先取下一条",
  },
);

export const pins = cliFeature(words, {});
