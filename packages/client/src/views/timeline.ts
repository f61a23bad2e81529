/**
 * View `timeline`: the newest items of one conversation, oldest first (docs/spec/sync.md SY13).
 * Order is that in which this device took them in, so nothing moves after it was shown.
 */
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { Hex, TimelineItem, TimelineView } from "../api.ts";
import { bodyOf } from "./bodies.ts";
import type { ViewContext } from "./context.ts";
import { idFrom } from "./ids.ts";
import { type People, peopleOf } from "./people.ts";
import { type ShownKind, shownKinds } from "./shown.ts";

type Row = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly at_ms: number;
  readonly kind: ShownKind;
  readonly body: Bytes;
  readonly state: TimelineItem["state"];
};

const newestSql = `
  SELECT position, author, id, at_ms, kind, body, state FROM messages
  WHERE conversation = ? AND kind IN ${shownKinds}
  ORDER BY position DESC LIMIT ?`;

const nothing: TimelineView = { items: [], hasOlder: false };

export function readTimeline(context: ViewContext, conversation: Hex, limit: number): TimelineView {
  const id = idFrom(conversation);
  if (id === undefined || !Number.isSafeInteger(limit) || limit < 1) return nothing;
  // One more than asked for tells whether there is an older page.
  const newestFirst = context.database.all<Row>(newestSql, id, limit + 1);
  const rows = newestFirst.slice(0, limit).reverse();
  const people = peopleOf(context);
  people.load(rows.map(({ author }) => toHex(author)));
  const firstUnread = context.firstUnread.get(conversation);
  return {
    items: rows.map((row) => itemOf(context, people, id, row)).filter((item) => item !== undefined),
    hasOlder: newestFirst.length > limit,
    ...(firstUnread === undefined ? {} : { firstUnread }),
  };
}

function itemOf(context: ViewContext, people: People, conversation: Bytes, row: Row): TimelineItem | undefined {
  const body = bodyOf(context, people, { conversation, kind: row.kind, body: row.body });
  if (body === undefined) return undefined;
  const { account, name, isMe, face } = people.get(toHex(row.author));
  const mine = context.own !== undefined && row.kind !== "system" && equalBytes(row.author, context.own.account);
  return {
    id: toHex(row.id),
    order: row.position,
    atMs: row.at_ms,
    from: { account, name, isMe, face },
    mine,
    state: mine ? row.state : "sent",
    body,
  };
}
