/**
 * What a view is read from: the device's store, and the few things that live only in memory.
 */
import type { Database } from "@yanshu/store";
import type { AccountId, DeviceId, Primitives, UnixMs } from "@yanshu/wire";
import type { Hex, LinkingView, StatusView } from "../api.ts";

export type ViewContext = {
  readonly database: Database;
  /** Undefined until somebody lives on this device. */
  readonly own: { readonly account: AccountId; readonly device: DeviceId } | undefined;
  readonly phase: StatusView["phase"];
  readonly network: StatusView["network"];
  readonly server: string;
  readonly persistent: boolean;
  readonly linking: LinkingView;
  /** `messages.position` of the first unread item when a chat was opened, by conversation. */
  readonly firstUnread: ReadonlyMap<Hex, number>;
  readonly nowMs: UnixMs;
  /** Needed by the view `devices` alone: a device's id is the hash of its key (ID3). */
  readonly sha256?: Primitives["sha256"];
};

/** A system line as `messages.body` holds it (JSON, ids in hex): names are looked up when it is read. */
export type StoredLine =
  | { readonly kind: "group-created" | "picture-changed" | "refounded"; readonly by: Hex }
  | { readonly kind: "added" | "removed"; readonly by: Hex; readonly people: readonly Hex[] }
  | { readonly kind: "left" | "device-added" | "device-refused" | "account-frozen"; readonly who: Hex }
  | { readonly kind: "renamed"; readonly by: Hex; readonly name: string }
  | { readonly kind: "role"; readonly by: Hex; readonly who: Hex; readonly role: "owner" | "admin" | "member" }
  /** Count and state are read from `gaps` for that author. */
  | { readonly kind: "lost"; readonly from: Hex }
  | { readonly kind: "friends" | "request-sent" | "fork" | "you-were-removed" };
