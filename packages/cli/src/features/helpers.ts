/** Family helpers in the terminal. */
import { cliFeature } from "../feature.ts";
import { nameOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "notice.helper": "{name} keeps a piece of the key with which you can come back",
    "notice.helper-over": "{name} no longer keeps a piece of your key",
    "notice.helping": "You keep a piece of the key with which {name} can come back",
    "notice.helping-over": "You no longer keep a piece of {name}'s key",
  },
  {
    "notice.helper": "{name}替你收着一份找回账号的钥匙",
    "notice.helper-over": "{name}不再收着你找回账号的钥匙",
    "notice.helping": "你替{name}收着一份找回账号的钥匙",
    "notice.helping-over": "你不再收着{name}找回账号的钥匙",
  },
);

export const helpers = cliFeature(words, {
  notices: {
    "family-piece": (text, { who, of, isOn }) =>
      text(`notice.${of.isMe ? "helper" : "helping"}${isOn ? "" : "-over"}`, {
        name: nameOf(text, of.isMe ? who : of),
      }),
  },
});
