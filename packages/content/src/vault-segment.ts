/**
 * Vault segment: what one holds once it was opened (docs/spec/vault.md VA7). A message stands in it as its device has
 * it: with its versions, and with what was set on it. Of several of one message each adds to the others.
 */
import {
  type AccountId,
  type Bytes,
  blob,
  type ContentId,
  type ConversationId,
  type DeviceId,
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
import { contentLimits } from "./message.ts";

export const segmentLimits = {
  heardMax: 1_024,
  messagesMax: 256,
  versionsMax: 64,
  marksMax: 16_384,
  markBytesMax: 64 * 1_024,
  orderBytesMax: 64,
} as const;

const account = fixed<AccountId>(idBytes.account);
const conversation = fixed<ConversationId>(idBytes.conversation);
const id = fixed<ContentId>(idBytes.content);
const body = blob(contentLimits.bodyBytesMax);

const version = struct({ stampMs: uint(), body }, { said: id });
const mark = struct({
  /** One that this version does not know is passed over. */
  kind: text(32),
  by: blob(idBytes.account),
  key: text(128),
  value: blob(segmentLimits.markBytesMax),
  stampMs: uint(),
});

const vaultMessage = struct(
  {
    conversation,
    author: account,
    id,
    /**
     * Where it stands among all of its conversation that is in the vault, compared byte by byte: clocks do not tell.
     */
    order: blob(segmentLimits.orderBytesMax),
    /** As its device shows it, and by its author's own clock. */
    atMs: uint(),
    sentMs: uint(),
    editedMs: uint(),
    kind: text(32),
    body,
    versions: list(version, segmentLimits.versionsMax),
    marks: list(mark, segmentLimits.marksMax),
  },
  {
    /** By whom it was handed over, where it was not heard from its author (docs/spec/groups.md GR32). */
    handedBy: account,
    /** Else which of its author's devices said it, by the beginning of its id, and which of its words there it is. */
    senderDevice: uint(),
    seq: uint(),
  },
);
export type VaultMessage = Infer<typeof vaultMessage>;

const segment = struct(
  {
    v: literal(1),
    messages: list(vaultMessage, segmentLimits.messagesMax),
    /** Names of those who speak in it, and whose stamp they bear. */
    people: list(struct({ account, name: text(fieldLimits.nameMax), stampMs: uint() }), segmentLimits.messagesMax),
    /** Groups that it has messages of: what a device shows that is not in them any more. */
    groups: list(
      struct({ conversation, title: text(512), state: oneOf("open", "left", "removed", "dissolved") }),
      segmentLimits.messagesMax,
    ),
    /** Chats that were deleted, and up to when: nothing of before comes back from the vault. */
    clears: list(struct({ conversation, upToMs: uint() }), segmentLimits.messagesMax),
  },
  /** How far others were heard in the chats that it has messages of (docs/spec/sync.md SY40). */
  {
    heard: list(
      struct({ conversation, device: fixed<DeviceId>(idBytes.device), account, seq: uint() }),
      segmentLimits.heardMax,
    ),
  },
);
export type VaultSegment = Omit<Infer<typeof segment>, "v">;

/** @throws MalformedError when something of it is over its limits. */
export function encodeVaultSegment(value: VaultSegment): Bytes {
  return encodeAs(segment, { ...value, v: 1 });
}

export function encodeVaultMessage(value: VaultMessage): Bytes {
  return encodeAs(vaultMessage, value);
}

/** Undefined when it is broken, or from a newer client. */
export function decodeVaultSegment(bytes: Bytes): VaultSegment | undefined {
  try {
    const { v: _, ...rest } = decodeAs(segment, bytes, vaultLimits.segmentBytesMax);
    return rest;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
