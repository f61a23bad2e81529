/**
 * View `contacts`: the person's contacts, including blocked ones. In the order of account ids: each screen sorts by
 * name in its own language.
 */

import { type Bytes, toHex } from "@yanshu/wire";
import type { ContactRow } from "../api/core.ts";
import { sqlOf } from "../kinds/kind.ts";
import { faceOf } from "../values/faces.ts";
import type { ViewContext } from "./context.ts";
import { nameOf, peopleOf, type Trust } from "./people.ts";
import { sourceOf } from "./source.ts";

type Row = {
  readonly account: Bytes;
  readonly state: "contact" | "blocked";
  readonly remark: string;
  readonly trust: Trust;
  readonly phone: string;
  readonly description: string;
  readonly is_starred: number;
  readonly tags: string;
  readonly source: string;
  readonly name: string | null;
  readonly avatar: Bytes | null;
  readonly is_passed_on: number;
  readonly conversation: Bytes | null;
};

const contactsSql = sqlOf(
  (kinds) => `
  SELECT k.account, k.state, k.remark, k.trust, k.phone, k.description, k.is_starred, k.tags, k.source, p.name, p.avatar, p.passing IS NOT NULL AS is_passed_on, c.conversation
  FROM contacts AS k
  LEFT JOIN people AS p ON p.account = k.account
  LEFT JOIN (SELECT peer, conversation FROM conversations WHERE kind IN ${kinds.sql(({ hasPeer }) => hasPeer)}) AS c ON c.peer = k.account
  WHERE k.state IN ('contact', 'blocked')
  ORDER BY k.account`,
);

export function readContacts(context: ViewContext): readonly ContactRow[] {
  const people = peopleOf(context);
  return context.database.all<Row>(contactsSql(context.conversations)).map((row) => {
    const name = nameOf(row);
    const source = sourceOf(context, people, row.source);
    return {
      account: toHex(row.account),
      name,
      ownName: row.name ?? "",
      remark: row.remark,
      phone: row.phone,
      description: row.description,
      isStarred: row.is_starred === 1,
      tags: JSON.parse(row.tags) as readonly string[],
      ...(source === undefined ? {} : { source }),
      face: faceOf(row.account, name, row.avatar),
      trust: row.trust,
      blocked: row.state === "blocked",
      isPassedOn: row.is_passed_on === 1,
      ...(row.conversation === null ? {} : { conversation: toHex(row.conversation) }),
    };
  });
}
