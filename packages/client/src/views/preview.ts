/** Preview: the newest message of a conversation, for one line of the chat list (docs/spec/sync.md SY15). */
import { decodeBody, summaryOf } from "@yanshu/content";
import { type Bytes, plain, toHex } from "@yanshu/wire";
import type { Preview } from "../api/core.ts";
import { firstGraphemes } from "../values/faces.ts";
import { previewedRows, type ShownKind } from "../values/shown.ts";
import { bodyOf } from "./bodies.ts";
import type { ViewContext } from "./context.ts";
import type { People } from "./people.ts";

export type PreviewRow = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly kind: ShownKind;
  readonly body: Bytes;
};

/** The most graphemes: no screen's line holds more, and a long message need not be passed whole. */
const previewGraphemesMax = 120;

const olderSql = `
  SELECT position, author, id, kind, body FROM messages AS older
  WHERE conversation = ? AND position < ? AND ${previewedRows("older")}
  ORDER BY position DESC LIMIT 1`;

/** `newest` is the newest shown row, read by the caller for all conversations at once. */
export function previewOf(
  context: ViewContext,
  people: People,
  conversation: { readonly id: Bytes; readonly namesAuthors: boolean },
  newest: PreviewRow | undefined,
): Preview {
  let row = newest;
  while (row !== undefined) {
    const shown = { mine: true, ...row, conversation: conversation.id };
    const said = row.kind === "system" ? undefined : decodeBody(row.body);
    const body = bodyOf(context, people, shown, said);
    if (body?.kind === "system") return body;
    const words = body?.kind === "newer" ? body.fallback : said && summaryOf(said);
    if (body !== undefined && words !== undefined) {
      const { name, isMe } = people.ref(toHex(row.author));
      const kind = body.kind === "newer" ? "text" : body.kind;
      return {
        kind,
        text: oneLine(words),
        mine: isMe,
        ...(conversation.namesAuthors && !isMe ? { from: name } : {}),
        ...("listed" in body && body.listed !== undefined && { listed: body.listed }),
      };
    }
    if (body !== undefined) return { kind: "none" };
    // A line without content any more: rare, so the older ones are read one by one.
    row = context.database.get<PreviewRow>(olderSql, conversation.id, row.position);
  }
  return { kind: "none" };
}

/** Cuts between graphemes, never inside one. */
function oneLine(text: string): string {
  const line = plain(text).replace(/\s+/gu, " ").trim();
  if (line.length <= previewGraphemesMax) return line;
  const kept = firstGraphemes(line, previewGraphemesMax).join("");
  return kept.length === line.length ? kept : `${kept}…`;
}
