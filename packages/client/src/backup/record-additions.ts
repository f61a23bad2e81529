/**
 * What a later version added to the recovery record (docs/spec/vault.md VA35, VA39). Own devices tell each other, so
 * that whichever of them writes the record next writes it too, whether it knows it or not.
 */
import type { RecoveryRecord, SyncItem } from "@yanshu/content";
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { compareBytes, type UnixMs } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { CoreSyncedDef, Engine } from "../core/engine.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";

type Additions = NonNullable<RecoveryRecord["more"]>;
type AdditionsItem = Extract<SyncItem, { readonly kind: "recordMore" }>;
type Kept = Pick<AdditionsItem, "stampMs" | "more">;

/** A device that lies about the moment, and is revoked later, keeps the last word for so long at most. */
const aheadMsMax = 86_400_000;

/** Undefined where there was never any. */
export function readAdditions(db: Database): Kept | undefined {
  const held = readMeta(db, "record-more");
  return held === undefined ? undefined : unpack<Kept>(held);
}

/** They stood in a record that this device took: the others hear of it. Inside a transaction. */
export function takeAdditions(engine: Engine, more: Additions): void {
  const { db, ports } = engine;
  const heldMs = readAdditions(db)?.stampMs ?? -1;
  const stampMs = Math.max(ports.nowMs(), heldMs + 1);
  keep(db, stampMs, more);
  tellOwnDevices(engine, [{ kind: "recordMore", stampMs, more }]);
}

function keep(db: Database, stampMs: UnixMs, more: Additions): void {
  writeMeta(db, "record-more", pack({ stampMs, more }));
}

export const recordMoreSynced: CoreSyncedDef<"recordMore"> = {
  all: ({ db }) => {
    const held = readAdditions(db);
    return held === undefined ? [] : [{ kind: "recordMore", ...held }];
  },
  take: ({ db, ports, vault }, { stampMs: saidMs, more }) => {
    const held = readAdditions(db);
    // @checks VA39
    const stampMs = Math.min(saidMs, ports.nowMs() + aheadMsMax);
    // @checks VA39
    if (held !== undefined && held.stampMs > stampMs) return;
    // Of one moment the same one counts on every device.
    // @checks VA39
    if (held?.stampMs === stampMs && compareBytes(pack(held.more), pack(more)) >= 0) return;
    keep(db, stampMs, more);
    vault();
  },
};
