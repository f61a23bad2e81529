/** What newcomers of a group see, in the terminal. */
import { cliFeature } from "../feature.ts";
import { nameOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "notice.history-none": "{by} stopped showing newcomers what was said before",
    "notice.history-week": "{by} let newcomers see the last 7 days",
    "notice.history-all": "{by} let newcomers see all that was said before",
  },
  {
    "notice.history-none": "{by}不再让新成员看到以前的消息",
    "notice.history-week": "{by}让新成员看到最近 7 天的消息",
    "notice.history-all": "{by}让新成员看到以前的全部消息",
  },
);

export const history = cliFeature(words, {
  notices: { history: (text, { by, choice }) => text(`notice.history-${choice}`, { by: nameOf(text, by) }) },
});
