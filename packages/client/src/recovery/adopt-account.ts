/**
 * Adopts an account that exists already on this device: by linking the device, or by restoring the account (ID21,
 * ID30).
 */
import { forgetDevice, forgetEverybody, makeRoom, readMeta, writeMeta } from "@yanshu/store";
import { accountIdOf, type Bytes, equalBytes } from "@yanshu/wire";
import { type Engine, forgetLive } from "../core/engine.ts";
import { readOwn, writeOwn } from "../identity/own.ts";
import { writeVault } from "../values/vault-state.ts";

/**
 * Replaces the account of this device. Stored messages stay if they are of the same account.
 *
 * @param also runs in the same transaction.
 */
export async function adoptAccount(
  engine: Engine,
  own: { readonly deviceSeed: Bytes; readonly inception: Bytes; readonly server: string },
  also: () => void = () => undefined,
): Promise<void> {
  const { db, ports } = engine;
  const account = accountIdOf(ports.crypto.sha256, own.inception);
  const former = readMeta(db, "inception");
  const isAnothers = former !== undefined && !equalBytes(former, own.inception);
  db.transaction(() => {
    if (former !== undefined) forgetDevice(db);
    if (isAnothers) forgetEverybody(db, account);
    writeOwn(db, own);
    writeVault(db, { ceiling: makeRoom(db) });
    // The master key is not on this device, so no card needs confirming.
    writeMeta(db, "card-confirmed", Uint8Array.of(1));
    also();
  });
  forgetLive(engine);
  if (isAnothers) engine.lists.forgetOthers(account);
  engine.own = await readOwn(db, ports.crypto);
}
