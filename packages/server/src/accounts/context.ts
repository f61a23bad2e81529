/** What the rules of accounts need. */
import type { ServerConfig } from "../core/config.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import type { Clock, Pause, SyncPrimitives } from "../core/ports.ts";
import type { AccountFeatures } from "../log/account-features.ts";
import type { FeatureTables } from "../log/feature-tables.ts";
import type { AccountLog, DeviceRef } from "../log/log.ts";
import type { KnownLists } from "./known-lists.ts";

/** Changes that delivery must know of: it caches in memory which device has which address. */
export type AccountEvents = {
  readonly addressAdded: () => void;
  /** Addresses of these devices were removed. */
  readonly addressesRemoved: (devices: ReadonlySet<DeviceRef>) => void;
  readonly deviceDropped: (device: DeviceRef) => void;
  /** An account with these devices was deleted. The database file must be remade (DS57). */
  readonly accountDeleted: (devices: readonly DeviceRef[]) => void;
};

export type AccountsContext = {
  readonly log: AccountLog;
  readonly features: AccountFeatures;
  readonly invitations: FeatureTables["invitations"];
  readonly homes: FeatureTables["homes"];
  readonly lists: KnownLists;
  readonly commits: GroupCommit;
  readonly primitives: SyncPrimitives;
  readonly clock: Clock;
  /** Awaited between steps of long work, so that others are served (DS131). */
  readonly pause: Pause;
  readonly config: ServerConfig;
  readonly events: AccountEvents;
};
