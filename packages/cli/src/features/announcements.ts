/** Announcements of a group in the terminal. */
import { cliFeature } from "../feature.ts";
import { nameOf, plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "line.announced": "{by} announced: {text}",
    "line.unannounced": "{by} took the announcement down",
  },
  {
    "line.announced": "{by}发了公告：{text}",
    "line.unannounced": "{by}撤下了公告",
  },
);

export const announcements = cliFeature(words, {
  notices: {
    announced: (text, { by, text: said }) =>
      text(said === "" ? "line.unannounced" : "line.announced", { by: nameOf(text, by), text: plain(said) }),
  },
});
