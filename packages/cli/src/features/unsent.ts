/**
 * What was written and did not go (docs/spec/homes.md HM99): what waits because somebody joined since (SY2), and what
 * home refused.
 */
import type { Hex, TimelineItem } from "@yanshu/client";
import { chatMeant, itemsAfter, messageMeant } from "../chat.ts";
import { type Context, untilSent } from "../context.ts";
import { faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "resend.done": "Sent to {title}: {count}",
    "resend.waits": "Not all of it went to {title} yet: {count} wait",
    "resend.none": "Nothing waits for you in {title}",
    "discard.done": "It does not go to {title}",
    "fault.discard-sent": "That one does not wait for you: it was sent, or goes by itself",
  },
  {
    "resend.done": "寄给{title}了：{count} 条",
    "resend.waits": "还没全寄给{title}：{count} 条等着",
    "resend.none": "{title}里没有等你点头的",
    "discard.done": "不寄给{title}了",
    "fault.discard-sent": "这一条没在等你：已经寄出，或者自己会寄",
  },
);
type Key = keyof typeof words.en;
const fault = faultsOf(words);

const waits = ({ mine, state }: TimelineItem) => mine && (state === "waiting-tap" || state === "failed");

export const unsent = cliFeature(words, {
  commands: {
    resend: {
      positionals: ["CHAT"],
      help: {
        en: "send what waits since somebody joined, to those who are there now, and what was refused",
        zh: "照样寄出等着的：有人刚加入就等着的（现在在的人都会收到），和没寄成的",
      },
      run: resend,
    },
    discard: {
      positionals: ["CHAT", "MESSAGE"],
      help: { en: "let go of one that waits", zh: "等着的一条不寄了" },
      run: discard,
    },
  },
});

async function resend(context: Context<Key>): Promise<void> {
  const { answer, api, args, text } = context;
  const { conversation, title } = await chatMeant(context, args.positionals[0] as string);
  const own = ({ state, mine }: TimelineItem) => mine && state !== "sent";
  const unsentNow = () => itemsAfter(context, conversation, 0).filter(own);
  const ids = unsentNow().map(({ id }) => id);
  const present = peopleIn(context, conversation);
  let resent = 0;
  // What stands behind it waits in its turn. For those whom the device knew when the command began, as they were
  // printed: for who came meanwhile nothing goes.
  for (let turn = 0; turn < ids.length; turn++) {
    const waiting = unsentNow().filter((item) => waits(item) && ids.includes(item.id));
    const hasNewcomer = [...peopleIn(context, conversation)].some((one) => !present.has(one));
    if (waiting.length === 0 || hasNewcomer) break;
    for (const { id } of waiting) await api.resend(id);
    resent += waiting.length;
    await untilSent(context);
  }
  if (resent === 0) {
    answer(text("resend.none", { title }), { conversation, resent, left: 0 });
    return;
  }
  const left = unsentNow().filter(({ id }) => ids.includes(id));
  const line = left.length === 0 ? "resend.done" : "resend.waits";
  answer(text(line, { title, count: left.length || resent }), { conversation, resent, left: left.length });
}

function peopleIn({ view }: Context<Key>, conversation: Hex): ReadonlySet<Hex> {
  return new Set(view("conversation", conversation)?.members.map(({ account }) => account));
}

async function discard(context: Context<Key>): Promise<void> {
  const { answer, api, text } = context;
  const { conversation, title, item } = await messageMeant(context);
  if (!waits(item)) throw fault("fault.discard-sent");
  await api.discard(item.id);
  await untilSent(context);
  answer(text("discard.done", { title }), { conversation, id: item.id });
}
