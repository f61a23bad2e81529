/** Commands about a message that was said: answered, recalled, given a face. */
import type { Hex, TimelineItem } from "@yanshu/client";
import { type Context, found, mustLiveHere, untilTold } from "../context.ts";
import { Fault } from "../fault.ts";
import { plain } from "../show.ts";
import { chatMeant, newestIn, tell } from "./chat.ts";

/** How far back a message is looked for. */
const searchedMax = 2_000;
const prefixMin = 4;

export async function reply(context: Context): Promise<void> {
  const { api, args } = context;
  const [, , ...words] = args.words;
  const { conversation, title, item } = await messageMeant(context);
  const before = newestIn(context, conversation);
  const quote = { author: item.from.account, id: item.id };
  const id = await api.sendText(conversation, words.join(" "), { quote });
  await tell(context, { conversation, title, id, before });
}

export async function recall(context: Context): Promise<void> {
  const { conversation, item } = await messageMeant(context);
  await context.api.recall(conversation, item.id);
  await said(context, "recalled", { conversation, id: item.id });
}

export async function react(context: Context): Promise<void> {
  const { api, args } = context;
  const { conversation, item } = await messageMeant(context);
  const emoji = args.words[2] ?? "";
  const isOn = item.reactions?.some((one) => one.mine && one.emoji === emoji) !== true;
  await api.react(conversation, { author: item.from.account, id: item.id }, emoji, isOn);
  await said(context, isOn ? "reacted" : "unreacted", { conversation, id: item.id });
}

async function said(
  context: Context,
  key: "recalled" | "reacted" | "unreacted",
  about: { conversation: Hex; id: Hex },
): Promise<void> {
  const isTold = await untilTold(context);
  context.answer(context.text(isTold ? key : "done.waits"), { ...about, told: isTold });
}

/** The newest message that holds these words, or whose id begins so. @throws Fault when there is none. */
async function messageMeant(context: Context): Promise<{ conversation: Hex; title: string; item: TimelineItem }> {
  const { args, view } = context;
  const [chat = "", query = ""] = args.words;
  mustLiveHere(context);
  const { conversation, title } = await chatMeant(context, chat);
  const wanted = query.normalize("NFC").toLowerCase();
  const isId = new RegExp(`^[0-9a-f]{${prefixMin},}$`).test(wanted);
  const item = await found(context, () => {
    const one = view("timeline", conversation, searchedMax).items.findLast(
      ({ body, id }) =>
        body.kind !== "system" &&
        ((isId && id.startsWith(wanted)) || (body.kind === "text" && body.text.toLowerCase().includes(wanted))),
    );
    if (one === undefined) throw new Fault("fault.none", { argument: "MESSAGE", query: plain(query) });
    return one;
  });
  return { conversation, title, item };
}
