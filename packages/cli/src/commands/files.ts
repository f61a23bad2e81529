/** Commands about files: sent from the disk, and saved to it. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { chatMeant, newestIn, tell } from "../chat.ts";
import { type Context, catchUp, mustReachHome } from "../context.ts";
import { Fault } from "../fault.ts";
import type { Kept } from "../feature.ts";
import { plain } from "../line.ts";
import { filesOf } from "../show.ts";

const stepBytes = 1 << 20;

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

function fileAt(path: string) {
  const fault = (why: string) => new Fault("fault.file", { path, why });
  try {
    if (!statSync(path).isFile()) throw fault("not a file");
  } catch (error) {
    throw error instanceof Fault ? error : fault((error as { code?: string }).code ?? "unknown");
  }
  return Bun.file(path);
}

/** Writes the files of the newest messages into a folder; what is there already stays. */
export async function save(context: Context): Promise<void> {
  const { args, answer, text, view, note } = context;
  const { conversation } = await chatMeant(context, args.positionals[0] as string);
  await catchUp(context);
  const found = view("timeline", conversation, args.last).items.flatMap(filesOf);
  if (found.some(({ file }) => file !== undefined)) await mustReachHome(context);
  mkdirSync(args.to, { recursive: true });
  const paths: string[] = [];
  for (const one of found) {
    try {
      paths.push(await saveOne(context, one));
    } catch (error) {
      if ((error as { code?: unknown }).code !== "file-gone") throw error;
      note(text("saved.gone", { name: plain(one.name) }));
    }
  }
  answer(paths.length === 0 ? text("saved.none") : paths.map((path) => text("saved", { path })), paths);
}

async function saveOne({ api, args }: Context, { name, file, inline }: Kept): Promise<string> {
  const path = freePath(args.to, name);
  // Read first: nothing is left behind of a file that cannot be had.
  const first = inline ?? (file === undefined ? new Uint8Array() : await api.readFile(file.handle, 0, stepBytes));
  const out = await open(path, "wx", 0o600);
  try {
    await out.write(first);
    for (let at = first.length; file !== undefined && at < file.bytes; ) {
      const part = await api.readFile(file.handle, at, stepBytes);
      await out.write(part);
      at += part.length;
    }
  } finally {
    await out.close();
  }
  return path;
}

/** A sender chose the name, so only its last part counts, and nothing is written over. */
function freePath(folder: string, name: string): string {
  const clean = basename(name.replaceAll("\\", "/")).replace(/^\.+/, "") || "file";
  const [, stem = clean, ending = ""] = /^(.+?)(\.[^.]{1,12})?$/.exec(clean) ?? [];
  for (let count = 1; ; count++) {
    const path = resolve(join(folder, count === 1 ? clean : `${stem} (${count})${ending}`));
    if (!existsSync(path)) return path;
  }
}
