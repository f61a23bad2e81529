/** Commands about the list of chats, and finding what was said. */
import { type Context, catchUp, untilTold } from "../context.ts";
import { plain, when } from "../show.ts";
import { chatMeant } from "./chat.ts";

type Decision = "pin" | "unpin" | "mute" | "unmute";

export const pin = (context: Context) => decide(context, "pin");
export const unpin = (context: Context) => decide(context, "unpin");
export const mute = (context: Context) => decide(context, "mute");
export const unmute = (context: Context) => decide(context, "unmute");

async function decide(context: Context, decision: Decision): Promise<void> {
  const { args, answer, api, note, text } = context;
  const { conversation, title } = await chatMeant(context, args.words[0] as string);
  if (decision === "pin" || decision === "unpin") await api.setPinned(conversation, decision === "pin");
  else await api.setMuted(conversation, decision === "mute");
  if (!(await untilTold(context))) note(text("waits"));
  answer(text(`done.${decision}`, { title }), { conversation, decision });
}

/** The newest of what was said that holds the words; nothing of them leaves the device. */
export async function search(context: Context): Promise<void> {
  const { args, answer, api, text } = context;
  await catchUp(context);
  const { hits, hasMore } = await api.searchMessages({ query: args.words.join(" "), limit: Math.min(args.last, 200) });
  const lines = hits.map(
    (hit) =>
      `${when(hit.atMs)}  [${plain(hit.title)}] ${plain(hit.from.name)}: ${plain(hit.before + hit.match + hit.after)}`,
  );
  answer(hits.length === 0 ? text("search.none") : hasMore ? [...lines, text("search.more")] : lines, {
    hits: hits.map(({ faces: _, from, ...hit }) => ({ ...hit, from: { account: from.account, name: from.name } })),
    hasMore,
  });
}
