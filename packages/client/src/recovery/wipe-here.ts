/**
 * Wiping this device (docs/spec/keeping.md KP2): by its person's word, given here or on another own device, and never
 * by home's. Nothing of the account, its people and its files is left; the program goes on as one that nobody lives on.
 */
import { readBlobRefs, readMeta, wipe } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import { type Engine, forgetLive } from "../core/engine.ts";

export async function wipeHere(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  engine.link.rest();
  await engine.deviceBackup.clear(); // Before the database: what was kept would bring it back.
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

/** Another own device said it, and this one stopped before it was done. */
export function isErased(engine: Engine): boolean {
  return readMeta(engine.db, "erased") !== undefined;
}
