/** Recalling a message. */
import { answerWhenSent, messageMeant } from "../chat.ts";
import { cliFeature } from "../feature.ts";
import { nameOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    recalled: "Recalled",
    "notice.recalled": "{who} recalled a message",
  },
  {
    recalled: "撤回了",
    "notice.recalled": "{who}撤回了一条消息",
  },
);

export const recall = cliFeature(words, {
  notices: { recalled: (text, { who }) => text("notice.recalled", { who: nameOf(text, who) }) },
  commands: {
    recall: {
      positionals: ["CHAT", "MESSAGE"],
      help: { en: "recall one of my own, within 2 minutes", zh: "撤回自己的一条，两分钟以内" },
      async run(context) {
        const { conversation, item } = await messageMeant(context);
        await context.api.recall(conversation, item.id);
        await answerWhenSent(context, context.text("recalled"), { conversation, id: item.id });
      },
    },
  },
});
