/**
 * View `requests`: who wrote first and waits for an answer, and groups that strangers made one a member of; the
 * newest on top.
 */

import { decodeBody } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { RequestRow } from "../api/core.ts";
import { sqlOf } from "../kinds/kind.ts";
import { faceOf } from "../values/faces.ts";
import type { ViewContext } from "./context.ts";
import { headsOf, memberOrder } from "./heads.ts";
import { peopleOf } from "./people.ts";
import { sourceOf } from "./source.ts";

type Row = {
  readonly conversation: Bytes;
  readonly kind: string;
  readonly peer: Bytes;
  readonly active_ms: number;
  readonly greeting: Bytes | null;
  readonly at_ms: number | null;
  readonly source: string | null;
};

/** Who asks twice is shown once, with their newest greeting. */
const requestsSql = sqlOf(
  (kinds) => `
  SELECT c.conversation, c.kind, c.peer, c.active_ms, m.body AS greeting, m.at_ms, k.source
  FROM conversations AS c
  LEFT JOIN contacts AS k ON k.account = c.peer
  LEFT JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND newest.author = c.peer AND newest.kind = 'greeting'
    ORDER BY newest.position DESC LIMIT 1
  )
  WHERE c.kind IN ${kinds.sql(({ opens }) => opens === "by-peer")} AND c.state = 'request-in' AND c.peer IS NOT NULL
  ORDER BY coalesce(m.at_ms, c.active_ms) DESC, c.conversation`,
);

const groupsSql = sqlOf(
  (kinds) => `
  SELECT conversation, active_ms FROM conversations
  WHERE kind IN ${kinds.sql(({ opens }) => opens === "by-members")} AND state = 'request-in' ORDER BY active_ms DESC, conversation`,
);
const membersSql = `SELECT m.account FROM members AS m WHERE m.conversation = ? ORDER BY ${memberOrder} LIMIT 12`;

export function readRequests(context: ViewContext): readonly RequestRow[] {
  return [...directRequests(context), ...groupRequests(context)].toSorted((a, b) => b.atMs - a.atMs);
}

function directRequests(context: ViewContext): readonly RequestRow[] {
  const rows = context.database.all<Row>(requestsSql(context.conversations));
  const people = peopleOf(context);
  people.load(rows.map(({ peer }) => toHex(peer)));
  return rows.map((row): RequestRow => {
    const { account, name, face } = people.get(toHex(row.peer));
    const body = row.greeting === null ? undefined : decodeBody(row.greeting);
    const source = sourceOf(context, people, row.source ?? "");
    return {
      kind: row.kind,
      asks: "person",
      conversation: toHex(row.conversation),
      account,
      name,
      face,
      faces: [face],
      members: [],
      greeting: body?.kind === "greeting" ? body.text : "",
      atMs: row.at_ms ?? row.active_ms,
      ...(source === undefined ? {} : { source }),
    };
  });
}

function groupRequests(context: ViewContext): readonly RequestRow[] {
  const rows = context.database.all<{ conversation: Bytes; active_ms: number }>(groupsSql(context.conversations));
  const people = peopleOf(context);
  const heads = headsOf(
    context,
    people,
    rows.map(({ conversation }) => conversation),
  );
  return rows.flatMap(({ conversation, active_ms }): readonly RequestRow[] => {
    const head = heads.get(toHex(conversation));
    if (head === undefined) return [];
    const members = context.database.all<{ account: Bytes }>(membersSql, conversation);
    return [
      {
        kind: head.kind,
        asks: "members",
        conversation: toHex(conversation),
        account: toHex(conversation),
        name: head.title,
        face: head.faces[0] ?? faceOf(conversation, head.title, null),
        faces: head.faces,
        greeting: "",
        members: members
          .map(({ account }) => people.ref(toHex(account)))
          .flatMap(({ isMe, name }) => (isMe || name === "" ? [] : [name])),
        atMs: active_ms,
      },
    ];
  });
}
