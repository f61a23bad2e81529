/** The card that counts: shown, and asked back before the master key leaves the device (docs/spec/identity.md ID17). */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import type { CoreApi } from "../api/core.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { mustBeOwnRoot } from "../identity/own-root.ts";
import { areOnCard, cardOf } from "./card.ts";
import { ownRoot } from "./passkeys.ts";

export function showCardApi(engine: Engine): Pick<CoreApi, "recoveryCard" | "confirmCard"> {
  const { db } = engine;
  /** The key of the card that is being looked at, where a passkey gave it: never stored here. */
  let shown: Bytes | undefined;

  return {
    async recoveryCard(passkey) {
      const own = ownOf(engine);
      // Home may keep for a passkey what the former card led to, and a key that is here may have had its day.
      const { masterKey } = await ownRoot(engine, passkey && { passkey });
      shown = masterKey;
      return cardOf(masterKey, own.account, own.server);
    },

    async confirmCard(answers) {
      const masterKey = readMeta(db, "master-key") ?? shown;
      if (masterKey === undefined) throw new ClientError("not-allowed");
      await mustBeOwnRoot(engine, masterKey); // It may have been changed while it was being written down.
      if (!(await areOnCard(masterKey, answers))) return false;
      shown = undefined;
      db.transaction(() => {
        deleteMeta(db, "master-key");
        writeMeta(db, "card-confirmed", Uint8Array.of(1));
      });
      engine.changed("status");
      return true;
    },
  };
}
