/**
 * View `greetings`: requests that were answered with yes, by either side, and own ones that wait. What was declined is not told
 * (docs/spec/web.md WE41).
 */

import { decodeBody } from "@yanshu/content";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { GreetingRow } from "../api/core.ts";
import { sqlOf } from "../kinds/kind.ts";
import type { ViewContext } from "./context.ts";
import { peopleOf } from "./people.ts";

const rowsMax = 50;

type Row = {
  readonly conversation: Bytes;
  readonly peer: Bytes;
  readonly state: "open" | "request-out";
  readonly author: Bytes;
  readonly body: Bytes;
  readonly at_ms: number;
};

const greetingsSql = sqlOf(
  (kinds) => `
  SELECT c.conversation, c.peer, c.state, m.author, m.body, m.at_ms
  FROM conversations AS c
  JOIN messages AS m ON m.position = (
    SELECT newest.position FROM messages AS newest
    WHERE newest.conversation = c.conversation AND newest.kind = 'greeting' ORDER BY newest.position DESC LIMIT 1
  )
  WHERE c.kind IN ${kinds.sql(({ opens }) => opens === "by-peer")} AND c.state IN ('open', 'request-out') AND c.peer IS NOT NULL
  ORDER BY m.at_ms DESC, c.conversation LIMIT ${rowsMax}`,
);

export function readGreetings(context: ViewContext): readonly GreetingRow[] {
  const { own } = context;
  if (own === undefined) return [];
  const rows = context.database.all<Row>(greetingsSql(context.conversations));
  const people = peopleOf(context);
  people.load(rows.map(({ peer }) => toHex(peer)));
  return rows.map((row) => {
    const { account, name, face } = people.get(toHex(row.peer));
    const body = decodeBody(row.body);
    return {
      conversation: toHex(row.conversation),
      account,
      name,
      face,
      greeting: body?.kind === "greeting" ? body.text : "",
      atMs: row.at_ms,
      standing: row.state === "open" ? "accepted" : "waiting",
      mine: equalBytes(row.author, own.account),
    };
  });
}
