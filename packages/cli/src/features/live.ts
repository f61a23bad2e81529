/** Live in the terminal: its record, and `live`, which names those that go on (docs/spec/live.md CA178). */
import type { LiveView } from "@yanshu/client";
import { chatMeant } from "../chat.ts";
import { type Context, mustReachHome } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { nameOf, plain, when } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.live": "live",
    "live.now": "live now",
    "live.ended": "ended {minutes}:{seconds}, {n} watched",
    "live.is": "{by} is live in {title} since {at}",
    "live.none": "Nobody is live",
  },
  {
    "kind.live": "直播",
    "live.now": "正在直播",
    "live.ended": "已结束 {minutes}:{seconds}，{n} 人看过",
    "live.is": "{by}从 {at} 起在{title}直播",
    "live.none": "现在没有人直播",
  },
);

async function live(context: Context<keyof (typeof words)["en"]>): Promise<void> {
  const { args, answer, api, device, text, view } = context;
  const [named] = args.positionals;
  const chats =
    named === undefined
      ? view("chats").map(({ conversation }) => conversation)
      : [(await chatMeant(context, named)).conversation];
  await mustReachHome(context);
  await device.until(() => view("live").areThere, args.waitMs);
  const found = (await Promise.all(chats.map((chat) => api.livesIn(chat)))).flat();
  const lines = found.map((one) =>
    text("live.is", { by: nameOf(text, one.person), title: plain(one.chatTitle), at: when(one.sinceMs) }),
  );
  answer(lines.length === 0 ? text("live.none") : lines.join("\n"), found.map(toldOf));
}

type Going = Pick<LiveView["goingOn"][number], "live" | "conversation" | "title" | "person" | "sinceMs">;
const toldOf = ({ live: name, conversation, title, person, sinceMs }: Going) => ({
  live: name,
  conversation,
  title,
  by: person.account,
  sinceMs,
});

export const lives = cliFeature(words, {
  lines: {
    live: (text, { title, as, seconds, watched }) => {
      const two = (value: number) => String(value).padStart(2, "0");
      const how = text(`live.${as}`, {
        minutes: two(Math.floor(seconds / 60)),
        seconds: two(seconds % 60),
        n: watched,
      });
      return `[${text("kind.live")}] ${plain(title)} ${how}`.replaceAll("  ", " ");
    },
  },
  commands: {
    live: {
      positionals: ["[CHAT]"],
      help: {
        en: "who is live in my groups, or in one chat; shows and plays nothing",
        zh: "看谁正在群里直播（不播放）",
      },
      run: live,
    },
  },
});
