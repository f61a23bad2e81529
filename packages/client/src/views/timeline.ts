/**
 * View `timeline`: items of one conversation, oldest first: the newest, or those around a position (docs/spec/sync.md
 * SY13). They are in the order in which this device stored them, so no item moves after it was shown.
 */
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { TimelineItem, TimelineStretch, TimelineView, Unreached } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { idFrom } from "../ids.ts";
import { type ShownKind, shownKinds } from "../values/shown.ts";
import { type Beside, besideOf } from "./beside.ts";
import { bodyOf } from "./bodies.ts";
import type { ViewContext } from "./context.ts";
import { type People, peopleIn, peopleOf } from "./people.ts";

type Row = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly at_ms: number;
  readonly sent_ms: number;
  readonly edited_ms: number;
  readonly kind: ShownKind;
  readonly body: Bytes;
  readonly state: TimelineItem["state"];
  readonly handed_by: Bytes | null;
};

const newestSql = `
  SELECT position, author, id, at_ms, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sent_ms, edited_ms, kind, body, state, handed_by
  FROM messages
  WHERE conversation = ? AND kind IN ${shownKinds}
  ORDER BY position DESC LIMIT ?`;

const olderSql = newestSql.replace("WHERE", "WHERE position < ? AND");
const newerSql = newestSql.replace("WHERE", "WHERE position >= ? AND").replace("DESC", "ASC");

/** From the time at which it was written until home has a message. */
const onItsWayMs = 10_000;
/** By which answers of home differ in how long they take. */
const jitterMs = 1_000;

const nothing: TimelineView = { items: [], hasOlder: false, hasNewer: false };

export function readTimeline(
  context: ViewContext,
  conversation: Hex,
  limit: number,
  place: number | TimelineStretch | undefined,
): TimelineView {
  const id = idFrom(conversation);
  if (id === undefined || !Number.isSafeInteger(limit) || limit < 1) return nothing;
  const { rows, hasOlder, hasNewer } = pageAt(context, id, limit, place);
  const people = peopleIn(context, peopleOf(context), id);
  people.load(rows.flatMap(({ author, handed_by: by }) => [toHex(author), ...(by === null ? [] : [toHex(by)])]));
  const firstUnread = context.firstUnread.get(conversation);
  const beside = besideOf(context, people, id, rows);
  const unreached = context.unreached?.(conversation) ?? [];
  return {
    items: rows.map((row) => itemOf(context, people, id, row, beside, unreached)).filter((item) => item !== undefined),
    hasOlder,
    hasNewer,
    ...(firstUnread === undefined ? {} : { firstUnread }),
  };
}

type Page = { readonly rows: readonly Row[]; readonly hasOlder: boolean; readonly hasNewer: boolean };

function pageAt(context: ViewContext, id: Bytes, limit: number, place: number | TimelineStretch | undefined): Page {
  if (place === undefined) return newestRows(context, id, limit);
  if (typeof place === "number") return rowsAround(context, id, Math.ceil(limit / 2), Math.ceil(limit / 2), place);
  return "before" in place
    ? rowsAround(context, id, limit, 0, place.before)
    : rowsAround(context, id, 0, limit, place.from);
}

/** Reads one row more than asked for, to learn whether there are more. */
function newestRows({ database }: ViewContext, id: Bytes, limit: number): Page {
  const newestFirst = database.all<Row>(newestSql, id, limit + 1);
  return { rows: newestFirst.slice(0, limit).reverse(), hasOlder: newestFirst.length > limit, hasNewer: false };
}

function rowsAround({ database }: ViewContext, id: Bytes, older: number, newer: number, at: number): Page {
  const before = database.all<Row>(olderSql, at, id, older + 1);
  const from = database.all<Row>(newerSql, at, id, newer + 1);
  return {
    rows: [...before.slice(0, older).reverse(), ...from.slice(0, newer)],
    hasOlder: before.length > older,
    hasNewer: from.length > newer,
  };
}

function itemOf(
  context: ViewContext,
  people: People,
  conversation: Bytes,
  row: Row,
  beside: Beside,
  unreached: readonly Unreached[],
): TimelineItem | undefined {
  const mine = context.own !== undefined && row.kind !== "system" && equalBytes(row.author, context.own.account);
  const body = bodyOf(context, people, { ...row, conversation, mine });
  if (body === undefined) return undefined;
  const { account, name, isMe, face } = people.get(toHex(row.author));
  return {
    id: toHex(row.id),
    order: row.position,
    atMs: row.at_ms,
    from: { account, name, isMe, face },
    mine,
    state: mine ? row.state : "sent",
    ...waitsFor(context, row, mine, unreached),
    ...(row.handed_by === null ? {} : { handedBy: people.ref(toHex(row.handed_by)) }),
    body,
    ...beside(row, mine),
  };
}

/** Where home holds it back, since something waits there from before home had it (PE66). */
function waitsFor(
  { acceptedMs }: ViewContext,
  { id, at_ms: atMs, state }: Row,
  mine: boolean,
  unreached: readonly Unreached[],
): Pick<TimelineItem, "waitsFor"> {
  if (!mine || state !== "sent" || unreached.length === 0) return {};
  const accepted = acceptedMs?.get(toHex(id));
  // Of what this run did not send it is known when it was written.
  const latestMs = accepted === undefined ? atMs + onItsWayMs : accepted + jitterMs;
  const servers = unreached.flatMap(({ server, waitsSinceMs }) =>
    waitsSinceMs !== undefined && waitsSinceMs <= latestMs ? [server] : [],
  );
  return servers.length === 0 ? {} : { waitsFor: servers };
}
