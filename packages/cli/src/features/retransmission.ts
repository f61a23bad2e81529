/** What the terminal says of messages that did not arrive (`lost`), and of a fork that was repaired (`fork`). */
import { cliFeature } from "../feature.ts";
import { nameOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "line.lost": "{count} of {from} didn’t arrive. Asking again",
    "line.gone": "{count} of {from} could not be found",
    "line.fork": "Some messages differed between you. It has been put right",
  },
  {
    "line.lost": "{from}的 {count} 条没收到，正在再要",
    "line.gone": "{from}的 {count} 条找不回来了",
    "line.fork": "对过之后，有些话两边看到的不一样，已经重新接好",
  },
);

export const retransmission = cliFeature(words, {
  notices: {
    lost: (text, { from, count, state }) =>
      text(state === "gone" ? "line.gone" : "line.lost", { count, from: nameOf(text, from) }),
    fork: (text) => text("line.fork"),
  },
});
