/** Reactions: an emoji under a message, given and taken back. */
import { answerWhenSent, messageMeant } from "../chat.ts";
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    reacted: "They will see it",
    unreacted: "Taken back",
  },
  {
    reacted: "对方会看到",
    unreacted: "收回了",
  },
);

export const reactions = cliFeature(words, {
  commands: {
    react: {
      positionals: ["CHAT", "MESSAGE", "EMOJI"],
      help: { en: "give a message a face, or take it back", zh: "给一条消息一个表情，或收回它" },
      async run(context) {
        const { api, args, text } = context;
        const { conversation, item } = await messageMeant(context);
        const emoji = args.positionals[2] ?? "";
        const isOn = item.reactions?.some((one) => one.mine && one.emoji === emoji) !== true;
        await api.react(conversation, { author: item.from.account, id: item.id }, emoji, isOn);
        await answerWhenSent(context, text(isOn ? "reacted" : "unreacted"), { conversation, id: item.id });
      },
    },
  },
});
