/**
 * Shows the recovery card, and asks for words of it before the master key is deleted from the device
 * (docs/spec/identity.md ID17).
 */
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
  /** The key of the card on screen, if a passkey gave it: never stored here. */
  let shown: Bytes | undefined;

  return {
    async recoveryCard(passkey) {
      const own = ownOf(engine);
      // Home may store a former card's key for a passkey, and the key here may be outdated.
      const { masterKey } = await ownRoot(engine, passkey && { passkey });
      shown = masterKey;
      return cardOf(masterKey, own.account, own.server);
    },

    async confirmCard(answers) {
      const masterKey = readMeta(db, "master-key") ?? shown;
      if (masterKey === undefined) throw new ClientError("not-allowed");
      await mustBeOwnRoot(engine, masterKey); // The card may have been changed while the person wrote it down.
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
