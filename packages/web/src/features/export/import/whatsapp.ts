/**
 * Reads WhatsApp's text export (docs/spec/keeping.md KP10): a message begins on a line with a date, and further lines
 * continue it. Dates have the phone's format, so the order of day and month is inferred from all dates. Pure.
 */
import { ImportError, type ImportedChat, type ImportedMessage, importLimits, lineOf } from "./imported.ts";

/** `[2024-01-15, 18:02:33] …`, `15/01/24, 6:02 pm - …`, `2024/1/15 下午6:02 - …`. */
const head =
  /^\u200e?\[?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}),?\s+(?:(上午|下午|凌晨|早上|中午|晚上)\s*)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([AaPp])?\.?\s?[Mm]?\.?\]?(?:\s+-)?\s+(.*)$/su;
const attached = /^\u200e?<(?:attached|附件|附加檔案|附加档案)[:：]\s*([^<>\s][^<>]{0,254})>$/u;
const attachedEnd = /\s[(（](?:file attached|文件附件|檔案附件|附件|已附加文件|已附加檔案)[)）]$/u;
const fileNameMax = 251;

type Line = { readonly numbers: readonly [number, number, number]; readonly clock: string; readonly rest: string };

/** @throws ImportError `unknown` when no line of it is one of WhatsApp's. */
export function readWhatsApp(text: string, title: string): ImportedChat {
  const lines: (Line & { more: string[] })[] = [];
  for (const raw of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    const line = headOf(raw);
    if (line !== undefined) lines.push({ ...line, more: [] });
    else lines.at(-1)?.more.push(raw);
    if (lines.length > importLimits.messagesMax) throw new ImportError("too-many", title);
  }
  if (lines.length === 0) throw new ImportError("unknown", title);
  const order = orderOf(lines.map(({ numbers }) => numbers));
  const messages = lines.flatMap((line): readonly ImportedMessage[] => {
    const atMs = timeOf(line, order);
    return Number.isNaN(atMs) ? [] : [messageIn(atMs, [line.rest, ...line.more].join("\n").trimEnd())];
  });
  if (messages.length === 0) throw new ImportError("damaged", title);
  return { from: "whatsapp", title: lineOf(title, importLimits.titleMax), messages };
}

/** Whether one of the first lines has WhatsApp's form. */
export function isWhatsApp(begin: string): boolean {
  return begin
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .slice(0, 20)
    .some((raw) => /^\u200e?\[|\s-\s/u.test(raw) && headOf(raw) !== undefined);
}

function headOf(raw: string): Line | undefined {
  const found = head.exec(raw.replaceAll("\u202f", " "));
  if (found === null) return undefined;
  const [, a, b, c, part = "", hour, minute, second = "0", half = "", rest = ""] = found;
  const h = Number(hour);
  const isLater = half.toLowerCase() === "p" || part === "下午" || part === "晚上" || (part === "中午" && h < 11);
  const isEarlier = half.toLowerCase() === "a" || part === "上午" || part === "凌晨" || part === "早上";
  const hours = isLater && h < 12 ? h + 12 : isEarlier && h === 12 ? 0 : h;
  return { numbers: [Number(a), Number(b), Number(c)], clock: `${hours}:${minute}:${second}`, rest };
}

type Order = "ymd" | "dmy" | "mdy";

/** The order of day and month: a number over 12 is no month; without one, the order in which dates ascend. */
function orderOf(dates: readonly (readonly [number, number, number])[]): Order {
  if (dates.some(([first]) => first > 31)) return "ymd";
  if (dates.some(([first]) => first > 12)) return "dmy";
  if (dates.some(([, second]) => second > 12)) return "mdy";
  const backwards = (order: Order) =>
    dates.filter((date, n) => n > 0 && dayOf(date, order) < dayOf(dates[n - 1] ?? date, order)).length;
  return backwards("mdy") < backwards("dmy") ? "mdy" : "dmy";
}

function partsOf([a, b, c]: readonly [number, number, number], order: Order): readonly [number, number, number] {
  const [year, month, day] = order === "ymd" ? [a, b, c] : order === "dmy" ? [c, b, a] : [c, a, b];
  return [year < 100 ? 2000 + year : year, month, day];
}

function dayOf(date: readonly [number, number, number], order: Order): number {
  const [year, month, day] = partsOf(date, order);
  return year * 372 + month * 31 + day;
}

/** Ms since 1970, in this device's time zone, as the export has no zone. NaN: an invalid date. */
function timeOf({ numbers, clock }: Line, order: Order): number {
  const [year, month, day] = partsOf(numbers, order);
  const [h = 0, m = 0, s = 0] = clock.split(":").map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || h > 23 || m > 59 || s > 59 || year < 2000) return Number.NaN;
  return new Date(year, month - 1, day, h, m, s).getTime();
}

function messageIn(atMs: number, said: string): ImportedMessage {
  // A name has no line break; a line without a name and colon is a system message.
  const found = /^\u200e?([^\n:]{1,64}): ?([\s\S]*)$/u.exec(said);
  if (found === null) return { atMs, author: "", text: cleaned(said) };
  const [, author, words = ""] = found;
  const [first = "", ...more] = words.split("\n");
  const file = fileIn(first.trim());
  const text = cleaned(file === undefined ? words : more.join("\n"));
  return {
    atMs,
    author: lineOf(author, importLimits.nameMax),
    text,
    ...(file === undefined ? {} : { files: [file] }),
  };
}

/** The name of the file that a line says was attached. */
function fileIn(line: string): string | undefined {
  const named = attached.exec(line)?.[1];
  if (named !== undefined) return named.trim();
  const end = line.search(attachedEnd);
  const name =
    end < 0
      ? ""
      : line
          .slice(0, end)
          .replace(/^\u200e/, "")
          .trim();
  return name === "" || name.length > fileNameMax ? undefined : name;
}

function cleaned(text: string): string {
  return text.replaceAll("\u200e", "").toWellFormed().trim();
}
