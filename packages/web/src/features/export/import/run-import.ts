/**
 * Stores the chats of an import, in batches of messages. After a failure everything that was stored is removed (KP9).
 */
import type { ClientApi } from "@yanshu/client";
import type { ImportedChat, ImportedMessage } from "./imported.ts";
import type { ImportedChats } from "./read-import.ts";

export type ImportTarget = Pick<ClientApi, "beginImport" | "importMessages" | "dropImport">;
export type ImportProgress = { readonly chats: number; readonly of: number; readonly messages: number };
export type ImportResult = {
  readonly conversations: readonly string[];
  readonly messages: number;
  /** Number of files that messages name but the import lacks. */
  readonly missing: number;
};

const together = 200;

/** @param me the person's own name in the import; undefined: the file marks own messages. */
export async function runImport(
  target: ImportTarget,
  brought: ImportedChats,
  me: string | undefined,
  told: (told: ImportProgress) => void = () => undefined,
): Promise<ImportResult> {
  const conversations: string[] = [];
  let [messages, missing] = [0, 0];
  try {
    for (const [n, one] of brought.chats.entries()) {
      const chat = await one.read();
      if (chat.messages.length === 0) continue;
      const conversation = await target.beginImport({ title: chat.title, from: chat.from });
      conversations.push(conversation);
      for (let at = 0; at < chat.messages.length; at += together) {
        // What nobody said (who joined, what was changed) is of no use elsewhere.
        const some = chat.messages
          .slice(at, at + together)
          .filter(({ author, mine }) => author !== "" || mine === true);
        const ready = [];
        for (const message of some) {
          const { sent, lost } = await messagesOf(brought, message, me);
          ready.push(...sent);
          missing += lost;
        }
        for (let from = 0; from < ready.length; from += 500)
          await target.importMessages(conversation, ready.slice(from, from + 500));
        messages += some.length;
        told({ chats: n, of: brought.chats.length, messages });
      }
    }
  } catch (error) {
    for (const conversation of conversations) await target.dropImport(conversation).catch(() => undefined);
    throw error;
  }
  return { conversations, messages, missing };
}

type Sent = Parameters<ImportTarget["importMessages"]>[1][number];

async function messagesOf(
  brought: ImportedChats,
  { atMs, author, mine, text, files = [] }: ImportedMessage,
  me: string | undefined,
): Promise<{ readonly sent: readonly Sent[]; readonly lost: number }> {
  const isMine = mine ?? (me !== undefined && author === me);
  const by = { atMs, author: isMine ? "" : author, mine: isMine };
  const sent: Sent[] = [];
  let lost = 0;
  for (const path of files) {
    const source = await brought.file(path);
    const name = path.split("/").at(-1) ?? path;
    if (source === undefined || source.size === 0) {
      lost++;
      sent.push({ ...by, text: name }); // That something was there is still said.
    } else sent.push({ ...by, text: "", file: { source, name, type: typeOf(name) } });
  }
  if (text !== "") sent.push({ ...by, text });
  return { sent, lost };
}

const types: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  mp4: "video/mp4",
  mov: "video/quicktime",
  opus: "audio/ogg",
  ogg: "audio/ogg",
  m4a: "audio/mp4",
  pdf: "application/pdf",
  txt: "text/plain",
};

function typeOf(name: string): string {
  return types[/\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

/** Whether the file does not mark own messages, so that the person must pick their name. */
export function isAsked({ messages }: ImportedChat): boolean {
  return !messages.some(({ mine }) => mine !== undefined);
}
