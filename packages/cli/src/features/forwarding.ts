/** Records of forwarded messages in the terminal. */
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.too-deep": "There are too many records inside one another",
    "kind.record": "Record",
    "said.record": "* Record of {count} messages",
  },
  {
    "error.too-deep": "聊天记录套得太深了",
    "kind.record": "聊天记录",
    "said.record": "* {count} 条聊天记录",
  },
);

export const forwarding = cliFeature(words, { lines: { record: (text, { count }) => text("said.record", { count }) } });
