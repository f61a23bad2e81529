/** Announcements of a group in the terminal. */
import { cliFeature } from "../feature.ts";
import { nameOf, plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "notice.announced": "{by} announced: {text}",
    "notice.unannounced": "{by} took the announcement down",
  },
  {
    "notice.announced": "{by}发了公告：{text}",
    "notice.unannounced": "{by}撤下了公告",
  },
);

export const announcements = cliFeature(words, {
  notices: {
    // An empty text: the announcement was removed.
    announced: (text, { by, text: said }) =>
      text(said === "" ? "notice.unannounced" : "notice.announced", { by: nameOf(text, by), text: plain(said) }),
  },
});
