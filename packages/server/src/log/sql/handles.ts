/** The handles' part of the log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import { type HandleLog, LogConflictError } from "../log.ts";
import type { Prepare } from "./prepared.ts";

export function handleLog(prepare: Prepare): HandleLog {
  const find = prepare(
    "SELECT account, record, CASE WHEN freed_day IS NULL THEN 1 ELSE 0 END FROM handles WHERE tag = ?",
  );
  const put = prepare(`
    INSERT INTO handles (tag, account, record) VALUES (?, ?, ?) ON CONFLICT (tag) DO UPDATE
    SET record = excluded.record, freed_day = NULL WHERE handles.account = excluded.account`);
  const free = prepare(`
    UPDATE handles SET record = NULL, freed_day = ?3 WHERE account = ?1 AND freed_day IS NULL AND tag IS DISTINCT FROM ?2`);
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
    putHandle: (tag, account, record) => {
      if (put.run(tag, account, record ?? null) === 0) throw new LogConflictError("another account took the handle");
    },
    freeHandles: (account, kept, today) => free.put(account, kept ?? null, today),
    countHandles: (account) => count.get<[number]>(account)?.[0] ?? 0,
    dropHandlesOf: (account) => dropOf.all<[Bytes]>(account).map(([tag]) => tag),
    restHandle: (tag, today) => rest.put(tag, today),
    dropHandles: (day) => drop.put(day),
  };
}
