/** The tables of push: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { PushSubscription } from "../../core/ports.ts";
import type { Migration } from "../../feature.ts";
import type { DeviceRef } from "../../log/log.ts";
import { byDevice } from "../../log/sql/owned.ts";
import type { Prepare } from "../../log/sql/prepared.ts";

/** How devices without a connection are woken (docs/spec/push.md). */
export type PushTables = {
  readonly subscription: (device: DeviceRef) => PushSubscription | undefined;
  readonly setSubscription: (device: DeviceRef, subscription: PushSubscription) => void;
  /** The device's subscription, or only if it still is the one at `endpoint`. */
  readonly dropSubscription: (device: DeviceRef, endpoint?: string) => void;
};

export function pushTables(prepare: Prepare): PushTables {
  const find = prepare("SELECT endpoint, key, secret FROM subscriptions WHERE device = ?");
  const set = prepare(`
    INSERT INTO subscriptions (device, endpoint, key, secret) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE
    SET endpoint = excluded.endpoint, key = excluded.key, secret = excluded.secret`);
  const drop = prepare("DELETE FROM subscriptions WHERE device = ? AND endpoint = coalesce(?, endpoint)");
  return {
    subscription: (device) => {
      const row = find.get<[string, Bytes, Bytes]>(device);
      return row === undefined ? undefined : { endpoint: row[0], key: row[1], secret: row[2] };
    },
    setSubscription: (device, { endpoint, key, secret }) => set.put(device, endpoint, key, secret),
    dropSubscription: (device, endpoint) => drop.put(device, endpoint ?? null),
  };
}

export const owned = [byDevice("subscriptions", ["device", "number"], "device", "endpoint", "key", "secret")];

/**
 * How a device without a connection is woken (docs/spec/push.md PU2, PU5).
 * Size: one row a device that asked for notifications; it goes with the device, or when its endpoint is dead.
 */
const sqlite: Migration = {
  number: 2,
  up: `
  CREATE TABLE subscriptions (
    device   INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,   -- at a push service that the browser chose
    key      BLOB NOT NULL,   -- the browser's point, to seal to
    secret   BLOB NOT NULL    -- and its secret
  ) STRICT;
`,
};
const postgres: Migration = {
  number: 5,
  up: `
  CREATE TABLE subscriptions (
    device   bigint PRIMARY KEY,
    endpoint text   NOT NULL,
    key      bytea  NOT NULL,
    secret   bytea  NOT NULL
  );
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
