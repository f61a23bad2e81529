/**
 * View `chats`: the list, newest activity first. A handful of statements whatever their number,
 * each by an index or over a small table, so that it stays cheap beside a long history.
 */
import { type Bytes, toHex } from "@yanshu/wire";
import type { ChatRow, Hex } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { facesOf, type HeadRow, headColumns, memberOrder, mosaicMax, stateOf, titleOf } from "./heads.ts";
import { peopleOf } from "./people.ts";
import { type PreviewRow, previewOf } from "./preview.ts";
import { listedChats, type ShownKind, shownKinds } from "./shown.ts";
import { unreadByChat } from "./unread.ts";

type Row = HeadRow & {
  readonly active_ms: number;
  /** These four are null where nothing was said yet. */
  readonly position: number | null;
  readonly author: Bytes | null;
  readonly shown_kind: ShownKind | null;
  readonly body: Bytes | null;
};

const chatsSql = `
  SELECT ${headColumns}, c.active_ms, m.position, m.author, m.kind AS shown_kind, m.body
  FROM conversations AS c
  LEFT JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND newest.kind IN ${shownKinds}
    ORDER BY newest.position DESC LIMIT 1
  )
  WHERE ${listedChats}
  ORDER BY c.active_ms DESC, c.conversation`;

/** Only of groups that have no picture or no name of their own: the others need nobody's. */
const membersSql = `
  SELECT conversation, account FROM (
    SELECT m.conversation, m.account, row_number() OVER (PARTITION BY m.conversation ORDER BY ${memberOrder}) AS nth
    FROM conversations AS c
    CROSS JOIN members AS m ON m.conversation = c.conversation
    WHERE c.kind = 'group' AND (c.avatar IS NULL OR c.title = '')
  ) WHERE nth <= ${mosaicMax} ORDER BY conversation, nth`;

/** What waits in the outbox is little, so the failed among it are found from there. */
const failedSql = `
  SELECT DISTINCT o.conversation FROM outbox AS o
  LEFT JOIN messages AS m ON m.conversation = o.conversation AND m.author = ? AND m.id = o.id
  WHERE o.shown = 1 AND (m.state = 'failed' OR o.held <> 'waiting-tap')`;

export function readChats(context: ViewContext): readonly ChatRow[] {
  const rows = context.database.all<Row>(chatsSql);
  const members = firstMembers(context);
  const unread = unreadByChat(context);
  const failed = chatsWithFailure(context);
  const people = peopleOf(context);
  people.load([...rows.flatMap(accountsIn), ...[...members.values()].flat()]);
  return rows.map((row) => {
    const conversation = toHex(row.conversation);
    const first = members.get(conversation) ?? [];
    return {
      conversation,
      kind: row.kind,
      title: titleOf(row, first, people),
      faces: facesOf(row, first, people),
      preview: previewOf(context, people, { id: row.conversation, isGroup: row.kind === "group" }, newestOf(row)),
      atMs: row.active_ms,
      unread: unread.get(conversation) ?? 0,
      state: stateOf(row),
      draft: row.draft,
      failed: failed.has(conversation),
    };
  });
}

function firstMembers(context: ViewContext): ReadonlyMap<Hex, readonly Hex[]> {
  const rows = context.database.all<{ conversation: Bytes; account: Bytes }>(membersSql);
  const byChat = new Map<Hex, Hex[]>();
  for (const { conversation, account } of rows) {
    const key = toHex(conversation);
    const held = byChat.get(key);
    if (held === undefined) byChat.set(key, [toHex(account)]);
    else held.push(toHex(account));
  }
  return byChat;
}

function chatsWithFailure(context: ViewContext): ReadonlySet<Hex> {
  const own = context.own?.account ?? new Uint8Array();
  return new Set(context.database.all<{ conversation: Bytes }>(failedSql, own).map((row) => toHex(row.conversation)));
}

function accountsIn({ peer, author }: Row): readonly Hex[] {
  return [peer, author].filter((account) => account !== null).map(toHex);
}

function newestOf({ position, author, shown_kind: kind, body }: Row): PreviewRow | undefined {
  if (position === null || author === null || kind === null || body === null) return undefined;
  return { position, author, kind, body };
}
