/** What the accounts' rules work with. */
import type { ServerConfig } from "../core/config.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import type { Clock, Pause, SyncPrimitives } from "../core/ports.ts";
import type { AccountFeatures } from "../log/account-features.ts";
import type { FeatureTables } from "../log/feature-tables.ts";
import type { AccountLog, DeviceRef } from "../log/log.ts";
import type { KnownLists } from "./known-lists.ts";

/** What the delivery must hear of: it keeps who has which address in memory. */
export type AccountEvents = {
  readonly addressAdded: () => void;
  /** By these devices. */
  readonly addressesRemoved: (devices: ReadonlySet<DeviceRef>) => void;
  readonly deviceDropped: (device: DeviceRef) => void;
  /** With these devices; what it held is to go from the files too (DS57). */
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
  /** Lets others be served while what takes long goes on (DS131). */
  readonly pause: Pause;
  readonly config: ServerConfig;
  readonly events: AccountEvents;
};
