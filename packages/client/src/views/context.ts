/**
 * What a view is read from: the device's store, and the few things that live only in memory.
 */
import type { Database } from "@yanshu/store";
import type { AccountId, DeviceId, Primitives, UnixMs } from "@yanshu/wire";
import type { LinkingView, StatusView, Unreached } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { TransferView } from "../api/media.ts";
import type { FamilyLive } from "../core/engine.ts";
import type { Registry } from "../core/registry.ts";
import type { ConversationKinds } from "../kinds/kind.ts";

export type ViewContext = {
  readonly database: Database;
  readonly features: Registry;
  readonly conversations: ConversationKinds;
  /** Undefined until somebody lives on this device. */
  readonly own: { readonly account: AccountId; readonly device: DeviceId } | undefined;
  readonly phase: StatusView["phase"];
  readonly network: StatusView["network"];
  readonly server: string;
  /** It may speak to other homes than its own. */
  readonly reachesOthers: boolean;
  /** The home of before, and whether it answers. */
  readonly before?: { readonly server: string; readonly isReached: boolean; readonly isAway: boolean };
  readonly persistent: boolean;
  readonly linking: LinkingView;
  readonly family: FamilyLive;
  /** `messages.position` of the first unread item when a chat was opened, by conversation. */
  readonly firstUnread: ReadonlyMap<Hex, number>;
  /** How a file's moving stands, by handle. */
  readonly transfer: (handle: Hex) => TransferView;
  /** Other servers that do not answer, of those at which somebody of a conversation is. */
  readonly unreached?: (conversation: Hex) => readonly Unreached[];
  readonly nowMs: UnixMs;
  /** Counts one row that cannot be shown. */
  readonly failed?: (error: unknown) => void;
  /** Needed where something is named by a hash: a device by its key's (ID3), a file by its own (ME6). */
  readonly sha256?: Primitives["sha256"];
};
