/** The vaults' part of the log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { VaultLog, VaultRow } from "../log.ts";
import { type Prepare, toChange } from "./prepared.ts";

const unused: VaultRow = { isOn: true, start: 0, next: 0, bytes: 0 };

/** @param appendSql the statement that adds a segment, where a database has more to say of its row. */
export function vaultLog(
  prepare: Prepare,
  appendSql = "INSERT INTO segments (account, at, body) VALUES (?1, ?2, ?3)",
): VaultLog {
  const read = prepare(`SELECT is_on, start, next, bytes FROM vaults WHERE account = ? ${toChange}`);
  const put = prepare(`
    INSERT INTO vaults (account, is_on, start, next, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE
    SET is_on = excluded.is_on, start = excluded.start, next = excluded.next, bytes = excluded.bytes`);
  const passed = prepare("SELECT at, length(body) FROM segments WHERE account = ? AND at < ? ORDER BY at LIMIT ?");
  const dropPassed = prepare("DELETE FROM segments WHERE account = ? AND at <= ?");
  const withPassed = prepare(`
    SELECT account FROM vaults WHERE EXISTS
      (SELECT 1 FROM segments WHERE segments.account = vaults.account AND segments.at < vaults.start)`);
  const readRecord = prepare("SELECT body FROM records WHERE account = ?");
  const putRecord = prepare(
    "INSERT INTO records (account, body) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET body = excluded.body",
  );
  const dropRecord = prepare("DELETE FROM records WHERE account = ?");
  const append = prepare(appendSql);
  const find = prepare(`SELECT body FROM segments WHERE account = ? AND at = ? ${toChange}`);
  const rewrite = prepare("UPDATE segments SET body = ? WHERE account = ? AND at = ?");
  const lengths = prepare(
    "SELECT length(body) FROM segments WHERE account = ? AND at < ? AND at >= ? ORDER BY at DESC LIMIT ?",
  );
  const page = prepare("SELECT at, body FROM segments WHERE account = ? AND at < ? ORDER BY at DESC LIMIT ?");

  function vault(account: number): VaultRow {
    const row = read.get<[number, number, number, number]>(account);
    return row === undefined ? unused : { isOn: row[0] === 1, start: row[1], next: row[2], bytes: row[3] };
  }

  return {
    vault,
    setVault: (account, isOn) => {
      const { next } = vault(account);
      dropRecord.put(account);
      put.put(account, Number(isOn), next, next, 0);
    },
    appendSegment: (account, segment) => {
      const { isOn, start, next, bytes } = vault(account);
      append.put(account, next, segment);
      put.put(account, Number(isOn), start, next + 1, bytes + segment.length);
    },
    dropPassed: (account, most) => {
      let [count, bytes, last] = [0, 0, -1];
      for (const [at, length] of passed.all<[number, number]>(account, vault(account).start, most.count)) {
        bytes += length;
        if (count > 0 && bytes > most.bytes) break;
        count++;
        last = at;
      }
      if (count > 0) dropPassed.put(account, last);
      return count;
    },
    withPassed: () => withPassed.all<[number]>().map(([account]) => account),
    record: (account) => readRecord.get<[Bytes]>(account)?.[0],
    putRecord: (account, record) => {
      putRecord.put(account, record);
    },
    segment: (account, at) => (at < vault(account).start ? undefined : find.get<[Bytes]>(account, at)?.[0]),
    putSegment: (account, at, segment) => {
      const { isOn, start, next, bytes } = vault(account);
      const was = find.get<[Bytes]>(account, at)?.[0].length ?? 0;
      rewrite.put(segment, account, at);
      put.put(account, Number(isOn), start, next, bytes + segment.length - was);
    },
    segments: (account, before, most) => {
      let [count, bytes] = [0, 0];
      const { start } = vault(account);
      for (const [length] of lengths.all<[number]>(account, before, start, most.count)) {
        bytes += length;
        if (count > 0 && bytes > most.bytes) break;
        count++;
      }
      // As many as are there from the place `start` on.
      return page.all<[number, Bytes]>(account, before, count).map(([at, segment]) => ({ at, segment }));
    },
  };
}
