/**
 * An export of this app's own, read back (docs/spec/keeping.md KP8, KP9). Its JSON is as little trusted as anybody's.
 * Pure.
 */
import { exportFormat, exportVersion } from "./exported.ts";
import { ImportError, type ImportedChat, type ImportedMessage, importLimits, lineOf } from "./import/imported.ts";

type Loose = Readonly<Record<string, unknown>>;

/** Folders and titles of the chats in it. @throws ImportError */
export function readIndex(json: unknown): readonly { readonly folder: string; readonly title: string }[] {
  const top = json as Loose | null;
  if (typeof top !== "object" || top?.["format"] !== exportFormat) throw new ImportError("unknown", "export.json");
  const version = top["version"];
  if (typeof version !== "number" || version > exportVersion) throw new ImportError("newer", "export.json");
  const chats = top["chats"];
  if (!Array.isArray(chats)) throw new ImportError("damaged", "export.json");
  return chats.flatMap((chat: Loose | null) => {
    const folder = chat?.["folder"];
    return typeof folder === "string" ? [{ folder, title: lineOf(chat?.["title"], importLimits.titleMax) || "?" }] : [];
  });
}

/** @throws ImportError `damaged`, with the number of the line. */
export function readMessages(jsonl: string, title: string): ImportedChat {
  const lines = jsonl.split("\n").filter((line) => line !== "");
  if (lines.length > importLimits.messagesMax) throw new ImportError("too-many", title);
  return { from: "yanshu", title, messages: lines.flatMap((line, n) => messageOf(line, `${title}: ${n + 1}`)) };
}

function messageOf(line: string, where: string): readonly ImportedMessage[] {
  let read: Loose;
  try {
    read = JSON.parse(line) as Loose;
  } catch {
    throw new ImportError("damaged", where);
  }
  const at = read?.["at"];
  const atMs = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (!Number.isFinite(atMs)) throw new ImportError("damaged", where);
  const some = Array.isArray(read["files"]) ? (read["files"] as readonly (Loose | null)[]) : [];
  const files = some.flatMap((file) =>
    typeof file?.["path"] === "string" && file["missing"] !== true ? [file["path"]] : [],
  );
  // What a file is called is said by the file.
  const isNamed = files.length > 0 && (read["kind"] === "file" || read["kind"] === "sticker");
  const text = typeof read["text"] === "string" && !isNamed ? read["text"].toWellFormed() : "";
  if (text === "" && files.length === 0) return [];
  return [
    {
      atMs,
      author: read["kind"] === "system" ? "" : lineOf(read["from"], importLimits.nameMax) || "?",
      text,
      mine: read["mine"] === true && read["kind"] !== "system",
      ...(files.length === 0 ? {} : { files }),
    },
  ];
}
