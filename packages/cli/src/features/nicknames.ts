/** What one is called in a group. */
import { chatMeant } from "../chat.ts";
import { hintUnlessSent } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "nickname.set": "In {title} you are {name}",
    "nickname.none": "In {title} you go by your own name",
  },
  {
    "nickname.set": "你在{title}里叫{name}",
    "nickname.none": "你在{title}里用自己的名字",
  },
);

export const nicknames = cliFeature(words, {
  commands: {
    /** Without a name it is taken back. */
    nickname: {
      positionals: ["CHAT", "[NAME…]"],
      help: {
        en: "what I am called in a group; without NAME, my own name",
        zh: "我在群里叫什么；不写 NAME 就用自己的名字",
      },
      async run(context) {
        const { args, answer, api, text } = context;
        const [chat = "", ...words] = args.positionals;
        const { conversation, title } = await chatMeant(context, chat);
        const name = words.join(" ");
        await api.setNickname(conversation, name);
        await hintUnlessSent(context);
        const said = text(name === "" ? "nickname.none" : "nickname.set", { title, name: plain(name) });
        answer(said, { conversation, name });
      },
    },
  },
});
