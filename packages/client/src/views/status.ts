/**
 * View `status`: who lives here, how the network is, and the figures that stand beside tabs.
 */
import { toHex } from "@yanshu/wire";
import type { Me, StatusView } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { peopleOf } from "./people.ts";
import { unreadByChat } from "./unread.ts";

const countsSql = `
  SELECT
    (SELECT count(*) FROM conversations WHERE kind = 'direct' AND state = 'request-in' AND peer IS NOT NULL) AS requests,
    (SELECT count(*) FROM outbox WHERE shown = 1) AS unsent,
    EXISTS (SELECT 1 FROM meta WHERE key = 'card-confirmed') AS card_confirmed`;

export function readStatus(context: ViewContext): StatusView {
  const counts = context.database.get<{ requests: number; unsent: number; card_confirmed: number }>(countsSql);
  const me = meOf(context);
  let unread = 0;
  for (const count of unreadByChat(context).values()) unread += count;
  return {
    phase: context.phase,
    network: context.network,
    ...(me === undefined ? {} : { me }),
    server: context.server,
    persistent: context.persistent,
    cardConfirmed: counts?.card_confirmed === 1,
    unread,
    requests: counts?.requests ?? 0,
    unsent: counts?.unsent ?? 0,
  };
}

function meOf(context: ViewContext): Me | undefined {
  if (context.own === undefined) return undefined;
  const { account, name, face } = peopleOf(context).get(toHex(context.own.account));
  return { account, device: toHex(context.own.device), name, face };
}
