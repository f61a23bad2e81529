/** The common form of all imports (docs/spec/keeping.md KP9–KP11). */

/** Codes of what is wrong with a file; screens have a text for each. */
export type ImportFault =
  | "unknown"
  | "empty"
  | "damaged"
  | "locked"
  | "too-large"
  | "too-many"
  | "swollen"
  | "bad-path"
  | "newer"
  | "no-messages";

export class ImportError extends Error {
  override name = "ImportError";
  readonly code: ImportFault;
  /** The zip entry or the line with the fault; may be empty. */
  readonly where: string;
  constructor(code: ImportFault, where = "") {
    super(`${code} ${where}`);
    this.code = code;
    this.where = where;
  }
}

export type ImportedMessage = {
  readonly atMs: number;
  /** Empty for a system message. */
  readonly author: string;
  /** Whether it is an own message. Absent: the person picks their name. */
  readonly mine?: boolean;
  readonly text: string;
  /** Names of files that came along. */
  readonly files?: readonly string[];
};

export type ImportedChat = {
  readonly from: "whatsapp" | "telegram" | "wechat" | "yanshu";
  readonly title: string;
  readonly messages: readonly ImportedMessage[];
};

/** The authors in a chat, those with the most messages first. */
export function authorsOf({ messages }: ImportedChat): readonly string[] {
  const counts = new Map<string, number>();
  for (const { author } of messages) if (author !== "") counts.set(author, (counts.get(author) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

export const importLimits = {
  /** Limit of a text or JSON file that is read at once. */
  textBytesMax: 64 << 20,
  /** Limit of a text file that is read in chunks. */
  streamedBytesMax: 2 * 2 ** 30,
  fileBytesMax: 256 << 20,
  allBytesMax: 4 * 2 ** 30,
  entriesMax: 20_000,
  /** Compression ratio. Text has about 10, rarely 50; more means a zip bomb. */
  ratioMax: 200,
  messagesMax: 500_000,
  nameMax: 64,
  titleMax: 200,
} as const;

/** A name for the screen: one line of at most `max` characters; empty when `text` is no string. */
export function lineOf(text: unknown, max: number): string {
  if (typeof text !== "string") return "";
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, max)
    .toWellFormed();
}
