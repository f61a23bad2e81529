/** Who may turn to this person: told to own devices, and to home what it has to refuse (docs/spec/identity.md ID27). */
import type { UnixMs } from "@yanshu/wire";
import type { PrivacyApi } from "../api/privacy.ts";
import type { Engine } from "../core/engine.ts";
import { keepContactCapability } from "../identity/points.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";
import { notePrivacy, readPrivacy } from "../sync/privacy.ts";

export function privacyApi(engine: Engine): PrivacyApi {
  const { db, ports } = engine;
  return {
    async setPrivacy(change) {
      db.transaction(() => {
        const held = readPrivacy(db);
        const next = { ...held, ...change, stampMs: Math.max(ports.nowMs(), held.stampMs + 1) as UnixMs };
        notePrivacy(db, next);
        tellOwnDevices(engine, [{ kind: "privacy", ...next }]);
      });
      engine.changed("status");
      engine.kick();
      void keepContactCapability(engine); // And at each sign-in, should home not hear of it now.
    },
  };
}
