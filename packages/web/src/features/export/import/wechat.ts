/**
 * What people exported from WeChat with the tools that there are (docs/spec/keeping.md KP10): tables (CSV), texts, and pages
 * (HTML), whose layouts were read from those tools' own sources: WeChatMsg (留痕), WechatExporter, chatlog, and the text that
 * WeChat itself sends by mail. A file is read piece by piece and known by what it holds. A page is text here: nothing of
 * it runs, is shown or fetched. Pure.
 */
import { type BroughtChat, type BroughtLetter, ImportError, importLimits, lineOf } from "./imported.ts";
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

/** The chats in it, each from its first letter to its last. @throws ImportError */
export function chatsOf(found: readonly Found[], title: string): readonly BroughtChat[] {
  const byChat = new Map<string, BroughtLetter[]>();
  for (const { chat = "", ...letter } of found) {
    const letters = byChat.get(chat) ?? [];
    if (letters.length >= importLimits.lettersMax) throw new ImportError("too-many", title);
    letters.push(letter);
    byChat.set(chat, letters);
  }
  if (byChat.size === 0) throw new ImportError("damaged", title);
  return [...byChat.values()].map((letters) => ({
    from: "wechat" as const,
    title: byChat.size === 1 ? title : otherIn(letters) || title,
    letters: letters.toSorted((a, b) => a.atMs - b.atMs),
  }));
}

/** Whom a chat of two was with, where a table of all chats does not say. */
function otherIn(letters: readonly BroughtLetter[]): string {
  const others = new Set(letters.flatMap(({ author, mine }) => (mine === true || author === "" ? [] : [author])));
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
