/**
 * Wipes this device (docs/spec/keeping.md KP2) when its person says so, here or on another own device; never when home
 * does. Nothing of the account, its people and files stays; the program goes on without an account.
 */
import { countDiagnostic, deleteMeta, readBlobRefs, readMeta, wipe } from "@yanshu/store";
import { type DeviceId, toHex } from "@yanshu/wire";
import { type Engine, forgetLive, ownOf } from "../core/engine.ts";
import { followOwnList } from "../identity/own.ts";

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

/** Another own device ordered the wipe, and it is not done yet. */
export function isErased(engine: Engine): boolean {
  return readMeta(engine.db, "erased") !== undefined;
}

/**
 * Another own device says that the account is erased. Before this one wipes itself it asks home for the own list: who
 * was put out, of which this device may not have heard, could else take everything from it. Until home has answered,
 * the word waits; where home knows no such account any more, the next sign-in shows that. @checks KP2
 */
export async function wipeOnWord(engine: Engine): Promise<void> {
  const by = readMeta(engine.db, "erased");
  if (by === undefined || !(await followOwnList(engine))) return;
  // @checks KP2
  if (engine.lists.names({ account: ownOf(engine).account, device: by as DeviceId })) return wipeHere(engine);
  engine.db.transaction(() => {
    deleteMeta(engine.db, "erased");
    countDiagnostic(engine.db, "erased-by-unlisted");
  });
}
