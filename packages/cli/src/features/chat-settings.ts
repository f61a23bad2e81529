/** How a chat stands in the list. */
import { chatMeant } from "../chat.ts";
import { type Context, hintUnlessSent } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "done.pin": "{title} stays on top",
    "done.unpin": "{title} stands by its time again",
    "done.mute": "{title} is muted",
    "done.unmute": "{title} is heard again",
  },
  {
    "done.pin": "{title} 已置顶",
    "done.unpin": "{title} 不再置顶",
    "done.mute": "{title} 已设为免打扰",
    "done.unmute": "{title} 恢复提醒",
  },
);

type Decision = "pin" | "unpin" | "mute" | "unmute";

async function decide(context: Context<`done.${Decision}`>, decision: Decision): Promise<void> {
  const { args, answer, api, text } = context;
  const { conversation, title } = await chatMeant(context, args.positionals[0] as string);
  if (decision === "pin" || decision === "unpin") await api.setPinned(conversation, decision === "pin");
  else await api.setMuted(conversation, decision === "mute");
  await hintUnlessSent(context);
  answer(text(`done.${decision}`, { title }), { conversation, decision });
}

export const chatSettings = cliFeature(words, {
  commands: {
    pin: {
      positionals: ["CHAT"],
      help: { en: "keep a chat on top, on all my devices", zh: "置顶一个聊天，我所有的设备都一样" },
      run: (context) => decide(context, "pin"),
    },
    unpin: {
      positionals: ["CHAT"],
      help: { en: "no longer", zh: "不再置顶" },
      run: (context) => decide(context, "unpin"),
    },
    mute: {
      positionals: ["CHAT"],
      help: {
        en: "leave a chat out of what is unread, on all my devices",
        zh: "一个聊天不再算进未读，我所有的设备都一样",
      },
      run: (context) => decide(context, "mute"),
    },
    unmute: {
      positionals: ["CHAT"],
      help: { en: "no longer", zh: "恢复提醒" },
      run: (context) => decide(context, "unmute"),
    },
  },
});
