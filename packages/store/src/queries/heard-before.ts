/** The highest `seq` that lost own devices received from others (docs/spec/sync.md SY40), until the vault is read. */
import type { AccountId, ConversationId, DeviceId } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { deleteMeta, readMeta, writeMeta } from "./meta.ts";

export type HeardBefore = {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly highest: number | null;
  readonly first: number | null;
};

type HeardOf = Pick<HeardBefore, "conversation" | "device" | "account"> & { readonly seq: number };

/** Notes that this device restored its account, and has no other device that could have received messages since. */
export function awaitHeardBefore(db: Database): void {
  writeMeta(db, "heard-before", new Uint8Array([1]));
}

export function awaitsHeardBefore(db: Database): boolean {
  return readMeta(db, "heard-before") !== undefined;
}

/** Stores a number from a vault segment. Segments are read in any order, so the highest wins. */
export function raiseHeardBefore(db: Database, { conversation, device, account, seq }: HeardOf): void {
  db.run(
    `INSERT INTO heard_before (conversation, device, account, highest) VALUES (?, ?, ?, ?)
     ON CONFLICT (conversation, device) DO UPDATE SET highest = max(coalesce(highest, 0), excluded.highest)`,
    conversation,
    device,
    account,
    seq,
  );
}

/** Notes the first message that this device received from another. */
export function noteFirstHeard(db: Database, { conversation, device, account, seq }: HeardOf): void {
  if (!awaitsHeardBefore(db)) return;
  db.run(
    `INSERT INTO heard_before (conversation, device, account, first) VALUES (?, ?, ?, ?)
     ON CONFLICT (conversation, device) DO UPDATE SET first = coalesce(first, excluded.first)`,
    conversation,
    device,
    account,
    seq,
  );
}

/** Returns and deletes all rows. */
export function takeHeardBefore(db: Database): readonly HeardBefore[] {
  const rows = db.all<HeardBefore>("SELECT conversation, device, account, highest, first FROM heard_before");
  db.run("DELETE FROM heard_before");
  deleteMeta(db, "heard-before");
  return rows;
}
