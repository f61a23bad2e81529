/**
 * The contact link is made anew when its person wishes, and where a device is put out: who has that device knows the
 * link's secret, and would draw key packages by it for ever (docs/spec/identity.md ID10, ID18).
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { hasContactCapability, keepContactCapability, renewContactSecret } from "../identity/contact-link.ts";
import { tellOwnDevices } from "./own-devices.ts";
import { profileChanged, tellProfileAgain } from "./profile.ts";

/** Undefined if home did not answer. */
export async function renewLink(engine: Engine): Promise<Bytes | undefined> {
  const { db, ports } = engine;
  const secret = await renewContactSecret(engine);
  if (secret !== undefined)
    db.transaction(() => {
      deleteMeta(db, "link-owed");
      tellOwnDevices(engine, [{ kind: "capability", capability: secret, stampMs: ports.nowMs() }]);
      tellProfileAgain(engine); // The right to pass on the card went with the old one.
    });
  engine.schedule();
  if (secret !== undefined) profileChanged(engine);
  return secret;
}

/** The link is to be made anew, as soon as home answers. Inside a transaction. */
export function oweLink(engine: Engine): void {
  if (hasContactCapability(engine)) writeMeta(engine.db, "link-owed", Uint8Array.of(1));
}

/** Tells home the link's capabilities, or those of a new one if that is owed. */
export async function keepLink(engine: Engine): Promise<void> {
  if (readMeta(engine.db, "link-owed") === undefined) await keepContactCapability(engine);
  else await renewLink(engine);
}
