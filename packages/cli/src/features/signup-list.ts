/** Sign-up lists (接龙, WeChat's jielong; on the wire `chain`, each entry a `line`) in the terminal. */
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.chain": "List",
    "said.chain": "* List: {title}  ({lines})",
  },
  {
    "kind.chain": "接龙",
    "said.chain": "* 接龙：{title}（{lines}）",
  },
);

export const signupList = cliFeature(words, {
  lines: {
    chain: (text, { title, lines }) =>
      text("said.chain", {
        title: plain(title),
        lines: lines.map((one, i) => `${i + 1} ${plain(one.text)}`).join(" · "),
      }),
  },
});
