/** Standing in: a device whose database was lost is not itself again yet (docs/spec/store.md ST42). */
import { deleteMeta, hasUnread, readMeta } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";

/** Whether this device still stands in for what it was: it opens nothing of what comes. */
export function isStandingIn({ db }: Engine): boolean {
  const mending = readMeta(db, "mending");
  return mending !== undefined && mending.length > 0;
}

/**
 * What is begun before this device is itself again would be forgotten with who it was.
 *
 * @throws ClientError while it stands in: it has no connection yet as who it will be.
 */
export function mustBeItself(engine: Engine): void {
  if (isStandingIn(engine)) throw new ClientError("offline");
}

/** Once people, chats and history are back. Inside no transaction. */
export function endRestoring(engine: Engine): void {
  const { db } = engine;
  if (readMeta(db, "mending") === undefined || readMeta(db, "kept-record") !== undefined || hasUnread(db)) return;
  db.transaction(() => deleteMeta(db, "mending"));
  engine.changed("status");
}
