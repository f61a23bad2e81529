/**
 * Stores the chats of an import, in batches; a file is stored before the next is unpacked (KP17). After a failure
 * everything that was stored is removed (KP9).
 */
import type { ClientApi } from "@yanshu/client";
import { ImportError, type ImportedChat, type ImportedMessage, importLimits } from "./imported.ts";
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

type Sent = Parameters<ImportTarget["importMessages"]>[1][number];

/**
 * @param me the person's own name in the import; undefined: the file marks own messages.
 * @throws ImportError `too-many`, and whatever `target` and `brought` throw
 */
export async function runImport(
  target: ImportTarget,
  brought: ImportedChats,
  me: string | undefined,
  told: (told: ImportProgress) => void = () => undefined,
  { messagesMax }: { readonly messagesMax: number } = importLimits,
): Promise<ImportResult> {
  const conversations: string[] = [];
  let [messages, missing, all] = [0, 0, 0];
  try {
    for (const [n, one] of brought.chats.entries()) {
      const chat = await one.read();
      if (chat.messages.length === 0) continue;
      const conversation = await target.beginImport({ title: chat.title, from: chat.from });
      conversations.push(conversation);
      let ready: Sent[] = [];
      const store = async () => {
        await target.importMessages(conversation, ready);
        ready = [];
        told({ chats: n, of: brought.chats.length, messages });
      };
      for (const message of chat.messages) {
        // What nobody said (who joined, what was changed) is of no use elsewhere.
        if (message.author === "" && message.mine !== true) continue;
        messages++;
        for await (const { sent, isLost } of messagesOf(brought, message, me)) {
          if (++all > messagesMax) throw new ImportError("too-many", chat.title);
          if (isLost) missing++;
          ready.push(sent);
          if (sent.file !== undefined || ready.length >= together) await store();
        }
      }
      await store();
    }
  } catch (error) {
    for (const conversation of conversations) await target.dropImport(conversation).catch(() => undefined);
    throw error;
  }
  return { conversations, messages, missing };
}

/** Unpacks one file at a time. */
async function* messagesOf(
  brought: ImportedChats,
  { atMs, author, mine, text, files = [] }: ImportedMessage,
  me: string | undefined,
): AsyncGenerator<{ readonly sent: Sent; readonly isLost: boolean }> {
  const isMine = mine ?? (me !== undefined && author === me);
  const by = { atMs, author: isMine ? "" : author, mine: isMine };
  for (const path of files) {
    const source = await brought.file(path);
    const name = path.split("/").at(-1) ?? path;
    const isLost = source === undefined || source.size === 0;
    // That something was there is still said.
    yield {
      sent: isLost ? { ...by, text: name } : { ...by, text: "", file: { source, name, type: typeOf(name) } },
      isLost,
    };
  }
  if (text !== "") yield { sent: { ...by, text }, isLost: false };
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
