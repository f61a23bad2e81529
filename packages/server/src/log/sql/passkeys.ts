/** The passkeys' part of the log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { PasskeyLog } from "../log.ts";
import type { Prepare } from "./prepared.ts";

export function passkeyLog(prepare: Prepare): PasskeyLog {
  const find = prepare("SELECT account, wrap FROM passkeys WHERE tag = ?");
  const has = prepare("SELECT 1 FROM passkeys WHERE account = ?");
  const put = prepare(`
    INSERT INTO passkeys (account, tag, wrap) VALUES (?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET tag = excluded.tag, wrap = excluded.wrap`);
  const drop = prepare("DELETE FROM passkeys WHERE account = ?");
  return {
    passkey: (tag) => {
      const row = find.get<[number, Bytes]>(tag);
      return row === undefined ? undefined : { account: row[0], wrap: row[1] };
    },
    hasPasskey: (account) => has.get(account) !== undefined,
    putPasskey: (account, tag, wrap) => put.put(account, tag, wrap),
    dropPasskey: (account) => drop.put(account),
  };
}
