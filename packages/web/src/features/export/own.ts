/**
 * Reads an export of this app (docs/spec/keeping.md KP8, KP9). Its JSON is checked like any foreign input. Pure.
 */
import { exportFormat, exportVersion } from "./exported.ts";
import { ImportError, type ImportedChat, type ImportedMessage, importLimits, lineOf } from "./import/imported.ts";

type Loose = Readonly<Record<string, unknown>>;

type Part = { readonly folder: string; readonly title: string; readonly isMoments: boolean };

/** Folders and titles of the export's chats, and of Moments, which come last. @throws ImportError */
export function readIndex(json: unknown): readonly Part[] {
  const top = json as Loose | null;
  if (typeof top !== "object" || top?.["format"] !== exportFormat) throw new ImportError("unknown", "export.json");
  const version = top["version"];
  if (typeof version !== "number" || version > exportVersion) throw new ImportError("newer", "export.json");
  const chats = top["chats"];
  if (!Array.isArray(chats)) throw new ImportError("damaged", "export.json");
  const partOf = (part: Loose | null, isMoments: boolean): readonly Part[] => {
    const folder = part?.["folder"];
    const title = lineOf(part?.["title"], importLimits.titleMax) || "?";
    return typeof folder === "string" ? [{ folder, title, isMoments }] : [];
  };
  const moments = (top["moments"] ?? null) as Loose | null;
  return [...chats.flatMap((chat: Loose | null) => partOf(chat, false)), ...partOf(moments, true)];
}

/** @throws ImportError `damaged`, with the number of the line. */
export function readMessages(jsonl: string, title: string): ImportedChat {
  return chatOf(jsonl, title, messageOf);
}

/** Each post, followed by its comments (MO63). @throws ImportError `damaged`, with the number of the line. */
export function readPosts(jsonl: string, title: string): ImportedChat {
  return chatOf(jsonl, title, postOf);
}

function chatOf(
  jsonl: string,
  title: string,
  read: (line: Loose, atMs: number, where: string) => readonly ImportedMessage[],
): ImportedChat {
  const lines = jsonl.split("\n").filter((line) => line !== "");
  const messages: ImportedMessage[] = [];
  for (const [n, line] of lines.entries()) {
    const where = `${title}: ${n + 1}`;
    const parsed = parsedIn(line, where);
    messages.push(...read(parsed, timeIn(parsed, where), where));
    if (messages.length > importLimits.messagesMax) throw new ImportError("too-many", title);
  }
  return { from: "yanshu", title, messages };
}

/** @throws ImportError `damaged` */
function parsedIn(line: string, where: string): Loose {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read === "object" && read !== null) return read as Loose;
  } catch {
    // Thrown below.
  }
  throw new ImportError("damaged", where);
}

/** @throws ImportError `damaged` */
function timeIn({ at }: Loose, where: string): number {
  const atMs = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (!Number.isFinite(atMs)) throw new ImportError("damaged", where);
  return atMs;
}

const listIn = (value: unknown) => (Array.isArray(value) ? (value as readonly (Loose | null)[]) : []);
const textIn = (value: unknown) => (typeof value === "string" ? value.toWellFormed() : "");

function filesIn(read: Loose): readonly string[] {
  return listIn(read["files"]).flatMap((file) =>
    typeof file?.["path"] === "string" && file["missing"] !== true ? [file["path"]] : [],
  );
}

function byIn(read: Loose, atMs: number): Pick<ImportedMessage, "atMs" | "author" | "mine"> {
  return { atMs, author: lineOf(read["from"], importLimits.nameMax) || "?", mine: read["mine"] === true };
}

function postOf(read: Loose, atMs: number, where: string): readonly ImportedMessage[] {
  const link = read["link"] as Loose | undefined;
  const likes = listIn(read["likes"]).map((name) => lineOf(name, importLimits.nameMax));
  const place = textIn((read["place"] as Loose | undefined)?.["name"]);
  const text = [
    textIn(read["text"]),
    `${textIn(link?.["title"])} ${textIn(link?.["url"])}`.trim(),
    place === "" ? "" : `📍 ${place}`,
    likes.length === 0 ? "" : `♥ ${likes.join(", ")}`,
  ].filter((one) => one !== "");
  const files = filesIn(read);
  const post = { ...byIn(read, atMs), text: text.join("\n"), ...(files.length === 0 ? {} : { files }) };
  const comments = listIn(read["comments"]).flatMap((word) =>
    word === null ? [] : [{ ...byIn(word, timeIn(word, where)), text: `↳ ${textIn(word["text"])}` }],
  );
  return [...(text.length === 0 && files.length === 0 ? [] : [post]), ...comments];
}

function messageOf(read: Loose, atMs: number): readonly ImportedMessage[] {
  const files = filesIn(read);
  // The text of such a message is only the file's name, which the file has itself.
  const isNamed = files.length > 0 && (read["kind"] === "file" || read["kind"] === "sticker");
  const text = isNamed ? "" : textIn(read["text"]);
  if (text === "" && files.length === 0) return [];
  const by = read["kind"] === "system" ? { atMs, author: "", mine: false } : byIn(read, atMs);
  return [{ ...by, text, ...(files.length === 0 ? {} : { files }) }];
}
