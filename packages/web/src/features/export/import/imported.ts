/** What an import brings, whatever it came from (docs/spec/keeping.md KP9–KP11). */

/** What is wrong with a file, and where: screens put the code into words, with what it names. */
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
  /** The entry, or the line, that it is about; may be empty. */
  readonly where: string;
  constructor(code: ImportFault, where = "") {
    super(`${code} ${where}`);
    this.code = code;
    this.where = where;
  }
}

export type ImportedMessage = {
  readonly atMs: number;
  /** Empty for a line that nobody said. */
  readonly author: string;
  /** Known to be one's own; else the person says which name is theirs. */
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

/** Who speaks in a chat, the most talkative first. */
export function authorsOf({ messages }: ImportedChat): readonly string[] {
  const counts = new Map<string, number>();
  for (const { author } of messages) if (author !== "") counts.set(author, (counts.get(author) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

export const importLimits = {
  /** Of a text or JSON that is read whole. */
  textBytesMax: 64 << 20,
  /** Of one that is read piece by piece. */
  streamedBytesMax: 2 * 2 ** 30,
  fileBytesMax: 256 << 20,
  allBytesMax: 4 * 2 ** 30,
  entriesMax: 20_000,
  /** Text packs to a tenth, rarely to a fiftieth; what swells more was made to. */
  ratioMax: 200,
  messagesMax: 500_000,
  nameMax: 64,
  titleMax: 200,
} as const;

/** As a name on screen: one line, no longer than names are. */
export function lineOf(text: unknown, max: number): string {
  if (typeof text !== "string") return "";
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, max)
    .toWellFormed();
}
