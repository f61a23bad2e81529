/**
 * View `chats`: the chat list, pinned ones first, then by newest activity. A few statements for any number of chats,
 * each by an index or over a small table, so that a long history does not slow it down.
 */

import { type Bytes, toHex } from "@yanshu/wire";
import type { ChatRow } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { sqlOf } from "../kinds/kind.ts";
import { listedChats, previewedRows, type ShownKind } from "../values/shown.ts";
import { marksByChat, noMarks } from "./chat-marks.ts";
import type { ViewContext } from "./context.ts";
import { facesOf, type HeadRow, headColumns, memberOrder, mosaicMax, stateOf, titleOf } from "./heads.ts";
import { calledBy, type People, peopleOf } from "./people.ts";
import { type PreviewRow, previewOf } from "./preview.ts";
import { unreadByChat } from "./unread.ts";

type Row = HeadRow & {
  readonly active_ms: number;
  /** These five are null if the chat has no message. */
  readonly position: number | null;
  readonly author: Bytes | null;
  readonly id: Bytes | null;
  readonly shown_kind: ShownKind | null;
  readonly body: Bytes | null;
  /** The group nickname of the author of the newest message, if nicknames are shown. */
  readonly nickname: string | null;
};

const chatsSql = sqlOf(
  (kinds) => `
  SELECT ${headColumns}, c.active_ms, m.position, m.author, m.id, m.kind AS shown_kind, m.body, n.name AS nickname
  FROM conversations AS c
  LEFT JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND ${previewedRows("newest")}
    ORDER BY newest.position DESC LIMIT 1
  )
  LEFT JOIN nicknames AS n ON c.kind IN ${kinds.sql(({ hasNicknames }) => hasNicknames)} AND n.conversation = c.conversation AND n.account = m.author AND NOT EXISTS (
    SELECT 1 FROM chat_marks AS o WHERE o.conversation = c.conversation AND o.mark = 'own-names' AND o.is_on = 1
  )
  WHERE ${listedChats(kinds)}
  ORDER BY EXISTS (
    SELECT 1 FROM chat_marks AS k WHERE k.conversation = c.conversation AND k.mark = 'pinned' AND k.is_on = 1
  ) DESC, c.active_ms DESC, c.conversation`,
);

/** Only of groups without a picture or name: the others do not need members here. */
const membersSql = sqlOf(
  (kinds) => `
  SELECT conversation, account FROM (
    SELECT m.conversation, m.account, row_number() OVER (PARTITION BY m.conversation ORDER BY ${memberOrder}) AS nth
    FROM conversations AS c
    CROSS JOIN members AS m ON m.conversation = c.conversation
    WHERE c.kind IN ${kinds.sql(({ membersChange }) => membersChange)} AND (c.avatar IS NULL OR c.title = '')
  ) WHERE nth <= ${mosaicMax} ORDER BY conversation, nth`,
);

const failedSql = "SELECT DISTINCT conversation FROM messages WHERE state = 'failed'";

const mentionedSql = `
  SELECT c.conversation FROM conversations AS c WHERE EXISTS (
    SELECT 1 FROM messages AS m WHERE m.conversation = c.conversation AND m.position > c.read_order AND m.mention > 0
  )`;

export function readChats(context: ViewContext): readonly ChatRow[] {
  const rows = context.database.all<Row>(chatsSql(context.conversations));
  const members = firstMembers(context);
  const unread = unreadByChat(context);
  const failed = chatsWithFailure(context);
  const marks = marksByChat(context);
  const mentioned = chatsWithMention(context);
  const people = peopleOf(context);
  people.load([...rows.flatMap(accountsIn), ...[...members.values()].flat()]);
  return rows.map((row) => {
    const conversation = toHex(row.conversation);
    const first = members.get(conversation) ?? [];
    return {
      conversation,
      kind: row.kind,
      title: titleOf(context, row, first, people),
      faces: facesOf(context, row, first, people),
      preview: previewOf(
        context,
        calledIn(people, row),
        { id: row.conversation, namesAuthors: context.conversations.of(row.kind).namesAuthors },
        newestOf(row),
      ),
      atMs: row.active_ms,
      unread: unread.get(conversation) ?? 0,
      state: stateOf(row),
      draft: row.draft,
      mentioned: mentioned.has(conversation),
      failed: failed.has(conversation),
      ...(marks.get(conversation) ?? noMarks),
    };
  });
}

function calledIn(people: People, { author, nickname }: Row): People {
  if (author === null || nickname === null) return people;
  return calledBy(people, (account) => (account === toHex(author) ? nickname : ""));
}

function firstMembers(context: ViewContext): ReadonlyMap<Hex, readonly Hex[]> {
  const rows = context.database.all<{ conversation: Bytes; account: Bytes }>(membersSql(context.conversations));
  const byChat = new Map<Hex, Hex[]>();
  for (const { conversation, account } of rows) {
    const key = toHex(conversation);
    const held = byChat.get(key);
    if (held === undefined) byChat.set(key, [toHex(account)]);
    else held.push(toHex(account));
  }
  return byChat;
}

/** Uses the index on failed messages, which are few. */
function chatsWithFailure(context: ViewContext): ReadonlySet<Hex> {
  return new Set(context.database.all<{ conversation: Bytes }>(failedSql).map((row) => toHex(row.conversation)));
}

/** Uses the index on rows that mention this person, which are few. */
function chatsWithMention({ database }: ViewContext): ReadonlySet<Hex> {
  const rows = database.all<{ conversation: Bytes }>(mentionedSql);
  return new Set(rows.map((row) => toHex(row.conversation)));
}

function accountsIn({ peer, author }: Row): readonly Hex[] {
  return [peer, author].filter((account) => account !== null).map(toHex);
}

function newestOf({ position, author, id, shown_kind: kind, body }: Row): PreviewRow | undefined {
  if (position === null || author === null || id === null || kind === null || body === null) return undefined;
  return { position, author, id, kind, body };
}
