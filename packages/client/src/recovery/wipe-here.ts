/**
 * Wipes this device (docs/spec/keeping.md KP2) when its person says so, here or on another own device; never when home
 * does. Nothing of the account, its people and files stays; the program goes on without an account.
 */
import { readBlobRefs, readMeta, wipe } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import { type Engine, forgetLive } from "../core/engine.ts";

export async function wipeHere(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  engine.link.rest();
  await engine.deviceBackup.clear(); // Before the database: otherwise the backup would restore it.
  await engine.turn.take(async () => {
    for (const handle of readBlobRefs(db)) await ports.media?.files.remove(toHex(handle));
    forgetLive(engine);
    wipe(db);
    engine.lists.forgetOthers();
    engine.own = undefined;
    engine.phase = "new";
  });
  engine.changed("status", "chats", "contacts", "people", "requests", "devices", "vault");
}

/** Another own device ordered the wipe, and this one stopped before it was done. */
export function isErased(engine: Engine): boolean {
  return readMeta(engine.db, "erased") !== undefined;
}
