/**
 * View `person`: any known account, such as a member of a common group, whether a contact or not (docs/spec/web.md
 * WE38).
 */

import { type Bytes, toHex } from "@yanshu/wire";
import type { PersonView } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { idFrom } from "../ids.ts";
import { sqlOf } from "../kinds/kind.ts";
import type { ViewContext } from "./context.ts";
import { headsOf } from "./heads.ts";
import { type Person, peopleOf } from "./people.ts";

const commonSql = sqlOf(
  (kinds) => `
  SELECT c.conversation FROM members AS m
  JOIN conversations AS c ON c.conversation = m.conversation AND c.kind IN ${kinds.sql(({ membersChange }) => membersChange)} AND c.state IN ('forming', 'open')
  WHERE m.account = ? ORDER BY c.active_ms DESC, c.conversation`,
);

const directSql = sqlOf(
  (kinds) => `
  SELECT conversation, state FROM conversations
  WHERE kind IN ${kinds.sql(({ opens }) => opens === "by-peer")} AND peer = ? AND state IN ('request-in', 'request-out')`,
);

export function readPerson(context: ViewContext, account: Hex): PersonView | undefined {
  const id = idFrom(account);
  if (id === undefined) return undefined;
  const people = peopleOf(context);
  const person = people.get(account);
  const groups = context.database
    .all<{ conversation: Bytes }>(commonSql(context.conversations), id)
    .map(({ conversation }) => conversation);
  const direct = context.database.get<{ conversation: Bytes; state: "request-in" | "request-out" }>(
    directSql(context.conversations),
    id,
  );
  if (person.name === "" && groups.length === 0 && direct === undefined) return undefined;
  const heads = headsOf(context, people, groups);
  const standing = standingOf(person, direct?.state);
  const isWaiting = direct !== undefined && (standing === "requested" || standing === "asks");
  return {
    account,
    name: person.name,
    isMe: person.isMe,
    face: person.face,
    standing,
    ...(isWaiting ? { conversation: toHex(direct.conversation) } : {}),
    groups: groups.map((group) => ({ conversation: toHex(group), title: heads.get(toHex(group))?.title ?? "" })),
  };
}

function standingOf(person: Person, direct: "request-in" | "request-out" | undefined): PersonView["standing"] {
  if (person.isMe) return "me";
  if (person.state === "contact" || person.state === "blocked") return person.state;
  if (direct === "request-out") return "requested";
  return direct === "request-in" ? "asks" : "new";
}
