/**
 * Standing in: a device whose database was lost, and whose old identity is not restored yet (docs/spec/store.md ST42).
 */
import { deleteMeta, hasUnread, readMeta } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";

/** Whether the restore is not finished: this device opens no messages yet. */
export function isStandingIn({ db }: Engine): boolean {
  const mending = readMeta(db, "mending");
  return mending !== undefined && mending.length > 0;
}

/**
 * Refuses work that the restore would undo.
 *
 * @throws ClientError "offline" while the restore runs: the device has no connection with its identity yet.
 */
export function mustBeItself(engine: Engine): void {
  if (isStandingIn(engine)) throw new ClientError("offline");
}

/** Ends the restore once people, chats and history are back. Inside no transaction. */
export function endRestoring(engine: Engine): void {
  const { db } = engine;
  if (readMeta(db, "mending") === undefined || readMeta(db, "kept-record") !== undefined || hasUnread(db)) return;
  db.transaction(() => deleteMeta(db, "mending"));
  engine.changed("status");
}
