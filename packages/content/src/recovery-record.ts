/**
 * Recovery record: what it holds once it was opened (docs/spec/vault.md VA13): all that brings an account back on a
 * device that has nothing but its master key.
 */
import {
  type AccountId,
  type Address,
  type Bytes,
  blob,
  bool,
  type Capability,
  type ConversationId,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  list,
  literal,
  MalformedError,
  oneOf,
  struct,
  text,
  uint,
  vaultLimits,
} from "@yanshu/wire";
import { fieldLimits } from "./fields/ids.ts";
import { recordAdditions, vaultBegins, vaultFormers, vaultKeys } from "./fields/vault.ts";
import { decodeSyncItem, encodeSyncItem, type SyncItem } from "./synced.ts";

export const recordLimits = {
  itemsMax: 16_384,
  itemBytesMax: 320 * 1_024,
  groupsMax: 2_048,
  membersMax: 1_024,
  addressesMax: 8,
  rightsMax: 12,
} as const;

const account = fixed<AccountId>(idBytes.account);
const conversation = fixed<ConversationId>(idBytes.conversation);

/** Where a leaf of a member is reached, and sealed to. */
const memberAddress = struct({ address: fixed<Address>(idBytes.address), sealKey: fixed(idBytes.publicKey) });
export type MemberAddress = Infer<typeof memberAddress>;

const group = struct(
  {
    conversation,
    title: text(512),
    founding: uint(),
    members: list(struct({ account, role: oneOf("owner", "admin", "member") }), recordLimits.membersMax),
    addresses: list(memberAddress, recordLimits.addressesMax),
  },
  {
    avatar: blob(8_192),
    /** What was decided for it, where that is not as in a group that was just made. */
    rules: struct(
      { adminsOnlyAdd: bool, adminsOnlyEdit: bool, approval: bool },
      { history: oneOf("week", "all"), announcement: text(8_192) },
    ),
  },
);

const record = struct(
  {
    v: literal(1),
    keys: vaultKeys,
    begins: vaultBegins,
    /** Each by itself, so that one of a newer version is passed over and the others are not. */
    items: list(blob(recordLimits.itemBytesMax), recordLimits.itemsMax),
    /** What draws the packages of a contact (docs/spec/delivery.md DS5). */
    rights: list(
      struct({ account, capabilities: list(fixed<Capability>(idBytes.capability), recordLimits.rightsMax) }),
      recordLimits.itemsMax,
    ),
    groups: list(group, recordLimits.groupsMax),
    /** Members who are no contacts, as they are called. */
    people: list(struct({ account, name: text(fieldLimits.nameMax), stampMs: uint() }), recordLimits.itemsMax),
    /** Founding of the conversation of own devices; 0: there was none. */
    ownFounding: uint(),
  },
  { formers: vaultFormers, more: recordAdditions },
);
export type RecoveryRecord = Omit<Infer<typeof record>, "v" | "items"> & {
  readonly items: readonly SyncItem[];
  /** Items that this version does not know, whole. */
  readonly unknownItems?: readonly Bytes[];
};

/** @throws MalformedError when something of it is over its limits. */
export function encodeRecoveryRecord({ items, unknownItems = [], ...rest }: RecoveryRecord): Bytes {
  return encodeAs(record, { ...rest, items: [...items.map(encodeSyncItem), ...unknownItems], v: 1 });
}

/** Undefined when it is broken, or of another `v`. */
export function decodeRecoveryRecord(bytes: Bytes): RecoveryRecord | undefined {
  try {
    const { v: _, items, ...rest } = decodeAs(record, bytes, vaultLimits.segmentBytesMax);
    const unknownItems = items.filter((item) => decodeSyncItem(item) === undefined);
    return {
      ...rest,
      items: items.flatMap((item) => decodeSyncItem(item) ?? []),
      ...(unknownItems.length === 0 ? {} : { unknownItems }),
    };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
