/** Contacts, and the own contact link by which others ask to become one. */
import { linkToPlace } from "@yanshu/mini";
import { type Context, catchUp, mustLiveHere, mustReachHome, untilSent } from "../context.ts";
import { faultsOf } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { linkLines, named, plain } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "link.about": "Whoever opens this can ask to be your contact:",
    "link.toPlace": "Whoever opens this comes to that page of the mini program that this account gave them:",
    "fault.place": "“{value}” is no page: name it as in the program, such as pages/table/table?scene=7",
    "contacts.none": "No contacts yet. Show yours with: yanshu link",
    "trust.scanned": "scanned",
    "trust.introduced": "introduced",
  },
  {
    "link.about": "谁打开它，就能请你加为联系人：",
    "link.toPlace": "谁打开它，就到你发给他的小程序的那一页：",
    "fault.place": "“{value}” 不是小程序里的页面。照程序里的写，比如 pages/table/table?scene=7",
    "contacts.none": "还没有联系人。出示你的链接：yanshu link",
    "trust.scanned": "扫过码",
    "trust.introduced": "别人介绍",
  },
);

type Key = keyof (typeof words)["en"];
const fault = faultsOf(words);

async function link(context: Context<Key>): Promise<void> {
  const { args, answer, api, io, text } = context;
  mustLiveHere(context);
  // The device keeps a link that was shown before, so home is not needed to show it again.
  let shown = args.reset ? undefined : await api.myLink().catch(() => undefined);
  if (shown === undefined) {
    await mustReachHome(context);
    shown = await (args.reset ? api.resetLink() : api.myLink());
    await untilSent(context);
  }
  const link = args.place === undefined ? shown : linkToPlace(args.place, shown);
  // @checks PR62
  if (link === undefined) throw fault("fault.place", { value: args.place ?? "" });
  answer(linkLines(text(args.place === undefined ? "link.about" : "link.toPlace"), link, io.isTerminal), { link });
}

async function list(context: Context<Key>): Promise<void> {
  const { answer, text, view } = context;
  await catchUp(context);
  const rows = view("contacts");
  const lines = rows.map((row, i) => {
    const marks = [
      row.remark === "" ? "" : plain(row.ownName),
      row.trust === "none" ? "" : text(`trust.${row.trust}`),
      row.blocked ? text("chat.blocked") : "",
    ].filter((mark) => mark !== "");
    const about = marks.length === 0 ? "" : `  (${marks.join(text("and"))})`;
    return `${i + 1}  ${named(row)}${about}`;
  });
  answer(
    rows.length === 0 ? text("contacts.none") : lines,
    rows.map(({ face: _, ...row }) => row),
  );
}

export const contacts = cliFeature(words, {
  commands: {
    link: {
      options: ["reset", "place"],
      help: { en: "show my contact link, and its QR", zh: "出示我的联系链接和二维码" },
      run: link,
    },
    contacts: { help: { en: "my contacts", zh: "我的联系人" }, run: list },
  },
});
