/** Polls in the terminal. `kind.poll` is what the list of chats calls one (show.ts). */
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.poll": "Poll",
    "said.poll": "* Poll: {question}  ({options})",
  },
  {
    "kind.poll": "投票",
    "said.poll": "* 投票：{question}（{options}）",
  },
);

export const polls = cliFeature(words, {
  lines: {
    poll: (text, { question, options }) =>
      text("said.poll", {
        question: plain(question),
        options: options.map((one) => `${plain(one.text)} ${one.count}`).join(" · "),
      }),
  },
});
