/**
 * The stored state of recovery by the family (docs/spec/identity.md ID37): who helps this account, and whom it helps;
 * the same on all own devices. Inside a transaction.
 */
import type { FamilyHelper, SyncItem } from "@yanshu/content";
import { type Database, readMeta, readPieces, writeMeta, writePiece } from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import type { CoreSynced, Engine } from "../core/engine.ts";

/** Who keeps pieces of this account's secret; an empty list: there are none. */
export type Family = { readonly stampMs: number; readonly check: Bytes; readonly helpers: readonly FamilyHelper[] };

type FamilyItem = Extract<SyncItem, { kind: "family" }>;
type PieceItem = Extract<SyncItem, { kind: "keptPiece" }>;

export function readFamily(db: Database): Family | undefined {
  const held = readMeta(db, "family");
  return held === undefined ? undefined : unpack<Family>(held);
}

/**
 * Merges a choice of helpers: the later choice counts, and for one choice, what any device heard of it. Returns whether
 * it changed anything. @checks ID37
 */
export function noteFamily(db: Database, next: Family): boolean {
  const held = readFamily(db);
  if (held !== undefined && next.stampMs < held.stampMs) return false;
  const isSame = held !== undefined && held.stampMs === next.stampMs;
  const helpers = next.helpers.map(({ account, isKept }) => ({
    account,
    isKept: isKept || (isSame && keeps(held, account)),
  }));
  if (isSame && helpers.every(({ account, isKept }) => isKept === keeps(held, account))) return false;
  writeFamily(db, { stampMs: next.stampMs, check: next.check, helpers });
  return true;
}

export function writeFamily(db: Database, { stampMs, check, helpers }: Family): void {
  writeMeta(db, "family", pack({ stampMs, check, helpers }));
}

export function keeps({ helpers }: Family, who: AccountId): boolean {
  return helpers.some(({ account, isKept }) => isKept && equalBytes(account, who));
}

/** Takes an item of another own device. */
function takeFamilyItem(engine: Engine, item: FamilyItem | PieceItem): void {
  const { db } = engine;
  if (item.kind === "family") noteFamily(db, item);
  else {
    const { account, stampMs, check, piece = null } = item;
    writePiece(db, { account, stamp_ms: stampMs, check_of: check, piece });
  }
  engine.changed("family");
}

/** The sync definitions for it. */
export const familySynced: CoreSynced = {
  family: {
    size: "account",
    isInRecord: true,
    all: ({ db }) => {
      const family = readFamily(db);
      return family === undefined ? [] : [{ kind: "family", ...family, helpers: [...family.helpers] }];
    },
    take: takeFamilyItem,
  },
  keptPiece: {
    size: "account",
    isInRecord: true,
    all: ({ db }) =>
      readPieces(db).map(({ account, stamp_ms, check_of, piece }) => ({
        kind: "keptPiece",
        account,
        stampMs: stamp_ms,
        check: check_of,
        ...(piece === null ? {} : { piece }),
      })),
    take: takeFamilyItem,
  },
};
