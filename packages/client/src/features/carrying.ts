/**
 * Carrying out: all that a person has here, as plain values, page by page, so that whoever writes it down never holds more
 * than a page (docs/spec/keeping.md KP7). Files are read by `readFile`.
 */

import { toHex } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { ExportHead } from "../api/keeping.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { readContacts } from "../views/contacts.ts";
import type { ViewContext } from "../views/context.ts";
import { headsOf } from "../views/heads.ts";
import { peopleOf } from "../views/people.ts";
import { readTimeline } from "../views/timeline.ts";

const pageMax = 500;

export function carryingApi(engine: Engine, context: () => ViewContext): Pick<CoreApi, "exportHead" | "exportPage"> {
  return {
    async exportHead(): Promise<ExportHead> {
      const { account, server } = ownOf(engine);
      const here = context();
      const people = peopleOf(here);
      const ids = engine.db
        .all<{ conversation: Uint8Array }>(
          `SELECT conversation FROM conversations AS c
           WHERE EXISTS (SELECT 1 FROM messages AS m WHERE m.conversation = c.conversation AND m.kind <> 'deleted')
           ORDER BY active_ms DESC`,
        )
        .map(({ conversation }) => conversation);
      const heads = headsOf(here, people, ids);
      return {
        account: toHex(account),
        server,
        name: people.get(toHex(account)).name,
        contacts: readContacts(here).map(({ account: of, name, ownName, remark, phone, description, tags }) => ({
          account: of,
          name,
          ownName,
          remark,
          phone,
          description,
          tags,
        })),
        chats: [...heads].map(([conversation, { kind, title }]) => ({ conversation, kind, title })),
      };
    },
    exportPage: async (conversation: Hex, from: number, limit: number) =>
      readTimeline(context(), conversation, Math.min(pageMax, limit), { from }),
  };
}
