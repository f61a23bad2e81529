/**
 * View `contacts`: whom this person knows, the blocked included. By account: each screen sorts by
 * name in its own language.
 */
import { type Bytes, toHex } from "@yanshu/wire";
import type { ContactRow } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { faceOf } from "./faces.ts";
import { nameOf, type Trust } from "./people.ts";

type Row = {
  readonly account: Bytes;
  readonly state: "contact" | "blocked";
  readonly remark: string;
  readonly trust: Trust;
  readonly name: string | null;
  readonly avatar: Bytes | null;
  readonly conversation: Bytes | null;
};

const contactsSql = `
  SELECT k.account, k.state, k.remark, k.trust, p.name, p.avatar, c.conversation
  FROM contacts AS k
  LEFT JOIN people AS p ON p.account = k.account
  LEFT JOIN (SELECT peer, conversation FROM conversations WHERE kind = 'direct') AS c ON c.peer = k.account
  WHERE k.state IN ('contact', 'blocked')
  ORDER BY k.account`;

export function readContacts(context: ViewContext): readonly ContactRow[] {
  return context.database.all<Row>(contactsSql).map((row) => {
    const name = nameOf(row);
    return {
      account: toHex(row.account),
      name,
      ownName: row.name ?? "",
      remark: row.remark,
      face: faceOf(row.account, name, row.avatar),
      trust: row.trust,
      blocked: row.state === "blocked",
      ...(row.conversation === null ? {} : { conversation: toHex(row.conversation) }),
    };
  });
}
