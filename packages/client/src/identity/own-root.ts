/** Whether a master key is the account's still: its card may have been changed (docs/spec/identity.md ID43, ID46). */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes, rootOf } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { rootKeyOf } from "./own.ts";

/** Whether this master key is that of the root which the own list names now (ID43). */
export async function isOwnRoot(engine: Engine, masterKey: Bytes): Promise<boolean> {
  const { publicKey } = await rootKeyOf(engine.ports.crypto, masterKey);
  const list = await engine.lists.load(ownOf(engine).account);
  return list !== undefined && equalBytes(rootOf(list).key, publicKey);
}

/**
 * What is shown, or taken, for the account's card is the card of that root.
 *
 * @throws ClientError of another, as home may keep for a passkey, or as was here when the card was changed elsewhere.
 */
export async function mustBeOwnRoot(engine: Engine, masterKey: Bytes): Promise<void> {
  // @checks ID46
  if (!(await isOwnRoot(engine, masterKey))) throw new ClientError("bad-card");
}

/**
 * The card was changed, here or on another device (ID46): a key that is here still leads nowhere, and is nobody's to
 * write down.
 */
export async function dropFormerKey(engine: Engine): Promise<void> {
  const { db } = engine;
  const masterKey = readMeta(db, "master-key");
  // @checks ID46
  if (masterKey === undefined || (await isOwnRoot(engine, masterKey))) return;
  const now = readMeta(db, "master-key");
  if (now === undefined || !equalBytes(now, masterKey)) return;
  db.transaction(() => {
    deleteMeta(db, "master-key");
    writeMeta(db, "card-confirmed", Uint8Array.of(1)); // The present one is not here to be lost.
  });
  engine.changed("status", "family");
}
