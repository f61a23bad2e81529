/** Shared by the readers of WeChat's exports: times, kinds, names. Pure. */
import { type ImportedMessage, importLimits, lineOf } from "./imported.ts";

/** A message, and its chat in a file with several. */
export type Found = ImportedMessage & { readonly chat?: string };
/** Reads a file in chunks. @throws ImportError `damaged`, with the line, row or message. */
export type Reader = { readonly push: (piece: string) => void; readonly end: () => readonly Found[] };

/** Ms since 1970, from seconds, milliseconds, or a written date in this device's time zone. NaN: no time. */
export function timestampOf(said: string): number {
  const text = said.trim();
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const found =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T\s]+(?:(上午|下午|AM|PM)\s*)?(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?/i.exec(
      text,
    );
  if (found === null) return Number.NaN;
  const [, year, month, day, half = "", hour, minute, second = "0"] = found;
  const isLater = /下午|PM/i.test(half) && Number(hour) < 12;
  const at = [Number(month), Number(day), Number(hour) + (isLater ? 12 : 0), Number(minute), Number(second)] as const;
  if (at[0] < 1 || at[0] > 12 || at[1] < 1 || at[1] > 31 || at[2] > 23 || at[3] > 59 || at[4] > 59) return Number.NaN;
  const ms = new Date(Number(year), at[0] - 1, at[1], at[2], at[3], at[4]).getTime();
  return ms > 0 ? ms : Number.NaN;
}

export function nameOf(said: string | undefined): string {
  return lineOf(said, importLimits.nameMax);
}

/** Labels for WeChat's message types that have no text. */
const kinds: Readonly<Record<string, string>> = {
  3: "[图片]",
  34: "[语音]",
  37: "[好友请求]",
  42: "[名片]",
  43: "[视频]",
  47: "[表情]",
  48: "[位置]",
  49: "[链接或文件]",
  50: "[通话]",
  62: "[视频]",
};

/** The text of a message. @param kind WeChat's type number, or empty. @param text may be WeChat's XML. */
export function contentIn(kind: string, text: string): string {
  const words = text.toWellFormed().trim();
  const label = kinds[kind];
  if (!/^(?:<\?xml|<msg|<appmsg|<voipmsg|<sysmsg|<location)/i.test(words)) return words === "" ? (label ?? "") : words;
  const title = /<title>(?:<!\[CDATA\[)?([^<\]]{1,500})/i.exec(words)?.[1]?.trim() ?? "";
  return title === "" ? (label ?? "[其他]") : `${label ?? ""} ${entities(title)}`.trim();
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Text of a page, with its entities as characters. */
export function entities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
