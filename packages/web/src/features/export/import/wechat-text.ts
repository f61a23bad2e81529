/**
 * Texts: WeChatMsg's (`2023-10-10 12:00:00 妈妈`, then the words, then an empty line), chatlog's
 * (`妈妈(wxid) 2023-10-10 12:00:00`), WechatExporter's (`妈妈 (2023-10-10 12:00:00):words`), and what WeChat itself sends
 * by mail (a line of dashes with the day, then `妈妈  12:00`). Pure.
 */
import { ImportError, importLimits } from "./imported.ts";
import { type Found, nameOf, type Reader, timestampOf } from "./wechat-parts.ts";

const date = String.raw`\d{4}[-/]\d{1,2}[-/]\d{1,2}`;
const time = String.raw`\d{1,2}:\d{2}(?::\d{2})?`;
/** It ends with no space, so that the spaces after it are gone over once (KP16). */
const who = String.raw`(\S(?:.{0,99}?\S)??)`;
const heads = {
  timeFirst: new RegExp(`^(${date} ${time}) (\\S.{0,200})$`, "u"),
  nameFirst: new RegExp(`^${who}(?:\\s{0,3}\\([\\w@.-]{1,64}\\))?\\s+(${date} ${time})$`, "u"),
  oneLine: new RegExp(`^(\\S.{0,100}?) \\((${date} ${time})\\)[:：](.*)$`, "u"),
  day: new RegExp(`^[—–―─-]{3,}\\s*(${date})\\s*[—–―─-]{3,}$`, "u"),
  clock: new RegExp(`^${who}\\s{2,}(${time})$`, "u"),
} as const;

/** Longer than any line, in UTF-16 units: a text that has one is damaged. */
const lineUnitsMax = 4 << 20;

type Layout = "timeFirst" | "nameFirst" | "oneLine" | "mail";

export function textReader(begin: string, name: string): Reader | undefined {
  const layout = layoutOf(begin.split(/\r?\n/).slice(0, 200));
  if (layout === undefined) return undefined;
  const messages: Found[] = [];
  let open: { readonly atMs: number; readonly author: string; readonly words: string[] } | undefined;
  let [rest, day] = ["", ""];

  const close = () => {
    if (open === undefined) return;
    const text = open.words.join("\n").toWellFormed().trim();
    // WeChatMsg writes a system message in place of the name, with no text below.
    if (text !== "") messages.push({ atMs: open.atMs, author: open.author, text });
    open = undefined;
    if (messages.length > importLimits.messagesMax) throw new ImportError("too-many", name);
  };
  const begins = (atMs: number, author: string, words: readonly string[] = []) => {
    if (Number.isNaN(atMs)) return false;
    close();
    open = { atMs, author: nameOf(author) || "?", words: [...words] };
    return true;
  };
  const headIn = (text: string): boolean => {
    if (layout === "mail") {
      const found = heads.day.exec(text);
      if (found !== null) {
        close();
        day = found[1] ?? "";
        return true;
      }
      const clock = day === "" ? null : heads.clock.exec(text);
      return clock !== null && begins(timestampOf(`${day} ${clock[2]}`), clock[1] ?? "");
    }
    const found = heads[layout].exec(text);
    if (found === null) return false;
    const [, a = "", b = "", c = ""] = found;
    if (layout === "timeFirst") return begins(timestampOf(a), b);
    return begins(timestampOf(b), a, layout === "oneLine" ? [c] : []);
  };
  const line = (text: string) => {
    if (headIn(text)) return;
    if (layout === "oneLine" && /^系[统統]消息[:：]/.test(text)) close();
    else open?.words.push(text);
  };
  return {
    push(piece) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > lineUnitsMax) throw new ImportError("damaged", name);
      for (const one of lines) line(one.replace(/\r$/, ""));
    },
    end() {
      line(rest);
      close();
      return messages;
    },
  };
}

/** The layout that most of the first lines have. */
function layoutOf(lines: readonly string[]): Layout | undefined {
  const count = (pattern: RegExp) => lines.filter((text) => pattern.test(text)).length;
  if (count(heads.day) > 0 && count(heads.clock) > 0) return "mail";
  const counts = (["oneLine", "timeFirst", "nameFirst"] as const).map(
    (layout) => [layout, count(heads[layout])] as const,
  );
  const [best] = counts.toSorted((a, b) => b[1] - a[1]);
  return best !== undefined && best[1] > 0 ? best[0] : undefined;
}
