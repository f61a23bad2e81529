/** Commands about groups: their link, who may come in, what one is called there, and their end. */
import type { AskingRow } from "@yanshu/client";
import { type Context, catchUp, found, mustReachHome, untilTold } from "../context.ts";
import { pick } from "../pick.ts";
import { plain, short, when } from "../show.ts";
import { qr } from "./account.ts";
import { chatMeant, Failed } from "./chat.ts";

/** The group's link; made when there is none, or another is wanted. */
export async function groupLink(context: Context): Promise<void> {
  const { args, answer, api, device, io, text } = context;
  const { conversation } = await chatMeant(context, args.words[0] as string);
  await mustReachHome(context);
  let shown = await api.groupLink(conversation);
  if (args.reset || shown === undefined) {
    const before = shown;
    await api.makeGroupLink(conversation, { days: 7 });
    await device.until(() => {
      void api.groupLink(conversation).then((link) => {
        shown = link;
      });
      return shown !== undefined && shown !== before;
    }, args.waitMs);
    await untilTold(context);
  }
  const link = shown ?? "";
  answer(io.isTerminal ? [text("groupLink.about"), "", qr(link), "", link] : link, { link });
}

/** Asks to come in, and waits a moment for the answer. */
export async function join(context: Context): Promise<void> {
  const { args, answer, api, device, text, view } = context;
  const link = args.words[0] as string;
  await mustReachHome(context);
  const id = await api.joinGroup(link);
  const now = () => view("joins").find((row) => row.id === id);
  await device.until(() => now()?.standing !== "asking", args.waitMs);
  await untilTold(context);
  const row = now();
  const standing = row?.standing ?? "asking";
  answer(text(`join.${standing}`, { title: plain(row?.name ?? "") }), { standing, conversation: row?.conversation });
  if (standing !== "in" && standing !== "asking" && standing !== "waiting") throw new Failed();
}

export async function asking(context: Context): Promise<void> {
  const { args, answer, text, view } = context;
  const { conversation } = await chatMeant(context, args.words[0] as string);
  await catchUp(context);
  const rows = view("asking", conversation);
  const lines = rows.map((row, i) => `${i + 1}  ${when(row.atMs)}  ${nameIn(row)}`);
  answer(
    rows.length === 0 ? text("requests.none") : lines,
    rows.map(({ account, name, atMs }) => ({ account, name, atMs })),
  );
}

export const letIn = (context: Context) => decide(context, "letIn");
export const turnAway = (context: Context) => decide(context, "turnAway");

async function decide(context: Context, decision: "letIn" | "turnAway"): Promise<void> {
  const { args, answer, api, note, text, view } = context;
  const { conversation } = await chatMeant(context, args.words[0] as string);
  const row = await found(context, () =>
    pick(
      "N|NAME",
      args.words[1] as string,
      view("asking", conversation).map((one) => ({ ...one, id: one.account })),
    ),
  );
  await api[decision](conversation, row.account);
  if (!(await untilTold(context))) note(text("waits"));
  answer(text(`done.${decision}`, { name: nameIn(row) }), { account: row.account });
}

/** Without a name it is taken back. */
export async function nickname(context: Context): Promise<void> {
  const { args, answer, api, note, text } = context;
  const [chat = "", ...words] = args.words;
  const { conversation, title } = await chatMeant(context, chat);
  const name = words.join(" ");
  await api.setNickname(conversation, name);
  if (!(await untilTold(context))) note(text("waits"));
  answer(text(name === "" ? "nickname.none" : "nickname.set", { title, name: plain(name) }), { conversation, name });
}

export async function dissolve(context: Context): Promise<void> {
  const { args, answer, api, note, text } = context;
  const { conversation, title } = await chatMeant(context, args.words[0] as string);
  await api.dissolveGroup(conversation);
  if (!(await untilTold(context))) note(text("waits"));
  answer(text("dissolved", { title }), { conversation });
}

function nameIn({ name, account }: AskingRow): string {
  return plain(name) || short(account);
}
