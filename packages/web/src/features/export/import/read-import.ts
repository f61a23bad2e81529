/** Recognizes a file by its content, not its name, and reads its chats (docs/spec/keeping.md KP9, KP10). */

import { readIndex, readMessages, readPosts } from "../own.ts";
import { ImportError, type ImportedChat, type ImportedMessage, importLimits } from "./imported.ts";
import { type OpenZip, openZip } from "./open-zip.ts";
import { readTelegram } from "./telegram.ts";
import { beginChars, chatsOf, titleIn, weChatReader } from "./wechat.ts";
import { isWhatsApp, readWhatsApp } from "./whatsapp.ts";

export type ImportedChats = {
  readonly chats: readonly { readonly title: string; readonly read: () => Promise<ImportedChat> }[];
  /** A file that a message names; undefined if the import lacks it, or it is too large. */
  readonly file: (name: string) => Promise<Blob | undefined>;
  readonly close: () => Promise<void>;
};

const nothingElse = { file: async () => undefined, close: async () => undefined };

/** @throws ImportError */
export async function readImport(blob: Blob, name: string): Promise<ImportedChats> {
  if (blob.size === 0) throw new ImportError("empty", name);
  const begin = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  if (begin[0] === 0x50 && begin[1] === 0x4b) return inZip(await openZip(blob));
  const weChat = await readWeChat(blob, name);
  if (weChat !== undefined) return { chats: weChat.map(already), ...nothingElse };
  const text = await textOf(blob, name);
  const chats = /^\ufeff?\s*\{/.test(text) ? readTelegram(parsed(text, name)) : [readWhatsApp(text, titleFrom(name))];
  return { chats: chats.map(already), ...nothingElse };
}

async function inZip(zip: OpenZip): Promise<ImportedChats> {
  const { names, close } = zip;
  const text = async (path: string) => {
    const found = await zip.read(path, importLimits.textBytesMax);
    if (found === undefined) throw new ImportError("too-large", path);
    return textOf(found, path);
  };
  const read = (path: string) => zip.read(path, importLimits.fileBytesMax);
  if (names.includes("export.json")) {
    const chats = readIndex(parsed(await text("export.json"), "export.json")).map(({ folder, title, isMoments }) => ({
      title,
      read: async () =>
        isMoments
          ? readPosts(await text(`${folder}/posts.jsonl`), title)
          : readMessages(await text(`${folder}/messages.jsonl`), title),
    }));
    return { chats, file: read, close };
  }
  const result = names.find((path) => /(^|\/)result\.json$/.test(path));
  if (result !== undefined) {
    const folder = result.slice(0, -"result.json".length);
    const chats = readTelegram(parsed(await text(result), result));
    return { chats: chats.map(already), file: (path) => read(folder + path), close };
  }
  const weChat = await weChatIn(names, zip);
  if (weChat !== undefined) return { ...weChat, close };
  const said = names.filter((path) => /^[^/]*\.txt$/i.test(path));
  const chat = said.find((path) => path === "_chat.txt") ?? said[0];
  if (chat === undefined) throw new ImportError("unknown");
  return { chats: [already(readWhatsApp(await text(chat), titleFrom(chat)))], file: read, close };
}

/** Each CSV, HTML or text file of WeChat in a zip is a chat; the other entries are its files. */
async function weChatIn(names: readonly string[], zip: OpenZip): Promise<Omit<ImportedChats, "close"> | undefined> {
  const chats: ImportedChat[] = [];
  let messages = 0;
  const kinds = [/\.csv$/i, /\.html?$/i, /\.txt$/i];
  // Tools write a chat in several formats at once: the first readable format is enough.
  for (const kind of kinds) {
    for (const path of names.filter((one) => kind.test(one))) {
      const held = await zip.read(path, importLimits.fileBytesMax);
      const found = held === undefined || held.size === 0 ? undefined : await readWeChat(held, path);
      const folder = path.slice(0, path.lastIndexOf("/") + 1);
      for (const chat of found ?? []) {
        messages += chat.messages.length;
        if (messages > importLimits.messagesMax) throw new ImportError("too-many", path);
        chats.push({ ...chat, messages: chat.messages.map((message) => below(folder, message)) });
      }
    }
    if (chats.length > 0)
      return { chats: chats.map(already), file: (path) => zip.read(path, importLimits.fileBytesMax) };
  }
  return undefined;
}

function below(folder: string, message: ImportedMessage): ImportedMessage {
  return message.files === undefined ? message : { ...message, files: message.files.map((path) => folder + path) };
}

/**
 * The chats of a WeChat export; undefined: not from WeChat. Read in chunks, because such files can be large.
 */
async function readWeChat(blob: Blob, name: string): Promise<readonly ImportedChat[] | undefined> {
  const first = new Uint8Array(await blob.slice(0, beginChars * 3).arrayBuffer());
  const coding = codingOf(first);
  const begin = new TextDecoder(coding).decode(first).slice(0, beginChars);
  const isOther = isWhatsApp(begin) || /^\ufeff?\s*[{[]/.test(begin) || begin.includes("\0");
  const reader = isOther ? undefined : weChatReader(begin, name);
  if (reader === undefined) return undefined;
  if (blob.size > importLimits.streamedBytesMax) throw new ImportError("too-large", name);
  const decoder = new TextDecoder(coding);
  for (let at = 0; at < blob.size; at += pieceBytes) {
    const piece = await blob.slice(at, at + pieceBytes).arrayBuffer();
    reader.push(decoder.decode(piece, { stream: true }));
  }
  reader.push(decoder.decode());
  return chatsOf(reader.end(), titleIn(name));
}

const pieceBytes = 1 << 20;

/** The character encoding: spreadsheets of Chinese Windows save tables as GB 18030. */
function codingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "gb18030" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  try {
    // `stream`: the last character may be cut.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return "utf-8";
  } catch {
    return "gb18030";
  }
}

const already = (chat: ImportedChat) => ({ title: chat.title, read: async () => chat });

async function textOf(blob: Blob, name: string): Promise<string> {
  if (blob.size > importLimits.textBytesMax) throw new ImportError("too-large", name);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await blob.arrayBuffer());
  } catch {
    throw new ImportError("unknown", name); // No text at all: a picture, say.
  }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new ImportError("damaged", name);
  }
}

/** The chat's title from a file's name: `WhatsApp Chat with Mum.txt`, `与妈妈的 WhatsApp 聊天.txt`. */
function titleFrom(name: string): string {
  const plain = name.replace(/\.(txt|zip)$/i, "");
  const found =
    /^WhatsApp Chat (?:with|-) (.+)$/i.exec(plain)?.[1] ?? /^与(.+?)的\s*WhatsApp\s*(?:聊天|对话)/i.exec(plain)?.[1];
  return found ?? (plain === "_chat" ? "WhatsApp" : plain);
}
