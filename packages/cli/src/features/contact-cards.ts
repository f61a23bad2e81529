/**
 * Contact cards: a message that introduces a contact (`introduce` sends one), from which its reader asks for that
 * contact (`ask`).
 */
import { chatMeant, contactsMeant, newestIn, searchedMax, tell } from "../chat.ts";
import { type Context, found, hintUnlessSent, mustReachHome } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.not-passed-on": "They do not want their card passed on",
    "error.card-over": "This card leads nowhere any more. Ask for a new one",
    "kind.card": "Card",
    "kind.group-card": "Invitation",
  },
  {
    "error.not-passed-on": "对方不希望名片被转发",
    "error.card-over": "这张名片不能用了，请朋友再发一张",
    "kind.card": "名片",
    "kind.group-card": "群邀请",
  },
);

/** `introduce CHAT CONTACT`: sends the contact's card into the chat. */
async function introduce(context: Context): Promise<void> {
  const { args, api } = context;
  const [chat = "", who = ""] = args.positionals;
  const { conversation, title } = await chatMeant(context, chat);
  const [account = ""] = await contactsMeant(context, [who]);
  const before = newestIn(context, conversation);
  await tell(context, { conversation, title, id: await api.sendCard(conversation, account), before });
}

/** `ask CHAT`: sends a contact request to the person on the chat's newest card. */
async function ask(context: Context): Promise<void> {
  const { args, answer, api, text, view } = context;
  const chat = args.positionals[0] as string;
  const { conversation } = await chatMeant(context, chat);
  const { author, id, name } = await found(context, () => {
    const item = view("timeline", conversation, searchedMax).items.findLast(({ body }) => body.kind === "card");
    if (item?.body.kind !== "card") throw new Fault("fault.none", { argument: "CARD", query: plain(chat) });
    return { author: item.from.account, id: item.id, name: item.body.name };
  });
  await mustReachHome(context);
  const asked = await api.requestByCard({ conversation, author, id, greeting: args.greeting });
  await hintUnlessSent(context);
  const state = view("conversation", asked)?.state;
  answer(text(state === "open" ? "added.already" : "added.asked", { name: plain(name) }), {
    conversation: asked,
    state,
  });
}

export const contactCards = cliFeature(words, {
  lines: {
    card: (text, { name }) => `[${text("kind.card")}] ${plain(name)}`,
    "group-card": (text, { name }) => `[${text("kind.group-card")}] ${plain(name)}`,
  },
  commands: {
    introduce: {
      positionals: ["CHAT", "CONTACT"],
      help: { en: "send a contact’s card into a chat", zh: "把一位联系人的名片发进聊天" },
      run: introduce,
    },
    ask: {
      positionals: ["CHAT"],
      options: ["greeting"],
      help: { en: "ask whom the newest card in a chat introduces", zh: "向聊天里最近一张名片上的人打招呼" },
      run: ask,
    },
  },
});
