/** What features do inside a commit that changes an account (docs/spec/rooms.md RO13). */
import type { SyncPrimitives } from "../core/ports.ts";
import { allFeatures, type Log } from "./feature-tables.ts";
import type { AccountRef } from "./log.ts";

export type AccountFeatures = {
  /** The account goes: what a feature keeps of it goes by its own rules, before its rows do. */
  readonly erase: (account: AccountRef, today: number) => void;
  /**
   * Another root key took the place of the account's: what features keep under the former one counts no more (DS103).
   */
  readonly rootChanged: (account: AccountRef) => void;
  /** Once a day: what is past is forgotten. */
  readonly expire: (today: number) => void;
  /** Tables that are to be made anew today. */
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
    expire: (today) => {
      for (const { name, expire } of allFeatures) expire?.(tablesOf(name), today);
    },
    daily: () => allFeatures.flatMap(({ name, daily }) => (daily?.isDue(tablesOf(name)) === true ? daily.names : [])),
  };
}
