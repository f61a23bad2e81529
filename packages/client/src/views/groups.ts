/**
 * View `groups`: every group of this account, including those hidden from the chat list, with the names of the members,
 * so that search finds a group by a member (docs/spec/search.md SE6).
 */

import { type Bytes, toHex } from "@yanshu/wire";
import type { GroupRow } from "../api/groups.ts";
import type { Hex } from "../api/hex.ts";
import { sqlOf } from "../kinds/kind.ts";
import type { ViewContext } from "./context.ts";
import { facesOf, type HeadRow, headColumns, memberOrder, titleOf } from "./heads.ts";
import { peopleIn, peopleOf } from "./people.ts";

const groupsSql = sqlOf(
  (kinds) => `
  SELECT ${headColumns} FROM conversations AS c WHERE c.kind IN ${kinds.sql(({ membersChange }) => membersChange)} AND c.state IN ('forming', 'open')
  ORDER BY c.conversation`,
);
const membersSql = sqlOf(
  (kinds) => `
  SELECT m.conversation, m.account FROM conversations AS c
  CROSS JOIN members AS m ON m.conversation = c.conversation
  WHERE c.kind IN ${kinds.sql(({ membersChange }) => membersChange)} AND c.state IN ('forming', 'open')
  ORDER BY m.conversation, ${memberOrder}`,
);

export function readGroups(context: ViewContext): readonly GroupRow[] {
  const members = new Map<Hex, Hex[]>();
  for (const { conversation, account } of context.database.all<{ conversation: Bytes; account: Bytes }>(
    membersSql(context.conversations),
  )) {
    const key = toHex(conversation);
    const held = members.get(key);
    if (held === undefined) members.set(key, [toHex(account)]);
    else held.push(toHex(account));
  }
  const people = peopleOf(context);
  people.load([...members.values()].flat());
  return context.database.all<HeadRow>(groupsSql(context.conversations)).map((row) => {
    const conversation = toHex(row.conversation);
    const accounts = members.get(conversation) ?? [];
    const here = peopleIn(context, people, row.conversation);
    here.load(accounts);
    return {
      conversation,
      title: titleOf(context, row, accounts, people),
      faces: facesOf(context, row, accounts, people),
      members: accounts.map(here.ref).flatMap(({ isMe, name }) => (isMe || name === "" ? [] : [name])),
    };
  });
}
