/** The input of a view: the store, and the few values that exist only in memory. */
import type { Database } from "@yanshu/store";
import type { AccountId, DeviceId, Primitives, UnixMs } from "@yanshu/wire";
import type { LinkingView, StatusView, Unreached } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { MeetingView } from "../api/homes.ts";
import type { TransferView } from "../api/media.ts";
import type { FamilyLive } from "../core/engine.ts";
import type { Registry } from "../core/registry.ts";
import type { ConversationKinds } from "../kinds/kind.ts";

export type ViewContext = {
  readonly database: Database;
  readonly features: Registry;
  readonly conversations: ConversationKinds;
  /** Undefined until there is an account on this device. */
  readonly own: { readonly account: AccountId; readonly device: DeviceId } | undefined;
  readonly phase: StatusView["phase"];
  readonly network: StatusView["network"];
  readonly server: string;
  /** Whether the client can connect to other homes. */
  readonly reachesOthers: boolean;
  /** The previous home, and whether it answers. */
  readonly before?: { readonly server: string; readonly isReached: boolean; readonly isAway: boolean };
  /** Where people of a home that is gone are looked for. */
  readonly meeting?: () => MeetingView | undefined;
  readonly persistent: boolean;
  readonly linking: LinkingView;
  readonly family: FamilyLive;
  /** `messages.position` of the first unread item when a chat was opened, by conversation. */
  readonly firstUnread: ReadonlyMap<Hex, number>;
  /** The state of a file's transfer, by handle. */
  readonly transfer: (handle: Hex) => TransferView;
  /** Servers of a conversation's members that do not answer. */
  readonly unreached?: (conversation: Hex) => readonly Unreached[];
  /** When home's answer came to what was sent since this program began, by the hex id of the item. */
  readonly acceptedMs?: ReadonlyMap<Hex, UnixMs>;
  readonly nowMs: UnixMs;
  /** Counts one row that cannot be shown. */
  readonly failed?: (error: unknown) => void;
  /** Needed for ids that are hashes: a device's of its key (ID3), a file's (ME6). */
  readonly sha256?: Primitives["sha256"];
};
