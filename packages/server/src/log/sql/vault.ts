/** The vaults' part of the log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { VaultLog, VaultRow } from "../log.ts";
import { type Prepare, toChange } from "./prepared.ts";

const unused: VaultRow = { isOn: true, start: 0, next: 0, bytes: 0 };

export function vaultLog(prepare: Prepare): VaultLog {
  const read = prepare(`SELECT is_on, start, next, bytes FROM vaults WHERE account = ? ${toChange}`);
  const put = prepare(`
    INSERT INTO vaults (account, is_on, start, next, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE
    SET is_on = excluded.is_on, start = excluded.start, next = excluded.next, bytes = excluded.bytes`);
  const empty = prepare("DELETE FROM segments WHERE account = ?");
  const readRecord = prepare("SELECT body FROM records WHERE account = ?");
  const putRecord = prepare(
    "INSERT INTO records (account, body) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET body = excluded.body",
  );
  const dropRecord = prepare("DELETE FROM records WHERE account = ?");
  const append = prepare("INSERT INTO segments (account, at, body) VALUES (?, ?, ?)");
  const find = prepare(`SELECT body FROM segments WHERE account = ? AND at = ? ${toChange}`);
  const rewrite = prepare("UPDATE segments SET body = ? WHERE account = ? AND at = ?");
  const lengths = prepare("SELECT length(body) FROM segments WHERE account = ? AND at < ? ORDER BY at DESC LIMIT ?");
  const page = prepare("SELECT at, body FROM segments WHERE account = ? AND at < ? ORDER BY at DESC LIMIT ?");

  function vault(account: number): VaultRow {
    const row = read.get<[number, number, number, number]>(account);
    return row === undefined ? unused : { isOn: row[0] === 1, start: row[1], next: row[2], bytes: row[3] };
  }

  return {
    vault,
    setVault: (account, isOn) => {
      const { next } = vault(account);
      empty.put(account);
      dropRecord.put(account);
      put.put(account, Number(isOn), next, next, 0);
    },
    appendSegment: (account, segment) => {
      const { isOn, start, next, bytes } = vault(account);
      append.put(account, next, segment);
      put.put(account, Number(isOn), start, next + 1, bytes + segment.length);
    },
    record: (account) => readRecord.get<[Bytes]>(account)?.[0],
    putRecord: (account, record) => {
      putRecord.put(account, record);
    },
    segment: (account, at) => find.get<[Bytes]>(account, at)?.[0],
    putSegment: (account, at, segment) => {
      const { isOn, start, next, bytes } = vault(account);
      const was = find.get<[Bytes]>(account, at)?.[0].length ?? 0;
      rewrite.put(segment, account, at);
      put.put(account, Number(isOn), start, next, bytes + segment.length - was);
    },
    segments: (account, before, most) => {
      let [count, bytes] = [0, 0];
      for (const [length] of lengths.all<[number]>(account, before, most.count)) {
        bytes += length;
        if (count > 0 && bytes > most.bytes) break;
        count++;
      }
      return page.all<[number, Bytes]>(account, before, count).map(([at, segment]) => ({ at, segment }));
    },
  };
}
