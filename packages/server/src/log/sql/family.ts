/** The family's part of the log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { FamilyLog, FamilyRequest, FamilyRow } from "../log.ts";
import { type Prepare, toChange } from "./prepared.ts";

type Columns = [
  account: number,
  wrap: Bytes,
  request: Bytes | null,
  state: FamilyRequest["state"] | null,
  dueMs: number | null,
];

export function familyLog(prepare: Prepare): FamilyLog {
  const columns = "SELECT account, wrap, request, state, due_ms FROM families";
  const byTag = prepare(`${columns} WHERE tag = ? ${toChange}`);
  const of = prepare(`${columns} WHERE account = ? ${toChange}`);
  const put = prepare(`
    INSERT INTO families (account, tag, wrap) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE
    SET tag = excluded.tag, wrap = excluded.wrap, request = NULL, state = NULL, due_ms = NULL`);
  const drop = prepare("DELETE FROM families WHERE account = ?");
  const ask = prepare("UPDATE families SET request = ?, state = ?, due_ms = ? WHERE account = ?");
  const forget = prepare("UPDATE families SET request = NULL, state = NULL, due_ms = NULL WHERE due_ms < ?");
  return {
    familyOf: (tag) => row(byTag.get<Columns>(tag)),
    family: (account) => row(of.get<Columns>(account)),
    putFamily: (account, tag, wrap) => put.put(account, tag, wrap),
    dropFamily: (account) => drop.put(account),
    putFamilyRequest: (account, { id, state, dueMs }) => ask.put(id, state, dueMs, account),
    dropFamilyRequests: (dueBeforeMs) => forget.put(dueBeforeMs),
  };
}

function row(columns: Columns | undefined): FamilyRow | undefined {
  if (columns === undefined) return undefined;
  const [account, wrap, id, state, dueMs] = columns;
  const isAsked = id !== null && state !== null && dueMs !== null;
  return { account, wrap, request: isAsked ? { id, state, dueMs } : undefined };
}
