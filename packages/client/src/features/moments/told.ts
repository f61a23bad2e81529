/**
 * What friends told this account of their ways and logs, as own devices tell it one another: to one that comes later
 * (docs/spec/moments.md MO15), and to one that is in no chat with that friend yet (MO82).
 */
import { momentLimits, type SyncItem } from "@yanshu/content";
import { type MomentLogRow, type MomentWayRow, readMomentLogs, readMomentWays } from "@yanshu/store";
import { type AccountId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { homeNamedBy } from "./named-home.ts";
import { pieces } from "./values.ts";

export type ToldItem = Extract<SyncItem, { readonly kind: "momentTold" }>;

export function toldItems({ db, own }: FeatureContext): readonly ToldItem[] {
  const accountOf = ({ account }: { readonly account: AccountId }) => toHex(account);
  const logs = Map.groupBy(readMomentLogs(db), accountOf);
  // What own devices put, they read of themselves.
  const ways = Map.groupBy(readMomentWays(db), accountOf);
  ways.delete(toHex(own()));
  return Array.from(ways, ([hex, some]) => toldItem(db, fromHex(hex) as AccountId, some, logs.get(hex) ?? []));
}

function toldItem(
  db: FeatureContext["db"],
  account: AccountId,
  ways: readonly MomentWayRow[],
  logs: readonly MomentLogRow[],
): ToldItem {
  const home = homeNamedBy(db, account);
  return {
    kind: "momentTold",
    account,
    ways: ways
      .slice(-momentLimits.waysMax)
      .map(({ way, generation, next }) => ({ way, generation, next: Math.min(next, momentLimits.placeMax) })),
    logs: logs
      .slice(-momentLimits.waysMax)
      .map(({ key, heads }) => ({ key, heads: pieces(heads, 16).slice(-momentLimits.headsAhead) })),
    ...(home !== undefined && { home }),
  };
}

/**
 * A friend told this account something new: an own device that is in no chat with them yet, and so does not hear it, is
 * told (MO82). One that was linked already has what was told before. Inside a transaction.
 */
export function tellOutside(context: FeatureContext, account: AccountId): void {
  const { db, devices, rooms, directs } = context;
  const inside = rooms.devicesIn(directs.with(account));
  if (devices().every((one) => inside.some((other) => equalBytes(one, other)))) return;
  const isTheirs = (row: { readonly account: AccountId }) => equalBytes(row.account, account);
  context.tellOwnDevices([
    toldItem(db, account, readMomentWays(db).filter(isTheirs), readMomentLogs(db).filter(isTheirs)),
  ]);
}
