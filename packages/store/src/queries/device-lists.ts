/** Device lists (ID4): inceptions and the entries that were accepted after them. */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type StoredList = {
  readonly inception: Bytes;
  /** In order of n. */
  readonly current: readonly Bytes[];
  /** Entries that others replaced: their devices are stale, not unknown. */
  readonly overridden: readonly Bytes[];
  /** While the list is frozen: the rival entries, in order of n. */
  readonly rival: readonly Bytes[];
  readonly frozenAt: number | undefined;
  /** Hash over the list as it was when its signatures were verified. */
  readonly verified: Bytes | undefined;
};

/** Value of column `current` for rival entries; 1 is for current entries, 0 for replaced ones. */
const rivalMark = 2;

/** Notes that a list was verified in its present state; writing the list again resets this. */
export function markVerified(db: Database, account: AccountId, verified: Bytes): void {
  db.run("UPDATE accounts SET verified = ? WHERE account = ?", verified, account);
}

export function readStoredList(db: Database, account: AccountId): StoredList | undefined {
  const row = db.get<{ inception: Bytes; frozen_at: number | null; verified: Bytes | null }>(
    "SELECT inception, frozen_at, verified FROM accounts WHERE account = ?",
    account,
  );
  if (row === undefined) return undefined;
  const entries = db.all<{ bytes: Bytes; current: number }>(
    "SELECT bytes, current FROM account_entries WHERE account = ? ORDER BY n, bytes",
    account,
  );
  return {
    inception: row.inception,
    current: entries.filter((entry) => entry.current === 1).map((entry) => entry.bytes),
    overridden: entries.filter((entry) => entry.current === 0).map((entry) => entry.bytes),
    rival: entries.filter((entry) => entry.current === rivalMark).map((entry) => entry.bytes),
    frozenAt: row.frozen_at ?? undefined,
    verified: row.verified ?? undefined,
  };
}

export function readListedAccounts(db: Database): readonly AccountId[] {
  return db.all<{ account: AccountId }>("SELECT account FROM accounts").map((row) => row.account);
}

export function writeStoredList(
  db: Database,
  account: AccountId,
  list: Pick<StoredList, "inception" | "frozenAt" | "rival"> & { readonly entries: readonly Bytes[] },
): void {
  db.run(
    "INSERT INTO accounts (account, inception, frozen_at) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE SET frozen_at = excluded.frozen_at, verified = NULL",
    account,
    list.inception,
    list.frozenAt ?? null,
  );
  // A losing rival was never accepted, so its devices must not count as listed before.
  db.run("DELETE FROM account_entries WHERE account = ? AND current = ?", account, rivalMark);
  db.run("UPDATE account_entries SET current = 0 WHERE account = ?", account);
  const put = (bytes: Bytes, n: number, current: number) =>
    db.run(
      "INSERT INTO account_entries (account, n, bytes, current) VALUES (?, ?, ?, ?) ON CONFLICT (account, n, bytes) DO UPDATE SET current = excluded.current",
      account,
      n,
      bytes,
      current,
    );
  for (const [n, bytes] of list.entries.entries()) put(bytes, n, 1);
  for (const [i, bytes] of list.rival.entries()) put(bytes, (list.frozenAt ?? 0) + i, rivalMark);
}
