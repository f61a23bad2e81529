/**
 * Bodies: what one row of `messages` shows.
 */
import { type Body, type BodyOf, decodeBody } from "@yanshu/content";
import { type Bytes, decodeLink, plain, toHex } from "@yanshu/wire";
import type { QuoteView } from "../api/actions.ts";
import type { TimelineItem } from "../api.ts";
import { placeItem } from "../features/place.ts";
import { cardItem } from "./cards.ts";
import type { ViewContext } from "./context.ts";
import { chainOf, pollOf } from "./gathered.ts";
import { lineOf } from "./lines.ts";
import { isLinkIn } from "./links.ts";
import { mediaItem } from "./media.ts";
import { decodeFallback } from "./newer.ts";
import type { People } from "./people.ts";
import { recordHead } from "./records.ts";
import type { ShownKind } from "./shown.ts";

/** Undefined for a line that no longer tells anything. */
export function bodyOf(
  context: ViewContext,
  people: People,
  row: {
    readonly conversation: Bytes;
    readonly author: Bytes;
    readonly id: Bytes;
    readonly mine: boolean;
    readonly kind: ShownKind;
    readonly body: Bytes;
  },
  /** Decoded, where it is already. */
  decoded?: Body,
): TimelineItem["body"] | undefined {
  if (row.kind === "recalled")
    return { kind: "system", line: { kind: "recalled", who: people.ref(toHex(row.author)) } };
  if (row.kind === "system") {
    const line = lineOf(context, people, row.conversation, row.body);
    return line && { kind: "system", line };
  }
  if (row.kind === "newer") return newerOf(row.body);
  const said = decoded ?? decodeBody(row.body);
  switch (said?.kind) {
    case "text":
      return textOf(context, people, row.conversation, said);
    case "greeting":
      return { kind: "text", text: said.text };
    case "photos":
    case "voice":
    case "video":
    case "file":
      return mediaItem(context, row, said);
    case "location":
      return placeItem(said);
    case "card":
      return cardItem(context, people, said);
    case "sticker":
      return said;
    case "groupCard":
      return cardOf(said);
    case "pat":
      return {
        kind: "system",
        line: {
          kind: "pat",
          by: people.ref(toHex(row.author)),
          who: people.ref(toHex(said.who)),
          suffix: said.suffix,
        },
      };
    case "poll":
      return pollOf(context, people, row, said);
    case "chain":
      return chainOf(context, people, row, said);
    case "record":
      return { kind: "record", ...recordHead(said) };
    default:
      return { kind: "newer" };
  }
}

function newerOf(stored: Bytes): TimelineItem["body"] {
  const fallback = decodeFallback(stored);
  return { kind: "newer", ...(fallback === "" ? {} : { fallback }) };
}

function textOf(
  context: ViewContext,
  people: People,
  conversation: Bytes,
  { text, quote, mentions = [], link }: BodyOf<"text">,
): TimelineItem["body"] {
  const own = context.own === undefined ? "" : toHex(context.own.account);
  return {
    kind: "text",
    text,
    ...(quote === undefined ? {} : { quote: quoteOf(context, people, conversation, quote) }),
    ...(link === undefined || !isLinkIn(text, link.url) ? {} : { link }),
    ...(mentions.length === 0
      ? {}
      : {
          mentions: mentions.map(({ at, length, account }) => ({
            at,
            length,
            isMe: account === undefined || toHex(account) === own,
          })),
        }),
  };
}

/** A card whose link cannot be read is as good as too new. */
function cardOf({ name, link }: BodyOf<"groupCard">): TimelineItem["body"] {
  const read = decodeLink(link);
  return read?.kind === "group"
    ? { kind: "group-card", name: name || read.link.name, link, expiresMs: read.link.expiresMs }
    : { kind: "newer" };
}

const quotedSql = "SELECT kind FROM messages WHERE conversation = ? AND author = ? AND id = ?";

function quoteOf(
  context: ViewContext,
  people: People,
  conversation: Bytes,
  { author, id, of, words }: NonNullable<BodyOf<"text">["quote"]>,
): QuoteView {
  const kind = context.database.get<{ kind: string }>(quotedSql, conversation, author, id)?.kind;
  const isRecalled = kind === "recalled" || of === "recalled";
  return {
    author: toHex(author),
    id: toHex(id),
    from: people.ref(toHex(author)),
    of,
    words: isRecalled ? "" : plain(words),
    standing: isRecalled ? "recalled" : kind === undefined || kind === "deleted" ? "gone" : "here",
  };
}
