/**
 * Reads Telegram's JSON export, of one chat or of all (docs/spec/keeping.md KP10). Every type in it is checked. Pure.
 */
import { ImportError, type ImportedChat, type ImportedMessage, importLimits, lineOf } from "./imported.ts";

type Loose = Readonly<Record<string, unknown>>;

/** @throws ImportError `unknown` when it is no export of Telegram's. */
export function readTelegram(json: unknown): readonly ImportedChat[] {
  const top = looseOf(json);
  if (top === undefined) throw new ImportError("unknown");
  const me = looseOf(top["personal_information"])?.["user_id"];
  const list = looseOf(top["chats"])?.["list"];
  const chats = Array.isArray(list) ? list : [top];
  let all = 0;
  const read = chats.flatMap((chat) => {
    const one = looseOf(chat);
    if (one === undefined || !Array.isArray(one["messages"])) return [];
    const title = lineOf(one["name"], importLimits.titleMax) || "Telegram";
    all += one["messages"].length;
    if (all > importLimits.messagesMax) throw new ImportError("too-many", title);
    return [chatOf(title, one["messages"], me)];
  });
  if (read.length === 0) throw new ImportError("unknown");
  return read.filter(({ messages }) => messages.length > 0);
}

function chatOf(title: string, messages: readonly unknown[], me: unknown): ImportedChat {
  return { from: "telegram", title, messages: messages.flatMap((one) => messageOf(looseOf(one), me)) };
}

function messageOf(one: Loose | undefined, me: unknown): readonly ImportedMessage[] {
  if (one?.["type"] !== "message") return []; // Service messages (who joined, who left) are left out.
  const atMs = timeOf(one);
  const text = textOf(one["text"]).toWellFormed().trim();
  const files = [one["photo"], one["file"]].filter(
    (path): path is string => typeof path === "string" && path !== "" && !path.startsWith("("),
  );
  if (atMs === undefined || (text === "" && files.length === 0)) return [];
  const isMine = typeof me === "number" && one["from_id"] === `user${me}`;
  return [
    {
      atMs,
      author: lineOf(one["from"], importLimits.nameMax) || "?",
      text,
      ...(isMine ? { mine: true } : {}),
      ...(files.length === 0 ? {} : { files }),
    },
  ];
}

function timeOf(one: Loose): number | undefined {
  const said = one["date_unixtime"];
  const seconds = typeof said === "string" || typeof said === "number" ? Number(said) : Number.NaN;
  const ms =
    Number.isSafeInteger(seconds) && seconds > 0
      ? seconds * 1_000
      : typeof one["date"] === "string"
        ? Date.parse(one["date"])
        : Number.NaN;
  return Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? ms : undefined;
}

/** Joins Telegram's text: a string, or an array of strings and objects with formatting. */
function textOf(text: unknown): string {
  if (typeof text === "string") return text;
  if (!Array.isArray(text)) return "";
  return text.map((piece) => (typeof piece === "string" ? piece : textOf(looseOf(piece)?.["text"]))).join("");
}

function looseOf(value: unknown): Loose | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : undefined;
}
