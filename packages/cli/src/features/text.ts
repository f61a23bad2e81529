/** Texts in the terminal, and answering one with a quote. */

import { messageMeant, newestIn, tell } from "../chat.ts";
import type { Context } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { noWords } from "../words.ts";

async function reply(context: Context): Promise<void> {
  const { api, args } = context;
  const [, , ...words] = args.positionals;
  const { conversation, title, item } = await messageMeant(context);
  const before = newestIn(context, conversation);
  const quote = { author: item.from.account, id: item.id };
  const id = await api.sendText(conversation, words.join(" "), { quote });
  await tell(context, { conversation, title, id, before });
}

export const text = cliFeature(noWords, {
  lines: {
    text: (_, { text, link }) => (link === undefined ? plain(text) : `${plain(text)} [${plain(link.title)}]`),
  },
  commands: {
    reply: {
      positionals: ["CHAT", "MESSAGE", "TEXT…"],
      help: {
        en: "answer the newest message that holds MESSAGE, or whose id begins so",
        zh: "回复最近一条含有 MESSAGE 的消息，或编号以它开头的那条",
      },
      run: reply,
    },
  },
});
