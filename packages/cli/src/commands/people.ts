/** Commands about people: asked, accepted, listed. */
import type { RequestRow } from "@yanshu/client";
import { type Context, catchUp, found, mustReachHome, untilTold } from "../context.ts";
import { Fault } from "../fault.ts";
import { pick } from "../pick.ts";
import { plain, short, when } from "../show.ts";
import { chatMeant, newestIn, tell } from "./chat.ts";

export async function add(context: Context): Promise<void> {
  const { args, answer, api, note, text, view } = context;
  const word = args.words[0] as string;
  const isName = /^[@＠]/.test(word);
  if (isName) await mustReachHome(context);
  const link = isName ? await api.findHandle(word) : word;
  const preview = await api.readLink(link);
  await mustReachHome(context);
  // Not scanned by a camera, so it vouches for nobody.
  const conversation = await api.requestContact({ link, greeting: args.greeting, scanned: false, isFound: isName });
  if (isName) note(text("added.byName", { handle: plain(word) }));
  if (!(await untilTold(context))) note(text("waits"));
  const state = view("conversation", conversation)?.state;
  const name = plain(preview.kind === "contact" ? preview.name : "");
  answer(text(state === "open" ? "added.already" : "added.asked", { name }), { conversation, state });
}

/** A contact's card into a chat. */
export async function introduce(context: Context): Promise<void> {
  const { args, api, view } = context;
  const [chat = "", who = ""] = args.words;
  const { conversation, title } = await chatMeant(context, chat);
  const { account } = await found(context, () =>
    pick(
      "CONTACT",
      who,
      view("contacts").map((row) => ({ ...row, id: row.account })),
    ),
  );
  const before = newestIn(context, conversation);
  await tell(context, { conversation, title, id: await api.sendCard(conversation, account), before });
}

/** Whom the newest card in a chat introduces. */
export async function ask(context: Context): Promise<void> {
  const { args, answer, api, note, text, view } = context;
  const chat = args.words[0] as string;
  const { conversation } = await chatMeant(context, chat);
  const { author, id, name } = await found(context, () => {
    const item = view("timeline", conversation, cardsLookedFor).items.findLast(({ body }) => body.kind === "card");
    if (item?.body.kind !== "card") throw new Fault("fault.none", { argument: "CARD", query: plain(chat) });
    return { author: item.from.account, id: item.id, name: item.body.name };
  });
  await mustReachHome(context);
  const asked = await api.requestByCard({ conversation, author, id, greeting: args.greeting });
  if (!(await untilTold(context))) note(text("waits"));
  const state = view("conversation", asked)?.state;
  answer(text(state === "open" ? "added.already" : "added.asked", { name: plain(name) }), {
    conversation: asked,
    state,
  });
}

const cardsLookedFor = 2_000;

export async function requests(context: Context): Promise<void> {
  const { answer, text, view } = context;
  await catchUp(context);
  const rows = view("requests");
  const lines = rows.map((row, i) => `${i + 1}  ${when(row.atMs)}  ${nameIn(row)}: ${plain(row.greeting)}`);
  answer(
    rows.length === 0 ? text("requests.none") : lines,
    rows.map(({ conversation, account, name, greeting, atMs }) => ({ conversation, account, name, greeting, atMs })),
  );
}

export async function accept(context: Context): Promise<void> {
  const { answer, api, note, text } = context;
  const { conversation, name } = await requestMeant(context);
  await api.acceptRequest(conversation);
  if (!(await untilTold(context))) note(text("waits"));
  answer(text("accepted", { name: plain(name) }), { conversation });
}

export async function decline(context: Context): Promise<void> {
  const { answer, api, note, text } = context;
  const { conversation, name } = await requestMeant(context);
  await api.declineRequest(conversation);
  if (!(await untilTold(context))) note(text("waits"));
  answer(text("declined", { name: plain(name) }), { conversation });
}

export async function contacts(context: Context): Promise<void> {
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
    return `${i + 1}  ${plain(row.name) || short(row.account)}${about}`;
  });
  answer(
    rows.length === 0 ? text("contacts.none") : lines,
    rows.map(({ face: _, ...row }) => row),
  );
}

async function requestMeant(context: Context): Promise<RequestRow> {
  const { args, view } = context;
  return found(context, () => {
    const rows = view("requests").map((row) => ({ ...row, id: row.account }));
    return pick("N|NAME", args.words[0] as string, rows);
  });
}

function nameIn({ name, account }: RequestRow): string {
  return plain(name) || short(account);
}
