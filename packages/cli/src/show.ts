/** Show: messages, events and chats as lines of a terminal. What a kind says, its feature says. */
import type { ChatRow, SystemLine, TimelineItem } from "@yanshu/client";
import type { Kept, NoticeKind, SaidKind } from "./feature.ts";
import type { cliFeatures } from "./features/index.ts";
import { nameOf, plain, short, when } from "./line.ts";
import { tableOf } from "./registry.ts";
import type { Text as FullText } from "./text/text.ts";
import type { Text } from "./words.ts";

type Feature = (typeof cliFeatures)[number];
type KeyOf<U> = U extends unknown ? keyof U : never;
type KindOf<P extends "lines" | "notices"> = KeyOf<Extract<Feature, { readonly [Q in P]: unknown }>[P]>;
type Line = (text: Text, value: unknown) => string;
/** Each kind has its line: a kind that no feature knows does not compile. */
type Lines = [Exclude<SaidKind, KindOf<"lines">>] extends [never] ? Readonly<Record<SaidKind, Line>> : never;
type Notice = Exclude<NoticeKind, "notice">;
type Notices = [Exclude<Notice, KindOf<"notices">>] extends [never] ? Readonly<Record<Notice, Line>> : never;

const lines = tableOf("lines") as object as Lines;
const notices = tableOf("notices") as object as Notices;
const files = tableOf("files") as Readonly<Record<string, Files>>;
type Files = (body: unknown, named: (type: string, place?: string) => string) => readonly Kept[];

/** A message or an event as one line. */
export function itemLine(text: Text, item: TimelineItem): string {
  const at = when(item.atMs);
  if (item.body.kind === "system") return `${at}  * ${systemLine(text, item.body.line)}`;
  const said = item.body.kind === "newer" ? newerLine(text, item.body) : lines[item.body.kind](text, item.body);
  const state = item.state === "sent" ? waitsLine(text, item) : `  (${text(`state.${item.state}`)})`;
  const handed = item.handedBy === undefined ? "" : `  (${text("handed", { by: nameOf(text, item.handedBy) })})`;
  return `${at}  ${nameOf(text, item.from)}: ${said}${state}${handed}`;
}

function waitsLine(text: Text, { waitsFor = [] }: TimelineItem): string {
  return waitsFor.length === 0 ? "" : `  (${text("state.waits-for", { servers: waitsFor.map(plain).join(", ") })})`;
}

function newerLine(text: Text, { fallback }: { readonly fallback?: string }): string {
  return `* ${fallback === undefined ? "" : `${plain(fallback)} · `}${text("notice.newer")}`;
}

/** Files of a message that can be saved. */
export function filesOf({ body, atMs }: TimelineItem): readonly Kept[] {
  const stamp = when(atMs).replaceAll(/[ :]/g, "-");
  const named = (type: string, place = "") =>
    `${stamp}${place}.${(type.split("/")[1] ?? "bin").replace("jpeg", "jpg")}`;
  return files[body.kind]?.(body, named) ?? [];
}

export function chatLine(text: Text, row: ChatRow, place: number): string {
  const marks = [
    row.unread > 0 ? `[${row.unread}]` : "",
    row.state === "open" ? "" : `(${text(`chat.${row.state}`)})`,
    row.failed ? `(${text("state.failed")})` : "",
  ].filter((mark) => mark !== "");
  const title = [plain(row.title) || short(row.conversation), ...marks].join(" ");
  const at = row.atMs === 0 ? "" : when(row.atMs); // Nothing is known to have been said there.
  return `${place}  ${at}  ${title}  ${previewOf(text, row)}`.trimEnd();
}

function previewOf(text: Text, { draft, preview }: ChatRow): string {
  if (draft !== "") return text("draft", { text: plain(draft) });
  if (preview.kind === "none") return "";
  if (preview.kind === "system") return systemLine(text, preview.line);
  const from = preview.mine ? text("you") : preview.from === undefined ? "" : plain(preview.from);
  const kind = preview.kind === "text" ? "" : `[${(text as FullText)(`kind.${preview.kind}`)}]`;
  const said = `${kind} ${plain(preview.text)}`.trim();
  return from === "" ? said : `${from}: ${said}`;
}

function systemLine(text: Text, line: SystemLine): string {
  // Of what is too new to read: in its sender's words.
  if (line.kind === "notice") return `${nameOf(text, line.by)}: ${plain(line.text)}`;
  return notices[line.kind](text, line);
}
