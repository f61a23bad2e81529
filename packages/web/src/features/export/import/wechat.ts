/**
 * What people exported from WeChat with the tools that there are (docs/spec/keeping.md KP10): tables (CSV), texts, and
 * pages (HTML), whose layouts were read from those tools' own sources: WeChatMsg (留痕), WechatExporter, chatlog, and the
 * text that WeChat itself sends by mail. A file is read piece by piece and known by what it holds. A page is text here:
 * nothing of it runs, is shown or fetched. Pure.
 */
import { ImportError, type ImportedChat, type ImportedMessage, importLimits, lineOf } from "./imported.ts";
import { pageReader } from "./wechat-page.ts";
import type { Found, Reader } from "./wechat-parts.ts";
import { tableReader } from "./wechat-table.ts";
import { textReader } from "./wechat-text.ts";

/** How much is looked at to know what a file is. */
export const beginChars = 16_384;

/** Undefined when it is nothing of WeChat's. @param name of the file, as faults say it. */
export function weChatReader(begin: string, name: string): Reader | undefined {
  const text = begin.replace(/^\ufeff/, "");
  return pageReader(text, name) ?? tableReader(text, name) ?? textReader(text, name);
}

/** The chats in it, each from its first message to its last. @throws ImportError */
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

/** Whom a chat of two was with, where a table of all chats does not say. */
function otherIn(messages: readonly ImportedMessage[]): string {
  const others = new Set(messages.flatMap(({ author, mine }) => (mine === true || author === "" ? [] : [author])));
  return lineOf([...others].slice(0, 3).join("、"), importLimits.titleMax);
}

/** `妈妈_utf8.csv`, `妈妈 - 微信聊天记录.html`, `妈妈.txt`: whom it was with. */
export function titleIn(name: string): string {
  const plain = (name.split("/").at(-1) ?? name)
    .replace(/\.(csv|html?|txt|zip)$/i, "")
    .replace(/_utf8$/i, "")
    .replace(/\s*[-_]\s*微信聊天[记記][录錄]$/, "");
  return lineOf(plain, importLimits.titleMax) || "WeChat";
}
