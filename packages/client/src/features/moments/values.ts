/** Small values of Moments that have one form. */
import { momentLimits } from "@yanshu/content";
import { type AccountId, type Bytes, concat, equalBytes, idBytes, toHex } from "@yanshu/wire";
import type { Hex } from "../../feature.ts";

export const dayMs = 86_400_000;
/** What changed is what is said on posts alone (MO127). */
export const saidTopic = "moments-said";
/** Ways, and logs, that count of one friend: the newest (MO31). */
export const keysOfOne = { ways: 4, logs: 16 } as const;

export function dayOf(ms: number): number {
  return Math.floor(ms / dayMs);
}

/** Whether less than `ms` went by since then; not by a clock that was put back meanwhile (MO87). */
export function isWithin(ms: number, sinceMs: number, nowMs: number): boolean {
  return nowMs >= sinceMs && nowMs - sinceMs < ms;
}

/** Whole weeks since 1970-01-01. */
export function weekOf(ms: number): number {
  return Math.floor(dayOf(ms) / 7);
}

/** Accounts as a column holds them: one behind the other, in order. */
export function joined(accounts: Iterable<Bytes>): Bytes {
  const byHex = new Map([...accounts].map((account): [Hex, Bytes] => [toHex(account), account]));
  return concat(...[...byHex].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account));
}

export function accountsIn(bytes: Bytes): readonly AccountId[] {
  return Array.from(
    { length: Math.floor(bytes.length / idBytes.account) },
    (_, at) => bytes.subarray(at * idBytes.account, (at + 1) * idBytes.account) as AccountId,
  );
}

export function isIn(accounts: Bytes, account: AccountId): boolean {
  return accountsIn(accounts).some((one) => equalBytes(one, account));
}

/** Pieces of `size` bytes. */
export function pieces(bytes: Bytes, size: number): readonly Bytes[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

/** @param size absent: as many as an item for own devices holds. */
export function inParts<T>(items: readonly T[], size: number = momentLimits.handedMax): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
