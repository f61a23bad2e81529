/**
 * What the terminal says of messages that did not arrive (`lost`, `unheard`), and of a fork that was repaired (`fork`).
 */
import { cliFeature } from "../feature.ts";
import { nameOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "notice.lost": "{count} of {from} didn’t arrive. Asking again",
    "notice.gone": "{count} of {from} could not be found",
    "notice.held-up": "The server refuses a change made here. Nothing more goes out until it takes it",
    "notice.unheard":
      "{who} did not get what you said lately, though the server says that it was sent. If it matters, tell them another way",
    "notice.fork": "Some messages differed between you. It has been put right",
  },
  {
    "notice.lost": "{from}的 {count} 条没收到，正在再要",
    "notice.gone": "{from}的 {count} 条找不回来了",
    "notice.held-up": "服务器不肯收这里的一项改动。收下以前，后面的都先不发",
    "notice.unheard": "{who}没收到你最近说的话，服务器却说送出去了。要紧的事，换个办法告诉{who}",
    "notice.fork": "对过之后，有些话两边看到的不一样，已经重新接好",
  },
);

export const retransmission = cliFeature(words, {
  notices: {
    lost: (text, { from, count, state }) =>
      text(state === "gone" ? "notice.gone" : "notice.lost", { count, from: nameOf(text, from) }),
    unheard: (text, { who }) => text("notice.unheard", { who: nameOf(text, who) }),
    fork: (text) => text("notice.fork"),
    "held-up": (text) => text("notice.held-up"),
  },
});
