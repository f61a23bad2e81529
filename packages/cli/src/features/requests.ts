/** Requests: asking to be a contact, and answering those who ask. */
import type { RequestRow } from "@yanshu/client";
import { type Context, catchUp, found, hintUnlessSent, mustReachHome } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { named, plain, when } from "../line.ts";
import { pick } from "../pick.ts";
import { wordsOf } from "../words.ts";

/** `added.already`, `added.asked` and `requests.none` are words of the core. */
const words = wordsOf(
  {
    accepted: "You and {name} can write to each other now",
    declined: "Not now: {name} is not told",
    "added.byHandle":
      "Found by the ID {handle}. Anybody can choose an ID: ask them in person or by phone whether it is them",
    "notice.friends": "You can write to each other now",
    "notice.request-sent": "They have your greeting. Once they accept, you can keep writing",
    "notice.not-contacts": "This has not reached them. Scan their code again, or let them scan yours, to keep writing",
  },
  {
    accepted: "你和{name}可以写信了",
    declined: "先不。{name}不会知道",
    "added.byHandle": "按雁书号 {handle} 找到。名字谁都能取，是不是本人，见面或打电话问一声",
    "notice.friends": "可以写信了",
    "notice.request-sent": "已经告诉对方。对方点头后，就能一直写信",
    "notice.not-contacts": "这句对方还没收到。再扫一次对方的码，或让对方扫你的，就能接着写",
  },
);

type Key = keyof (typeof words)["en"];

async function add(context: Context<Key>): Promise<void> {
  const { args, answer, api, hint, text, view } = context;
  const word = args.positionals[0] as string;
  const isHandle = /^[@＠]/.test(word);
  if (isHandle) await mustReachHome(context);
  const link = isHandle ? await api.findHandle(word) : word;
  const preview = await api.readLink(link);
  await mustReachHome(context);
  // A link in the terminal was not scanned face to face, so it says nothing of whose it is.
  const conversation = await api.requestContact({ link, greeting: args.greeting, scanned: false, isFound: isHandle });
  if (isHandle) hint(text("added.byHandle", { handle: plain(word) }));
  await hintUnlessSent(context);
  const state = view("conversation", conversation)?.state;
  const name = plain(preview.kind === "contact" ? preview.name : "");
  answer(text(state === "open" ? "added.already" : "added.asked", { name }), { conversation, state });
}

async function list(context: Context<Key>): Promise<void> {
  const { answer, text, view } = context;
  await catchUp(context);
  const rows = view("requests");
  const lines = rows.map((row, i) => `${i + 1}  ${when(row.atMs)}  ${named(row)}: ${plain(row.greeting)}`);
  answer(
    rows.length === 0 ? text("requests.none") : lines,
    rows.map(({ conversation, account, name, greeting, atMs }) => ({ conversation, account, name, greeting, atMs })),
  );
}

async function accept(context: Context<Key>): Promise<void> {
  const { answer, api, text } = context;
  const { conversation, name } = await requestMeant(context);
  await api.acceptRequest(conversation);
  await hintUnlessSent(context);
  answer(text("accepted", { name: plain(name) }), { conversation });
}

async function decline(context: Context<Key>): Promise<void> {
  const { answer, api, text } = context;
  const { conversation, name } = await requestMeant(context);
  await api.declineRequest(conversation);
  await hintUnlessSent(context);
  answer(text("declined", { name: plain(name) }), { conversation });
}

async function requestMeant(context: Context): Promise<RequestRow> {
  const { args, view } = context;
  return found(context, () => {
    const rows = view("requests").map((row) => ({ ...row, id: row.account }));
    return pick("N|NAME", args.positionals[0] as string, rows);
  });
}

export const requests = cliFeature(words, {
  notices: {
    friends: (text) => text("notice.friends"),
    "request-sent": (text) => text("notice.request-sent"),
    "not-contacts": (text) => text("notice.not-contacts"),
  },
  commands: {
    add: {
      positionals: ["LINK|@ID"],
      options: ["greeting"],
      help: { en: "ask somebody to be my contact", zh: "请对方加我为联系人" },
      run: add,
    },
    requests: { help: { en: "who is asking", zh: "谁在等我点头" }, run: list },
    accept: { positionals: ["N|NAME"], help: { en: "accept one who asks", zh: "点头" }, run: accept },
    decline: {
      positionals: ["N|NAME"],
      help: { en: "decline one who asks; they are not told", zh: "先不，对方不会知道" },
      run: decline,
    },
  },
});
