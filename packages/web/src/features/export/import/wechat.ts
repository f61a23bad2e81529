/**
 * Reads exports that tools make of WeChat's chats (docs/spec/keeping.md KP10): CSV, text and HTML, in the layouts of
 * WeChatMsg (留痕), WechatExporter, chatlog, and of the text that WeChat itself sends by mail. A file is read in chunks
 * and recognized by its content. HTML is parsed as text: nothing in it runs, is rendered or fetched. Pure.
 */
import { ImportError, type ImportedChat, type ImportedMessage, importLimits, lineOf } from "./imported.ts";
import { pageReader } from "./wechat-page.ts";
import type { Found, Reader } from "./wechat-parts.ts";
import { tableReader } from "./wechat-table.ts";
import { textReader } from "./wechat-text.ts";

/** Characters from the beginning of a file by which its format is recognized. */
export const beginChars = 16_384;

/** The reader for a file; undefined: not from WeChat. @param name of the file, for faults. */
export function weChatReader(begin: string, name: string): Reader | undefined {
  const text = begin.replace(/^\ufeff/, "");
  return pageReader(text, name) ?? tableReader(text, name) ?? textReader(text, name);
}

/** Groups messages by chat, each in order of time. @throws ImportError */
export function chatsOf(found: readonly Found[], title: string): readonly ImportedChat[] {
  const byChat = new Map<string, ImportedMessage[]>();
  for (const { chat = "", ...message } of found) {
    const messages = byChat.get(chat) ?? [];
    if (messages.length >= importLimits.messagesMax) throw new ImportError("too-many", title);
    messages.push(message);
    byChat.set(chat, messages);
  }
  if (byChat.size === 0) throw new ImportError("damaged", title);
  return [...byChat.values()].map((messages) => ({
    from: "wechat" as const,
    title: byChat.size === 1 ? title : otherIn(messages) || title,
    messages: messages.toSorted((a, b) => a.atMs - b.atMs),
  }));
}

/** The other party of a chat between two, where a table of all chats does not name it. */
function otherIn(messages: readonly ImportedMessage[]): string {
  const others = new Set(messages.flatMap(({ author, mine }) => (mine === true || author === "" ? [] : [author])));
  return lineOf([...others].slice(0, 3).join("、"), importLimits.titleMax);
}

/** The chat's title from a file's name: `妈妈_utf8.csv`, `妈妈 - 微信聊天记录.html`, `妈妈.txt`. */
export function titleIn(name: string): string {
  const plain = (name.split("/").at(-1) ?? name)
    .replace(/\.(csv|html?|txt|zip)$/i, "")
    .replace(/_utf8$/i, "")
    .replace(/\s*[-_]\s*微信聊天[记記][录錄]$/, "");
  return lineOf(plain, importLimits.titleMax) || "WeChat";
}
