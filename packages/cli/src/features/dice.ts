/** Dice 骰子 in the terminal. */
import { chatMeant, newestIn, tell } from "../chat.ts";
import type { Context } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf({ "kind.die": "Dice" }, { "kind.die": "骰子" });

type Key = keyof (typeof words)["en"];

async function roll(context: Context<Key>): Promise<void> {
  const { api, args } = context;
  const { conversation, title } = await chatMeant(context, args.positionals[0] as string);
  const before = newestIn(context, conversation);
  await tell(context, { conversation, title, id: await api.rollDie(conversation), before });
}

export const dice = cliFeature(words, {
  lines: { die: (text, { points }) => `[${text("kind.die")}] ${points}` },
  commands: { dice: { positionals: ["CHAT"], help: { en: "roll a die in a chat", zh: "在聊天里掷骰子" }, run: roll } },
});
