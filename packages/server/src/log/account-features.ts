/** Calls features inside commits that delete or change an account, and once a day (docs/spec/rooms.md RO13). */
import type { SyncPrimitives } from "../core/ports.ts";
import { allFeatures, type Log } from "./feature-tables.ts";
import type { AccountRef } from "./log.ts";

export type AccountFeatures = {
  /** The account is deleted: each feature deletes what it keeps of it beyond owned rows, before those go. */
  readonly erase: (account: AccountRef, today: number) => void;
  /**
   * The account's root key was replaced: features drop what was set under the former one (DS103).
   */
  readonly rootChanged: (account: AccountRef) => void;
  /** Once a day: what each feature does to delete what has expired. */
  readonly expiring: (today: number) => readonly (() => void)[];
  /** Names of tables that are due to be remade today (`CoreLog.remake`). */
  readonly daily: () => readonly string[];
};

export function accountFeatures(log: Pick<Log, "features">, sha256: SyncPrimitives["sha256"]): AccountFeatures {
  const tablesOf = (name: string) => log.features[name as keyof Log["features"]];
  return {
    erase: (account, today) => {
      for (const { name, erase } of allFeatures) erase?.(tablesOf(name), account, { sha256, today });
    },
    rootChanged: (account) => {
      for (const { name, rootChanged } of allFeatures) rootChanged?.(tablesOf(name), account);
    },
    expiring: (today) =>
      allFeatures.flatMap(({ name, expire }) => (expire === undefined ? [] : [() => expire(tablesOf(name), today)])),
    daily: () => allFeatures.flatMap(({ name, daily }) => (daily?.isDue(tablesOf(name)) === true ? daily.names : [])),
  };
}
