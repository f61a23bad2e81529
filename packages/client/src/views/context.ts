/**
 * What a view is read from: the device's store, and the few things that live only in memory.
 */
import type { Database } from "@yanshu/store";
import type { AccountId, DeviceId, Primitives, UnixMs } from "@yanshu/wire";
import type { LinkingView, StatusView } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import type { TransferView } from "../api/media.ts";
import type { FamilyLive } from "../core/engine.ts";
import type { Registry } from "../core/registry.ts";

export type ViewContext = {
  readonly database: Database;
  readonly features: Registry;
  /** Undefined until somebody lives on this device. */
  readonly own: { readonly account: AccountId; readonly device: DeviceId } | undefined;
  readonly phase: StatusView["phase"];
  readonly network: StatusView["network"];
  readonly server: string;
  readonly persistent: boolean;
  readonly linking: LinkingView;
  readonly family: FamilyLive;
  /** `messages.position` of the first unread item when a chat was opened, by conversation. */
  readonly firstUnread: ReadonlyMap<Hex, number>;
  /** How a file's moving stands, by handle. */
  readonly transfer: (handle: Hex) => TransferView;
  readonly nowMs: UnixMs;
  /** Needed where something is named by a hash: a device by its key's (ID3), a file by its own (ME6). */
  readonly sha256?: Primitives["sha256"];
};

/** A system line as `messages.body` holds it (JSON, ids in hex): names are looked up when it is read. */
export type StoredLine =
  | { readonly kind: "group-created" | "picture-changed" | "refounded" | "dissolved"; readonly by: Hex }
  | { readonly kind: "added" | "removed" | "invited"; readonly by: Hex; readonly people: readonly Hex[] }
  | { readonly kind: "left" | "asks-in" | "device-added" | "restored"; readonly who: Hex }
  | {
      readonly kind: "device-refused" | "account-frozen" | "list-differs";
      readonly who: Hex;
      readonly isAnswered?: true;
    }
  | { readonly kind: "family-piece"; readonly who: Hex; readonly of: Hex; readonly isOn: boolean }
  | { readonly kind: "joined"; readonly people: readonly Hex[] }
  | { readonly kind: "approval"; readonly by: Hex; readonly isOn: boolean }
  | { readonly kind: "history"; readonly by: Hex; readonly choice: "none" | "week" | "all" }
  | { readonly kind: "announced"; readonly by: Hex; readonly text: string }
  | { readonly kind: "renamed"; readonly by: Hex; readonly name: string }
  | { readonly kind: "role"; readonly by: Hex; readonly who: Hex; readonly role: "owner" | "admin" | "member" }
  /** Count and state are read from `gaps` for that author. */
  | { readonly kind: "lost"; readonly from: Hex }
  /** What happened in a kind that this version does not know, in its sender's words. */
  | { readonly kind: "notice"; readonly by: Hex; readonly text: string }
  | { readonly kind: "friends" | "request-sent" | "not-contacts" | "fork" | "you-were-removed" };
