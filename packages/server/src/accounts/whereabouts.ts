/**
 * Whereabouts: whether an account is at this home, as its list and its home record say (docs/spec/homes.md). Nearly
 * every account is here and nowhere else, and has no row: nothing of its list is read for it then.
 */
import { type Homes, homesOf, openHomeRecord, standing } from "@yanshu/wire";
import { dayOf } from "../core/rate.ts";
import type { Whereabouts } from "../feature.ts";
import type { AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { heldList } from "./held-lists.ts";

/** For so many days a home that a device's record does not name first goes on giving packages out (HM38). */
const daysAfter = 3;

/** @param row of an account that is there. */
export function whereabouts(context: AccountsContext, row: AccountRow): Whereabouts {
  const kept = context.homes.of(row.ref);
  if (kept === undefined) return { isArriving: false, hasMoved: false, isElsewhereToo: false, record: undefined };
  const { domain } = context.config;
  const list = heldList(context, row);
  const record = standing(list, kept.record && openHomeRecord(kept.record));
  const at: Homes = homesOf(list, record);
  const since = record === undefined ? 0 : dayOf(context.clock.nowMs()) - (kept.recordDay ?? 0);
  const isStillAnswering = record !== undefined && since <= daysAfter;
  return {
    isArriving: kept.arrivingDay !== undefined,
    hasMoved: at.homes[0] !== domain && at.homes.length > 0 && !isStillAnswering,
    isElsewhereToo: at.homes.some((home) => home !== domain),
    record,
  };
}
