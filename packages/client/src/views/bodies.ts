/**
 * Bodies: what one row of `messages` shows.
 */
import { type Body, type BodyOf, decodeBody } from "@yanshu/content";
import { readMarks } from "@yanshu/store";
import { type Bytes, decodeLink, toHex } from "@yanshu/wire";
import type { ShownBody } from "../api/core.ts";
import type { ShowContext, ShownRow } from "../feature.ts";
import { placeItem } from "../features/place.ts";
import { cardItem } from "./cards.ts";
import type { ViewContext } from "./context.ts";
import { lineOf } from "./lines.ts";
import { mediaItem } from "./media.ts";
import { decodeFallback } from "./newer.ts";
import type { People } from "./people.ts";
import { readContext } from "./read-context.ts";
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
): ShownBody | undefined {
  if (row.kind === "recalled")
    return { kind: "system", line: { kind: "recalled", who: people.ref(toHex(row.author)) } };
  if (row.kind === "system") {
    const line = lineOf(context, people, row.conversation, row.body);
    return line && { kind: "system", line };
  }
  if (row.kind === "newer") return newerOf(row.body);
  const said = decoded ?? decodeBody(row.body);
  const show = said === undefined ? undefined : context.features.shows.get(said.kind);
  if (show !== undefined && said !== undefined)
    return show(showContext(context, people, row), said) as ShownBody | undefined;
  switch (said?.kind) {
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
    case "record":
      return { kind: "record", ...recordHead(said) };
    default:
      return { kind: "newer" };
  }
}

function showContext(context: ViewContext, people: People, row: ShownRow): ShowContext {
  return {
    ...readContext(context),
    row,
    people,
    marks: (kind) => readMarks(context.database, row.conversation, row.author, row.id, kind),
  };
}

function newerOf(stored: Bytes): ShownBody {
  const fallback = decodeFallback(stored);
  return { kind: "newer", ...(fallback === "" ? {} : { fallback }) };
}

/** A card whose link cannot be read is as good as too new. */
function cardOf({ name, link }: BodyOf<"groupCard">): ShownBody {
  const read = decodeLink(link);
  return read?.kind === "group"
    ? { kind: "group-card", name: name || read.link.name, link, expiresMs: read.link.expiresMs }
    : { kind: "newer" };
}
