/**
 * Linking a device (docs/spec/identity.md ID12–ID16): one at a time, from one side or the other.
 *
 * The new device shows a link that commits to its key. The signed-in one answers over an address that only the
 * link names; the new one opens its commitment, and both show the same four words over both keys. Only when the
 * person has compared them does the device list name the new device.
 */
import type { CoreApi } from "../api/core.ts";
import type { Engine } from "../core/engine.ts";
import { createNewSide } from "./link-new.ts";
import { createOldSide } from "./link-old.ts";
import { createLinkTable } from "./link-table.ts";

type LinkingApi = Pick<CoreApi, "startLinking" | "cancelLinking" | "scanDevice" | "confirmWords" | "confirmJoin">;

/** @param joined is called once this device is one of an account's. */
export function linkingApi(engine: Engine, joined: () => void): LinkingApi {
  const table = createLinkTable(engine);
  const fresh = createNewSide(engine, table, joined);
  const old = createOldSide(engine, table);
  return {
    startLinking: fresh.start,
    scanDevice: old.scan,
    confirmWords: old.confirm,
    confirmJoin: fresh.confirm,
    async cancelLinking() {
      await fresh.cancel();
      await old.cancel();
      table.end({ side: "none" });
    },
  };
}
