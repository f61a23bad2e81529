/** What this device knows of its vault: whether its person wants one (VA12), and what home last said of it. */
import { type Database, readMeta, writeMeta } from "@yanshu/store";
import { pack, unpack } from "../cbor.ts";

export type HomeVault = {
  readonly start: number;
  readonly next: number;
  readonly bytes: number;
  readonly bytesMax: number;
};

export type KnownVault = {
  /** As the person decided, on whichever device; the later stamp holds. */
  readonly isOn: boolean;
  readonly stampMs: number;
  /** Whether home was told, or another device tells it. */
  readonly isTold: boolean;
  readonly isFull: boolean;
  /** Position of messages above which stands what came since this device was linked (VA10). */
  readonly ceiling?: number;
  readonly home?: HomeVault;
  /** Home says that it keeps none; `home` is what it said before. */
  readonly isOff?: boolean;
  /** When home last named another vault and this device began anew, and the person's stamp then (VA47). */
  readonly begunAnew?: { readonly atMs: number; readonly stampMs: number };
  /** The first place behind all that was believed here (VA24). */
  readonly seen?: number;
  /** Epoch of the device list under which this device had read all of it; absent until it has. */
  readonly readUnder?: number;
  /** Where home said that the vault ends, before an epoch that is said to begin behind it, and since when (VA30). */
  readonly doubted?: { readonly next: number; readonly sinceMs: number };
  /** What the record that this device put last says of when (VA26). */
  readonly recordMs?: number;
  /** When all that this device had was at home last, the record too. */
  readonly wholeMs?: number;
  /** The newest segment that no key here opened when it was read, and when that first was. */
  readonly closed?: { readonly at: number; readonly sinceMs: number };
};

const untouched: KnownVault = { isOn: true, stampMs: 0, isTold: true, isFull: false };

export function readVault(db: Database): KnownVault {
  const stored = readMeta(db, "vault");
  return stored === undefined ? untouched : unpack<KnownVault>(stored);
}

export function writeVault(db: Database, change: Partial<KnownVault>): void {
  writeMeta(db, "vault", pack({ ...readVault(db), ...change }));
}

/** What home said is forgotten. */
export function writeVaultAnew(db: Database, vault: Omit<KnownVault, "home">): void {
  writeMeta(db, "vault", pack(vault));
}
