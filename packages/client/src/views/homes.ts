/**
 * View `homes`: where this device is signed in, the account's other homes, and how complete the copy at its second home
 * is.
 */

import { countUnvaulted, type Database, readMeta } from "@yanshu/store";
import { openHomeRecord } from "@yanshu/wire";
import type { HomesView } from "../api/homes.ts";
import { type OfferKey, offeredIn } from "../identity/offered-reserve.ts";
import {
  type AskedToLeave,
  isReserveByRemoved,
  markOf,
  type OtherHome,
  readLeaving,
  readOtherHome,
  readReserve,
} from "../identity/other-home.ts";
import type { ViewContext } from "./context.ts";

export function readHomesView({ database, server, reachesOthers, before, meeting }: ViewContext): HomesView {
  const homes = homesIn(database);
  const moved = movedFrom(database, server);
  const other = readReserve(database);
  const looked = meeting?.();
  const namedBy = (key: OfferKey) => {
    const named = reachesOthers ? offeredIn(readMeta(database, key), server) : undefined;
    return named && { server: named.server, link: named.link };
  };
  const [offered, next] = [namedBy("reserve-offered"), moved === undefined ? namedBy("home-moves") : undefined];
  return {
    home: server,
    others: homes.filter((home) => home !== server),
    ...(moved === undefined ? {} : { moved }),
    ...(before === undefined
      ? {}
      : { before: { ...before, ...leavingIn(readOtherHome(database, before.server)?.leaving) } }),
    ...leavingIn(readLeaving(database)),
    ...(looked === undefined ? {} : { meeting: looked }),
    ...(next === undefined ? {} : { next }),
    ...(other === undefined
      ? next === undefined && offered && { offered }
      : { reserve: { ...shown(database, other), ...(reachesOthers ? {} : { isOutOfReach: true as const }) } }),
  };
}

function homesIn(database: Database): readonly string[] {
  const record = readMeta(database, "home-record");
  return (record && openHomeRecord(record))?.body.homes ?? [];
}

/** Where another device went, by the record that this one was told (HM70). */
export function movedFrom(database: Database, server: string): string | undefined {
  const [first] = homesIn(database);
  return first === server ? undefined : first;
}

function shown(database: Database, { server, done, of, mark, wholeMs, fault, leaving }: OtherHome) {
  return {
    server,
    done,
    of,
    isWhole: fault === undefined && mark === markOf(database) && countUnvaulted(database) === 0,
    ...(wholeMs === undefined ? {} : { wholeMs }),
    ...(fault === undefined ? {} : { fault }),
    ...(isReserveByRemoved(database) ? { isByRemoved: true as const } : {}),
    ...leavingIn(leaving),
  };
}

function leavingIn(leaving: AskedToLeave | undefined) {
  return leaving === undefined ? {} : { leavingMs: leaving.dueMs };
}
