/** A device in memory that has Moments, for tests of one part of them. */
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Database, migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { AccountId, UnixMs } from "@yanshu/wire";
import type { FeatureContext } from "../feature.ts";

export const crypto = createBunCrypto();
export const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
export const me = filled(9) as AccountId;
export const nowMs = 1_800_000_000_000 as UnixMs;

/** An empty store. */
export function opened(): Database {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  return db;
}

/** What Moments use of the core, on a device that has no other beside it. @param more what the test looks at. */
export function standIn(db: Database, more: Readonly<Record<string, unknown>> = {}): FeatureContext {
  const here = {
    db,
    rooms: { crypto, devicesIn: () => [] },
    own: () => me,
    device: () => filled(8),
    devices: () => [],
    dropsOf: () => 0,
    nowMs: () => nowMs,
    chance: () => 0.5,
    random: crypto.random,
    sha256: crypto.sha256,
    serverName: () => "home.example",
    changed: () => undefined,
  };
  return { ...here, ...more } as unknown as FeatureContext;
}
