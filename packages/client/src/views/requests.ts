/**
 * View `requests`: who wrote first and waits for an answer, the newest on top.
 */
import { decodeBody } from "@yanshu/content";
import { type Bytes, toHex } from "@yanshu/wire";
import type { RequestRow } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { peopleOf } from "./people.ts";

type Row = {
  readonly conversation: Bytes;
  readonly peer: Bytes;
  readonly active_ms: number;
  readonly greeting: Bytes | null;
  readonly at_ms: number | null;
};

/** Who asks twice is shown once, with their newest greeting. */
const requestsSql = `
  SELECT c.conversation, c.peer, c.active_ms, m.body AS greeting, m.at_ms
  FROM conversations AS c
  LEFT JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND newest.author = c.peer AND newest.kind = 'greeting'
    ORDER BY newest.position DESC LIMIT 1
  )
  WHERE c.kind = 'direct' AND c.state = 'request-in' AND c.peer IS NOT NULL
  ORDER BY coalesce(m.at_ms, c.active_ms) DESC, c.conversation`;

export function readRequests(context: ViewContext): readonly RequestRow[] {
  const rows = context.database.all<Row>(requestsSql);
  const people = peopleOf(context);
  people.load(rows.map(({ peer }) => toHex(peer)));
  return rows.map((row) => {
    const { account, name, face } = people.get(toHex(row.peer));
    const body = row.greeting === null ? undefined : decodeBody(row.greeting);
    const greeting = body?.kind === "greeting" ? body.text : "";
    return {
      conversation: toHex(row.conversation),
      account,
      name,
      face,
      greeting,
      atMs: row.at_ms ?? row.active_ms,
    };
  });
}
