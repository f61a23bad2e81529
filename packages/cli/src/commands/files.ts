/** Commands about files: sent from the disk, and saved to it. */
import { mkdirSync } from "node:fs";
import { basename } from "node:path";
import { chatMeant, newestIn, tell } from "../chat.ts";
import { type Context, catchUp, mustReachHome } from "../context.ts";
import { fileAt } from "../file-at.ts";
import { plain } from "../line.ts";
import { saveOne } from "../saving.ts";
import { filesOf } from "../show.ts";

/** The text first, if there is one, and then the file. */
export async function sendFile(context: Context, chat: string, path: string, said: string): Promise<void> {
  const { api } = context;
  const source = fileAt(path);
  const { conversation, title } = await chatMeant(context, chat);
  if (said !== "") await api.sendText(conversation, said);
  const before = newestIn(context, conversation);
  const id = await api.sendFile(conversation, { source, name: basename(path), type: source.type });
  await tell(context, { conversation, title, id, before });
}

/** Writes the files of the newest messages into a folder; what is there already stays. */
export async function save(context: Context): Promise<void> {
  const { api, args, answer, text, view, hint } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  await catchUp(context);
  const found = view("timeline", conversation, args.last).items.flatMap(filesOf);
  if (found.some(({ file }) => file !== undefined)) await mustReachHome(context);
  mkdirSync(args.to, { recursive: true });
  const paths: string[] = [];
  for (const one of found) {
    const path = await saveOne(api, args.to, one);
    if (path === undefined) hint(text("saved.gone", { name: plain(one.name) }));
    else paths.push(path);
  }
  answer(paths.length === 0 ? text("saved.none") : paths.map((path) => text("saved", { path })), paths);
}
