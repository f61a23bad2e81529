/**
 * Show: values as lines of a terminal. What others wrote is made harmless first: a terminal obeys
 * escape sequences, and a right-to-left override turns a name around.
 */
import type { ChatRow, PersonRef, SystemLine, TimelineItem } from "@yanshu/client";
import type { Text } from "./text/text.ts";

/** Controls of C0 and C1, line and paragraph separators, and the marks that turn the direction of a line. */
const unruly = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line, whatever it was. */
export function plain(text: string): string {
  return text
    .replace(/\r\n?|\n|[\u2028\u2029]/g, " ⏎ ")
    .replaceAll("\t", " ")
    .replace(unruly, "")
    .toWellFormed();
}

/** As JSON, with nothing in it that a terminal would obey. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? undefined : item)).replace(
    unruly,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Such as `2026-11-24 09:30`, by this machine's clock. */
export function when(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function short(hex: string): string {
  return hex.slice(0, 8);
}

function nameOf(text: Text, person: PersonRef): string {
  return person.isMe ? text("you") : plain(person.name) || short(person.account);
}

/** A message or an event as one line. */
export function itemLine(text: Text, item: TimelineItem): string {
  const at = when(item.atMs);
  if (item.body.kind === "system") return `${at}  * ${systemLine(text, item.body.line)}`;
  const said = item.body.kind === "newer" ? `* ${text("line.newer")}` : plain(item.body.text);
  const state = item.state === "sent" ? "" : `  (${text(`state.${item.state}`)})`;
  return `${at}  ${nameOf(text, item.from)}: ${said}${state}`;
}

export function chatLine(text: Text, row: ChatRow, place: number): string {
  const marks = [
    row.unread > 0 ? `[${row.unread}]` : "",
    row.state === "open" ? "" : `(${text(`chat.${row.state}`)})`,
    row.failed ? `(${text("state.failed")})` : "",
  ].filter((mark) => mark !== "");
  const title = [plain(row.title) || short(row.conversation), ...marks].join(" ");
  return `${place}  ${when(row.atMs)}  ${title}  ${previewOf(text, row)}`.trimEnd();
}

function previewOf(text: Text, { draft, preview }: ChatRow): string {
  if (draft !== "") return text("draft", { text: plain(draft) });
  if (preview.kind === "none") return "";
  if (preview.kind === "system") return systemLine(text, preview.line);
  const from = preview.mine ? text("you") : preview.from === undefined ? "" : plain(preview.from);
  return from === "" ? plain(preview.text) : `${from}: ${plain(preview.text)}`;
}

function systemLine(text: Text, line: SystemLine): string {
  const name = (person: PersonRef) => nameOf(text, person);
  switch (line.kind) {
    case "group-created":
    case "picture-changed":
    case "refounded":
      return text(`line.${line.kind}`, { by: name(line.by) });
    case "added":
    case "removed":
      return text(`line.${line.kind}`, { by: name(line.by), people: line.people.map(name).join(text("and")) });
    case "left":
    case "device-added":
    case "device-refused":
    case "account-frozen":
      return text(`line.${line.kind}`, { who: name(line.who) });
    case "renamed":
      return text("line.renamed", { by: name(line.by), name: plain(line.name) });
    case "role":
      return text(`line.${line.role}`, { by: name(line.by), who: name(line.who) });
    case "lost":
      return text(line.state === "gone" ? "line.gone" : "line.lost", { count: line.count, from: name(line.from) });
    case "friends":
    case "request-sent":
    case "fork":
    case "you-were-removed":
      return text(`line.${line.kind}`);
    default:
      return line satisfies never;
  }
}
