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
  const said = item.body.kind === "newer" ? newerLine(text, item.body) : saidIn(text, item.body);
  const state = item.state === "sent" ? "" : `  (${text(`state.${item.state}`)})`;
  const handed = item.handedBy === undefined ? "" : `  (${text("handed", { by: nameOf(text, item.handedBy) })})`;
  return `${at}  ${nameOf(text, item.from)}: ${said}${state}${handed}`;
}

function newerLine(text: Text, { fallback }: { readonly fallback?: string }): string {
  return `* ${fallback === undefined ? "" : `${plain(fallback)} · `}${text("line.newer")}`;
}

/** What somebody said in one line: a picture or a file by its name in brackets. */
function saidIn(text: Text, body: Exclude<TimelineItem["body"], { kind: "system" | "newer" }>): string {
  switch (body.kind) {
    case "text":
      return body.link === undefined ? plain(body.text) : `${plain(body.text)} [${plain(body.link.title)}]`;
    case "photos":
      return `[${text("kind.photos")} ×${body.pictures.length}] ${plain(body.caption)}`.trimEnd();
    case "file":
      return `[${text("kind.file")}] ${plain(body.name)} (${sizeOf(body.file.bytes)})`;
    case "card":
      return `[${text("kind.card")}] ${plain(body.name)}`;
    case "location":
      return `[${text("kind.location")}] ${plain(body.name)} ${[body.lat, body.lon].flatMap((one) => one?.toFixed(6) ?? []).join(", ")}`.trim();
    case "sticker":
      return `[${text("kind.sticker")}] ${plain(body.name)}`.trimEnd();
    case "voice":
    case "video":
      return `[${text(`kind.${body.kind}`)}] ${Math.round(body.ms / 1_000)} s`;
    case "poll": {
      const options = body.options.map((one) => `${plain(one.text)} ${one.count}`).join(" · ");
      return text("said.poll", { question: plain(body.question), options });
    }
    case "chain": {
      const lines = body.lines.map((one, i) => `${i + 1} ${plain(one.text)}`).join(" · ");
      return text("said.chain", { title: plain(body.title), lines });
    }
    case "record":
      return text("said.record", { count: body.count });
    case "group-card":
      return `[${text("kind.group-card")}] ${plain(body.name)}`;
    default:
      return body satisfies never;
  }
}

/** Such as `4.8 MB`. */
function sizeOf(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
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
  const kind = preview.kind === "text" ? "" : `[${text(`kind.${preview.kind}`)}]`;
  const said = `${kind} ${plain(preview.text)}`.trim();
  return from === "" ? said : `${from}: ${said}`;
}

function systemLine(text: Text, line: SystemLine): string {
  const name = (person: PersonRef) => nameOf(text, person);
  switch (line.kind) {
    case "group-created":
    case "picture-changed":
    case "refounded":
    case "dissolved":
      return text(`line.${line.kind}`, { by: name(line.by) });
    case "added":
    case "removed":
      return text(`line.${line.kind}`, { by: name(line.by), people: line.people.map(name).join(text("and")) });
    case "invited":
      return text("line.added", {
        by: name(line.by),
        people: [text("you"), ...line.people.filter((one) => one.name !== "").map(name)].join(text("and")),
      });
    case "joined":
      return text("line.joined", { people: line.people.map(name).join(text("and")) });
    case "approval":
      return text(line.isOn ? "line.approval" : "line.no-approval", { by: name(line.by) });
    case "history":
      return text(`line.history-${line.choice}`, { by: name(line.by) });
    case "left":
    case "asks-in":
    case "device-added":
    case "restored":
    case "device-refused":
    case "account-frozen":
    case "list-differs":
    case "recalled":
      return text(`line.${line.kind}`, { who: name(line.who) });
    case "family-piece":
      return text(`line.${line.of.isMe ? "helper" : "helping"}${line.isOn ? "" : "-over"}`, {
        name: name(line.of.isMe ? line.who : line.of),
      });
    case "renamed":
      return text("line.renamed", { by: name(line.by), name: plain(line.name) });
    case "notice":
      return `${name(line.by)}: ${plain(line.text)}`;
    case "pat":
      return text("line.pat", { by: name(line.by), who: name(line.who), suffix: plain(line.suffix) });
    case "announced":
      return text(line.text === "" ? "line.unannounced" : "line.announced", {
        by: name(line.by),
        text: plain(line.text),
      });
    case "role":
      return text(`line.${line.role}`, { by: name(line.by), who: name(line.who) });
    case "lost":
      return text(line.state === "gone" ? "line.gone" : "line.lost", { count: line.count, from: name(line.from) });
    case "friends":
    case "request-sent":
    case "not-contacts":
    case "fork":
    case "you-were-removed":
      return text(`line.${line.kind}`);
    default:
      return line satisfies never;
  }
}
