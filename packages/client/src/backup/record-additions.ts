/**
 * Fields that a later version added to the recovery record (docs/spec/vault.md VA35, VA39). Own devices sync them, so
 * that the next device that writes the record keeps them, even if it does not know them.
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

/** A stamp may be at most this far ahead, so that a device that lies about it and is revoked does not win for long. */
const aheadMsMax = 86_400_000;

/** Undefined if there were never any. */
export function readAdditions(db: Database): Kept | undefined {
  const held = readMeta(db, "record-more");
  return held === undefined ? undefined : unpack<Kept>(held);
}

/** Stores the additions of a record that this device restored from, for the others too. Inside a transaction. */
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
    // With equal stamps, the same one wins on every device. @checks VA39
    if (held?.stampMs === stampMs && compareBytes(pack(held.more), pack(more)) >= 0) return;
    keep(db, stampMs, more);
    vault();
  },
};
