/**
 * Whether a master key is still the account's: its recovery card may have been changed (docs/spec/identity.md ID43,
 * ID46).
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, equalBytes, rootOf } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { rootKeyOf } from "./own.ts";

/** Whether this master key yields the root key that the own list names now (ID43). */
export async function isOwnRoot(engine: Engine, masterKey: Bytes): Promise<boolean> {
  const { publicKey } = await rootKeyOf(engine.ports.crypto, masterKey);
  const list = await engine.lists.load(ownOf(engine).account);
  return list !== undefined && equalBytes(rootOf(list).key, publicKey);
}

/**
 * Refuses a master key of a former card.
 *
 * @throws ClientError "bad-card" if it is another: home may store an old one for a passkey, or another device changed
 * the card.
 */
export async function mustBeOwnRoot(engine: Engine, masterKey: Bytes): Promise<void> {
  // @checks ID46
  if (!(await isOwnRoot(engine, masterKey))) throw new ClientError("bad-card");
}

/**
 * Deletes a master key that the account no longer uses, since its card was changed here or on another device (ID46):
 * nobody should write it down.
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
    // The present key is not on this device, so it need not ask for confirmation.
    writeMeta(db, "card-confirmed", Uint8Array.of(1));
  });
  engine.changed("status", "family");
}
