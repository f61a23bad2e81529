/** View `status`: the own account, the state of the network, and the counts beside tabs. */

import { type Bytes, toHex, type UnixMs } from "@yanshu/wire";
import type { Me, StatusView } from "../api/core.ts";
import type { CameBack } from "../api/recovery.ts";
import { unpack } from "../cbor.ts";
import { requestsMax } from "../group-state/pending-welcomes.ts";
import { offeredIn } from "../identity/offered-reserve.ts";
import { readReserve } from "../identity/other-home.ts";
import { sqlOf } from "../kinds/kind.ts";
import type { ViewContext } from "./context.ts";
import { movedFrom } from "./homes.ts";
import { peopleOf } from "./people.ts";
import { readContext } from "./read-context.ts";
import { unreadSum } from "./unread.ts";

/** After this long without an answer of home the person is asked whether to move to the second home (HM63). */
const goneMs = 3_600_000;

const countsSql = sqlOf(
  (kinds) => `
  SELECT
    (SELECT count(*) FROM conversations WHERE state = 'request-in' AND (kind IN ${kinds.sql(({ opens }) => opens === "by-members")} OR peer IS NOT NULL)) AS requests,
    (SELECT count(*) FROM outbox WHERE shown = 1) AS unsent,
    EXISTS (SELECT 1 FROM meta WHERE key = 'card-confirmed') AS card_confirmed,
    EXISTS (SELECT 1 FROM meta WHERE key = 'mending') AS is_mending,
    (SELECT value FROM meta WHERE key = 'came-back') AS came_back,
    (SELECT value FROM meta WHERE key = 'home-away') AS home_away,
    (SELECT value FROM meta WHERE key = 'reserve-offered') AS offered,
    (SELECT value FROM meta WHERE key = 'home-moves') AS home_moves,
    (SELECT value FROM meta WHERE key = 'home-strange') AS home_strange`,
);

export function readStatus(context: ViewContext): StatusView {
  const counts = context.database.get<{
    requests: number;
    unsent: number;
    card_confirmed: number;
    is_mending: number;
    came_back: Bytes | null;
    home_away: Bytes | null;
    offered: Bytes | null;
    home_moves: Bytes | null;
    home_strange: Bytes | null;
  }>(countsSql(context.conversations));
  const me = meOf(context);
  const { asked } = context.family;
  return {
    phase: context.phase,
    network: context.network,
    ...(me === undefined ? {} : { me }),
    server: context.server,
    persistent: context.persistent,
    isMending: counts?.is_mending === 1,
    cardConfirmed: counts?.card_confirmed === 1,
    unread: unreadSum(context),
    requests: counts?.requests ?? 0,
    areRequestsFull: (counts?.requests ?? 0) >= requestsMax,
    unsent: counts?.unsent ?? 0,
    ...(counts?.came_back == null ? {} : { cameBack: unpack<CameBack>(counts.came_back) }),
    ...goneOf(context, counts?.home_away ?? undefined, counts?.home_strange ?? undefined),
    ...offerOf(context, counts?.offered ?? undefined, counts?.home_moves ?? undefined),
    ...(asked === undefined ? {} : { familyAsk: { dueAtMs: asked.dueAtMs } }),
  };
}

/**
 * @param away the packed moment since which home has not answered.
 * @param strange the packed name of a home at which another server answers.
 */
function goneOf(
  { database, network, server, reachesOthers }: ViewContext,
  away: Bytes | undefined,
  strange: Bytes | undefined,
): Pick<StatusView, "homeGone"> {
  if (strange !== undefined && network !== "online" && unpack<string>(strange) === server) {
    const reserve = readReserve(database);
    // Nobody is led to a reserve whose name is in other hands as well (HM116).
    const there = reserve?.fault === "strange" ? undefined : reserve?.server;
    return { homeGone: { ...(there === undefined ? {} : { reserve: there }), fromMs: 0, isStrange: true } };
  }
  const moved = network === "online" ? movedFrom(database, server) : undefined;
  if (moved !== undefined) return { homeGone: { reserve: moved, fromMs: 0, isMoved: true } };
  if (away === undefined || network === "online") return {};
  const reserve = readReserve(database);
  const fromMs = unpack<UnixMs>(away) + goneMs;
  if (reserve?.fault === "home") return { homeGone: { reserve: reserve.server, fromMs } };
  // It was not looked at yet; or nothing is to be done here (HM45).
  if (!reachesOthers || (reserve !== undefined && reserve.fault === undefined)) return {};
  return { homeGone: { fromMs } };
}

/**
 * What the operator offers an account that is at home here: where home goes (HM118); else a reserve, where it has none
 * and was not asked yet (HM117).
 */
function offerOf(
  { database, server, own, reachesOthers }: ViewContext,
  stored: Bytes | undefined,
  moves: Bytes | undefined,
): Pick<StatusView, "reserveOffer" | "homeMoves"> {
  if (own === undefined || !reachesOthers || movedFrom(database, server) !== undefined) return {};
  const next = offeredIn(moves, server);
  if (next !== undefined) return { homeMoves: { server: next.server, link: next.link } };
  const offered = offeredIn(stored, server);
  if (offered === undefined || offered.isAnswered || readReserve(database) !== undefined) return {};
  return { reserveOffer: { server: offered.server, link: offered.link } };
}

/** The own account, with fields that features add. */
function meOf(context: ViewContext): Me | undefined {
  if (context.own === undefined) return undefined;
  const { account, device } = context.own;
  const { name, face } = peopleOf(context).get(toHex(account));
  const read = readContext(context);
  const more = context.features.features.map(({ me }) => me?.(read, account));
  return Object.assign({ account: toHex(account), device: toHex(device), name, face }, ...more) as Me;
}
