/**
 * Service accounts in the terminal (docs/spec/bridge.md PA13–PA15): what is in the bar, a press, and forms as lines.
 */
import { chatMeant, newestIn, tell } from "../chat.ts";
import type { Context } from "../context.ts";
import { faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.servicePress": "Menu",
    "kind.serviceForm": "Notice",
    "fault.noButton": "“{value}” is no button of this chat. There are: {all}",
    "service.none": "This chat has no buttons",
    "service.leads": "This button leads to {url}",
  },
  {
    "kind.servicePress": "菜单",
    "kind.serviceForm": "通知",
    "fault.noButton": "这个聊天里没有“{value}”这个按钮，有的是：{all}",
    "service.none": "这个聊天没有按钮",
    "service.leads": "这个按钮打开 {url}",
  },
);
type Key = keyof (typeof words)["en"];
const fault = faultsOf(words);

/** `press CHAT [BUTTON]`: without a button, those that there are. */
async function press(context: Context<Key>): Promise<void> {
  const { args, answer, api, text, view } = context;
  const [chat = "", wanted] = args.positionals;
  const { conversation, title } = await chatMeant(context, chat);
  const all = view("serviceMenu", conversation).buttons.flatMap((button) => button.below ?? [button]);
  const names = all.map((one) => plain(one.words));
  if (wanted === undefined) {
    answer(names.length === 0 ? text("service.none") : names, { buttons: all });
    return;
  }
  const button = all.find((one) => plain(one.words) === wanted);
  if (button === undefined) throw fault("fault.noButton", { value: wanted, all: names.join(" / ") });
  if (button.url !== undefined) {
    answer(text("service.leads", { url: plain(button.url) }), { url: button.url });
    return;
  }
  const before = newestIn(context, conversation);
  const id = await api.pressService(conversation, { words: button.words, key: button.key ?? "" });
  await tell(context, { conversation, title, id, before });
}

export const services = cliFeature(words, {
  lines: {
    servicePress: (text, said) => `[${text("kind.servicePress")}] ${plain(said.words)}`,
    serviceForm: (text, { title, rows, url }) =>
      [
        `[${text("kind.serviceForm")}] ${plain(title)}`,
        ...rows.map((row) => plain(row.name === "" ? row.words : `${row.name}: ${row.words}`)),
        ...(url === undefined ? [] : [plain(url)]),
      ].join(" · "),
  },
  commands: {
    press: {
      positionals: ["CHAT", "[BUTTON]"],
      help: { en: "press a button of a service account, or list its buttons", zh: "按服务号的按钮，或者列出有哪些" },
      run: press,
    },
  },
});
