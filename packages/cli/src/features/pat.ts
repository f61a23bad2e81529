/** Pat 拍一拍 in the terminal. */
import { cliFeature } from "../feature.ts";
import { nameOf, plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "notice.pat": "{by} patted {who} {suffix}",
  },
  {
    "notice.pat": "{by}拍了拍{who}{suffix}",
  },
);

export const pat = cliFeature(words, {
  notices: {
    pat: (text, { by, who, suffix }) =>
      text("notice.pat", { by: nameOf(text, by), who: nameOf(text, who), suffix: plain(suffix) }),
  },
});
