/** The handles' part of the SQLite log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { HandleLog } from "../log.ts";
import type { Prepare } from "./prepared.ts";

export function handleLog(prepare: Prepare): HandleLog {
  const find = prepare("SELECT account, record, freed_day IS NULL FROM handles WHERE tag = ?");
  const put = prepare("INSERT OR REPLACE INTO handles (tag, account, record) VALUES (?, ?, ?)");
  const free = prepare(`
    UPDATE handles SET record = NULL, freed_day = ?3 WHERE account = ?1 AND freed_day IS NULL AND tag IS NOT ?2`);
  const count = prepare("SELECT count(*) FROM handles WHERE account = ?");
  const dropOf = prepare("DELETE FROM handles WHERE account = ? RETURNING tag");
  const rest = prepare("INSERT INTO handles (tag, account, freed_day) VALUES (?, 0, ?) ON CONFLICT DO NOTHING");
  const drop = prepare("DELETE FROM handles WHERE freed_day < ?");
  return {
    handle: (tag) => {
      const row = find.get<[number, Bytes | null, number]>(tag);
      return row === undefined
        ? undefined
        : { tag, account: row[0], record: row[1] ?? undefined, isHeld: row[2] === 1 };
    },
    putHandle: (tag, account, record) => put.run(tag, account, record ?? null),
    freeHandles: (account, kept, today) => free.run(account, kept ?? null, today),
    countHandles: (account) => count.get<[number]>(account)?.[0] ?? 0,
    dropHandlesOf: (account) => dropOf.all<[Bytes]>(account).map(([tag]) => tag),
    restHandle: (tag, today) => rest.run(tag, today),
    dropHandles: (day) => drop.run(day),
  };
}
