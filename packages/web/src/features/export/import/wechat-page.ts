/**
 * Pages: WechatExporter's (`<div class="msg chat-left …">`, each with a name, a time and words) and WeChatMsg's (a list
 * of `{ type: 1, text: '…', is_send: 0, timestamp: …, displayname: '…' }` in a script). Both are read as text: a page
 * is not opened, no script runs, no address in it is asked. Pure.
 */
import { ImportError, importLimits } from "./imported.ts";
import { contentIn, entities, type Found, nameOf, type Reader, timestampOf } from "./wechat-parts.ts";

/** Longer than any message: a page that has one is damaged. */
const messageCharsMax = 4 << 20;

export function pageReader(begin: string, name: string): Reader | undefined {
  if (!/<!doctype html|<html[\s>]/i.test(begin)) return undefined;
  const messages: Found[] = [];
  let [rest, isDivs, isList] = ["", false, false];
  const take = (message: Found | undefined) => {
    if (message !== undefined) messages.push(message);
    if (messages.length > importLimits.messagesMax) throw new ImportError("too-many", name);
  };
  const read = (isLast: boolean) => {
    if (!isDivs && !isList) {
      isDivs = divHead.test(rest);
      isList = !isDivs && listHead.test(rest);
      // Of what stands before only the end may be the beginning of one.
      if (!isDivs && !isList) rest = rest.slice(-4_096);
    }
    if (isDivs) {
      const parts = rest.split(divCut);
      rest = isLast ? "" : (parts.pop() ?? "");
      for (const part of parts) take(divMessage(part));
    }
    if (isList) rest = listMessages(rest, take);
    if (rest.length > messageCharsMax) throw new ImportError("damaged", `${name}: ${messages.length + 1}`);
  };
  return {
    push(piece) {
      rest += piece;
      read(false);
    },
    end() {
      read(true);
      if (messages.length === 0) throw new ImportError("no-messages", name);
      return messages;
    },
  };
}

const divHead = /<div class="msg (?:chat|media)[\s_-]/i;
const divCut = /(?=<div class="msg (?:chat|media)[\s_-])/i;

/** A message; undefined for a system message, and for the HTML before the first message. */
function divMessage(part: string): Found | undefined {
  const side = /^<div class="msg (?:chat|media)[\s_-](left|right)\b/i.exec(part)?.[1]?.toLowerCase();
  const head = /<div class="nt-box">\s*<span[^>]*>([^<]*)<\/span>([^<]*)</i.exec(part);
  if (side === undefined || head === null) return undefined;
  const atMs = timestampOf(entities(head[2] ?? ""));
  if (Number.isNaN(atMs)) return undefined;
  const content = /<div class="content-box[^"]*">([\s\S]*)$/i.exec(part)?.[1] ?? "";
  const path = /\brawurl="([^"]{1,500})"/i.exec(content)?.[1] ?? playedIn(content);
  const file = path === undefined ? undefined : localPath(entities(path));
  const text = wordsIn(content);
  if (text === "" && file === undefined) return undefined;
  return {
    atMs,
    mine: side === "right",
    author: nameOf(entities(head[1] ?? "")) || "?",
    text,
    ...(file === undefined ? {} : { files: [file] }),
  };
}

type Tag = {
  /** Its name in small letters; empty for an end, a comment, and where no tag follows. */
  readonly kind: string;
  /** From `<` to `>`. */
  readonly tag: string;
  /** The text between the tag before and this one. */
  readonly before: string;
};

/** The tags of a piece of HTML; the words in scripts and styles are in none. Goes over it once (KP16). */
function* tagsIn(html: string): Generator<Tag> {
  const ends = new Map([
    ["script", /<\/script>/gi],
    ["style", /<\/style>/gi],
  ]);
  let at = 0;
  for (;;) {
    const open = html.indexOf("<", at);
    const close = open < 0 ? -1 : html.indexOf(">", open);
    if (close < 0) return yield { kind: "", tag: "", before: html.slice(at) };
    const kind = /^<([a-z]{1,10})\b/i.exec(html.slice(open, open + 12))?.[1]?.toLowerCase() ?? "";
    const end = ends.get(kind);
    const tag = html.slice(open, close + 1);
    yield { kind, tag, before: html.slice(at, open) };
    at = close + 1;
    if (end === undefined) continue;
    end.lastIndex = open;
    if (end.exec(html) === null) ends.delete(kind);
    else at = end.lastIndex;
  }
}

/** The path of a sound or a film that a piece of HTML would play. */
function playedIn(html: string): string | undefined {
  for (const { kind, tag } of tagsIn(html)) {
    const path = /^(?:audio|video|source)$/.test(kind) ? /\ssrc="([^"]{1,500})"/i.exec(tag)?.[1] : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

/** The text of a piece of HTML: tags removed, line breaks kept, a smiley as its name. */
function wordsIn(html: string): string {
  let words = "";
  for (const { kind, tag, before } of tagsIn(html)) {
    words += before;
    if (kind === "br") words += "\n";
    if (kind === "img") words += /\balt="(\[[^"\]]{1,12}\])"/i.exec(tag)?.[1] ?? "";
  }
  return entities(words)
    .split(/\n\s*/)
    .map((line) => line.trimEnd())
    .join("\n")
    .toWellFormed()
    .trim();
}

/** The path of a file in the same zip; undefined for a URL or a path outside of the folder. */
function localPath(path: string): string | undefined {
  return /^[a-z][a-z\d+.-]*:|^\/|\.\.(?:\/|$)|[\\\p{Cc}]/iu.test(path) ? undefined : path.replace(/^\.\//, "");
}

const listHead = /\{\s*["']?type["']?\s*:\s*\d+\s*,/;

/** Passes each complete `{…}` of the list to `take`; returns the incomplete rest. */
function listMessages(text: string, take: (message: Found | undefined) => void): string {
  let at = text.search(listHead);
  while (at >= 0) {
    const read = objectAt(text, at);
    if (read === undefined) return text.slice(at);
    take(listMessage(read.fields));
    const next = text.slice(read.end).search(/\S/);
    // The end of the list: the page's script follows.
    if (next < 0) return "";
    const after = read.end + next + (text[read.end + next] === "," ? 1 : 0);
    const begin = text.slice(after).search(/\S/);
    if (begin < 0) return "";
    if (text[after + begin] !== "{") return "";
    at = after + begin;
  }
  return text.slice(-4_096);
}

type Fields = Readonly<Record<string, string>>;

function listMessage(fields: Fields): Found | undefined {
  const { type = "", text = "", timestamp = "", is_send = "", displayname = "", title = "", file_name = "" } = fields;
  const atMs = timestampOf(timestamp);
  if (Number.isNaN(atMs) || type === "0") return undefined; // No time, or a system message.
  const file = ["3", "34", "43"].includes(type) || (type === "49" && file_name !== "") ? localPath(text) : undefined;
  const refer = fields["refer_text"] === undefined ? "" : `\n「${entities(fields["refer_text"])}」`;
  const words =
    type === "1" || type === "49"
      ? `${entities(text !== "" && file === undefined ? text : title || file_name)}${refer}`.trim()
      : contentIn(type, "");
  const said = file === undefined ? words || contentIn(type, "") : "";
  if (said === "" && file === undefined) return undefined;
  return {
    atMs,
    mine: is_send === "1" || is_send === "true",
    author: nameOf(entities(displayname)) || (is_send === "1" ? "me" : "?"),
    text: said.toWellFormed(),
    ...(file === undefined ? {} : { files: [file] }),
  };
}

/**
 * Parses a flat JavaScript object literal, keys with or without quotes; it is never evaluated. Undefined if it is
 * incomplete or something else.
 */
function objectAt(text: string, from: number): { readonly fields: Fields; readonly end: number } | undefined {
  const fields: Record<string, string> = Object.create(null);
  const token =
    /\s*(?:([{},:[\]])|'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|`((?:[^`\\]|\\[\s\S])*)`|([^\s{},:'"`[\]]+))/gy;
  token.lastIndex = from;
  let [depth, key, value] = [0, undefined as string | undefined, ""];
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [, sign, single, double, tick, bare] = found;
    const word = single ?? double ?? tick;
    if (sign === "{" || sign === "[") depth++;
    else if (depth === 1 && sign === ":") key = value;
    else if (sign !== undefined && depth === 1 && (sign === "," || sign === "}")) {
      if (key !== undefined) fields[key] = value;
      [key, value] = [undefined, ""];
    }
    if (sign === "}" || sign === "]") {
      depth--;
      if (depth === 0) return { fields, end: token.lastIndex };
    }
    if (depth === 1 && sign === undefined) value = word === undefined ? (bare ?? "") : unescaped(word);
  }
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "", t: "\t", b: "", f: "", v: "", 0: "" };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi, (_, long, short, one) =>
    one === undefined ? String.fromCharCode(Number.parseInt(long ?? short, 16)) : (escapes[one] ?? one),
  );
}
