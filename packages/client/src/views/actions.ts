/**
 * What was done with the messages of a page: reactions, edits, and what the person may still do
 * (docs/spec/actions.md). Read for the whole page at once.
 */
import { actionLimits, decodeBody } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { ItemActions, PinView, ReactionView, VersionView } from "../api/actions.ts";
import type { Hex } from "../api.ts";
import { unpack } from "../core/cbor.ts";
import { type PinMark, windows } from "../sync/actions.ts";
import type { ViewContext } from "./context.ts";
import { contentFrom, idFrom } from "./ids.ts";
import { type People, peopleIn, peopleOf } from "./people.ts";

type Row = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly sent_ms: number;
  readonly edited_ms: number;
  readonly kind: string;
};
type MarkRow = { readonly position: number; readonly by: Bytes; readonly key: string; readonly value: Bytes };

export type ActionsOn = (row: Row, mine: boolean) => ItemActions;

const marksSql = `
  SELECT m.position, k.by, k.key, k.value FROM messages AS m
  CROSS JOIN marks AS k ON k.conversation = m.conversation AND k.author = m.author AND k.id = m.id AND k.kind = 'reaction'
  WHERE m.conversation = ? AND m.position BETWEEN ? AND ? ORDER BY m.position, k.stamp_ms, k.by`;
const wordsSql = "SELECT id, words, until_ms FROM recalled_words WHERE conversation = ? AND until_ms > ?";

export function actionsOn(context: ViewContext, people: People, conversation: Bytes, rows: readonly Row[]): ActionsOn {
  const reactions = reactionsOn(context, people, conversation, rows);
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
    const set = reactions.get(row.position);
    return {
      ...(set === undefined ? {} : { reactions: set }),
      ...(row.edited_ms > 0 ? { isEdited: true } : {}),
      ...(mine ? { recallUntilMs: row.sent_ms + windows.recallMs } : {}),
      ...(mine && row.kind === "text" ? { editUntilMs: row.sent_ms + windows.editMs } : {}),
    };
  };
}

/** By position; each emoji where it was first set. */
function reactionsOn(
  context: ViewContext,
  people: People,
  conversation: Bytes,
  rows: readonly Row[],
): ReadonlyMap<number, readonly ReactionView[]> {
  const found = new Map<number, Map<string, Hex[]>>();
  const [first, last] = [rows[0]?.position, rows.at(-1)?.position];
  if (first === undefined || last === undefined) return new Map();
  for (const { position, by, key, value } of context.database.all<MarkRow>(marksSql, conversation, first, last)) {
    if (unpack<boolean>(value) !== true) continue;
    const emojis = found.get(position) ?? new Map<string, Hex[]>();
    emojis.set(key, [...(emojis.get(key) ?? []), toHex(by)]);
    found.set(position, emojis);
  }
  people.load([...found.values()].flatMap((emojis) => [...emojis.values()].flat()));
  return new Map(
    [...found].map(([position, emojis]) => [
      position,
      [...emojis].map(([emoji, accounts]) => {
        const set = accounts.map(people.ref);
        return { emoji, people: set, mine: set.some(({ isMe }) => isMe) };
      }),
    ]),
  );
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

type PinRow = { readonly author: Bytes; readonly id: Bytes; readonly value: Bytes; readonly is_here: number };

const pinsSql = `
  SELECT k.author, k.id, k.value, EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.conversation = k.conversation AND m.author = k.author AND m.id = k.id AND m.kind <> 'deleted'
  ) AS is_here
  FROM marks AS k WHERE k.conversation = ? AND k.kind = 'pin' ORDER BY k.stamp_ms DESC, k.id`;

export function readPins(context: ViewContext, conversation: Hex): readonly PinView[] {
  const id = idFrom(conversation);
  if (id === undefined) return [];
  const people = peopleIn(context, peopleOf(context), id);
  return context.database
    .all<PinRow>(pinsSql, id)
    .map((row) => ({ row, pin: unpack<PinMark>(row.value) }))
    .filter(({ pin }) => pin.on)
    .slice(0, actionLimits.pinsMax)
    .map(({ row, pin }) => ({
      author: toHex(row.author),
      id: toHex(row.id),
      from: people.ref(toHex(row.author)),
      by: people.ref(toHex(pin.by)),
      atMs: pin.atMs,
      of: pin.of,
      words: pin.words,
      isHere: row.is_here === 1,
    }));
}
