/**
 * View `often`: the chats of two in which this account wrote most among this device's newest messages, then the latest
 * used ones. A fixed number of messages is read, so the cost does not grow over years.
 */

import { type Bytes, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import { sqlOf } from "../kinds/kind.ts";
import type { ViewContext } from "./context.ts";

const messagesLookedAt = 3_000;
const shownMax = 12;

const oftenSql = sqlOf(
  (kinds) => `
  WITH recent AS (
    SELECT conversation, author, position FROM messages WHERE kind <> 'system'
    ORDER BY position DESC LIMIT ${messagesLookedAt}
  )
  SELECT c.conversation FROM conversations AS c
  LEFT JOIN recent AS r ON r.conversation = c.conversation
  WHERE c.kind IN ${kinds.sql(({ hasPeer }) => hasPeer)} AND c.state = 'open'
  GROUP BY c.conversation
  ORDER BY SUM(r.author = ?) DESC NULLS LAST, MAX(r.position) DESC NULLS LAST, c.conversation
  LIMIT ${shownMax}`,
);

export function readOften({ database, conversations, own }: ViewContext): readonly Hex[] {
  if (own === undefined) return [];
  return database
    .all<{ conversation: Bytes }>(oftenSql(conversations), own.account)
    .map(({ conversation }) => toHex(conversation));
}
