/**
 * Whereabouts: whether an account is at this home, by its device list and its home record (docs/spec/homes.md). Nearly
 * every account is here only, and has no row in the homes' table: then its list is not read.
 */
import { type Homes, homesOf, openHomeRecord, standing } from "@yanshu/wire";
import { dayOf } from "../core/rate.ts";
import type { Whereabouts } from "../feature.ts";
import type { AccountRow } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { heldList } from "./held-lists.ts";

/** Days for which a home that a device's record does not name first still gives out key packages (HM38). */
const daysAfter = 3;

/** @param row of an account that exists here. */
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
