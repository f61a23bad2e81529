/** Makes the vault's key of an epoch, and sends it to the other own devices (docs/spec/vault.md VA6). */
import { addVaultKey } from "@yanshu/store";
import { type Engine, ownOf } from "../core/engine.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { currentKey, freshKey, keysItems } from "./keys.ts";

/** Does nothing if there is one. */
export function makeKey(engine: Engine): void {
  const epoch = engine.lists.head(ownOf(engine).account)?.body.vaultEpoch;
  if (epoch === undefined || currentKey(engine) !== undefined) return;
  const made = freshKey(engine, epoch);
  engine.db.transaction(() => {
    addVaultKey(engine.db, made);
    tellOwnDevices(engine, keysItems(engine));
  });
}
