/**
 * What was done with the messages of a page: reactions, edits, and what the person may still do
 * (docs/spec/actions.md). Read for the whole page at once.
 */
import { decodeBody } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { ItemActions, VersionView } from "../api/actions.ts";
import type { Hex } from "../api/hex.ts";
import { contentFrom, idFrom } from "../ids.ts";
import { windows } from "../messages/changes.ts";
import type { ViewContext } from "./context.ts";
import type { People } from "./people.ts";
import { readContext } from "./read-context.ts";

type Row = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly sent_ms: number;
  readonly edited_ms: number;
  readonly kind: string;
};
export type ActionsOn = (row: Row, mine: boolean) => ItemActions;

const wordsSql = "SELECT id, words, until_ms FROM recalled_words WHERE conversation = ? AND until_ms > ?";

export function actionsOn(context: ViewContext, people: People, conversation: Bytes, rows: readonly Row[]): ActionsOn {
  const page = {
    ...readContext(context),
    conversation,
    people,
    first: rows[0]?.position,
    last: rows.at(-1)?.position,
  };
  const beside = context.features.features.flatMap(({ beside: read }) => (read === undefined ? [] : [read(page)]));
  const again = new Map(
    context.database
      .all<{ id: Bytes; words: string; until_ms: number }>(wordsSql, conversation, context.nowMs)
      .map(({ id, words, until_ms }) => [toHex(id), { words, untilMs: until_ms }]),
  );
  return (row, mine) => {
    if (row.kind === "recalled") {
      const words = mine ? again.get(toHex(row.id)) : undefined;
      return words === undefined ? {} : { again: words };
    }
    const shown = { ...row, mine };
    return {
      ...Object.assign({}, ...beside.map((read) => read(shown))),
      ...(row.edited_ms > 0 ? { isEdited: true } : {}),
      ...(mine ? { recallUntilMs: row.sent_ms + windows.recallMs } : {}),
      ...(mine && row.kind === "text" ? { editUntilMs: row.sent_ms + windows.editMs } : {}),
    };
  };
}

const versionsSql =
  "SELECT stamp_ms, body FROM edits WHERE conversation = ? AND author = ? AND id = ? ORDER BY stamp_ms";

export function readHistory(context: ViewContext, conversation: Hex, author: Hex, id: Hex): readonly VersionView[] {
  const [chat, by, message] = [idFrom(conversation), idFrom(author), contentFrom(id)];
  if (chat === undefined || by === undefined || message === undefined) return [];
  return context.database.all<{ stamp_ms: number; body: Bytes }>(versionsSql, chat, by, message).flatMap((version) => {
    const body = decodeBody(version.body);
    return body?.kind === "text" ? [{ atMs: Math.min(version.stamp_ms, context.nowMs), text: body.text }] : [];
  });
}
