/**
 * Notes: what travels sealed to one device (wire envelope kind 1), outside any group
 * (docs/spec/delivery.md DS8, docs/spec/identity.md ID12–ID16).
 */
import {
  type AccountId,
  type Address,
  accountHistory,
  type Bytes,
  blob,
  type ConversationId,
  type DeviceId,
  decodeAs,
  encodeAs,
  envelopeSizes,
  fixed,
  type Infer,
  idBytes,
  limits,
  list,
  MalformedError,
  struct,
  uint,
  variants,
} from "@yanshu/wire";

const noteBytesMax = 900 * 1024;
const keyPackage = blob(limits.keyPackageBytesMax);
const packagesMax = 200;

const note = variants({
  /** How to open the Welcome that travels beside it. */
  welcome: struct({ tag: fixed(envelopeSizes.tag), key: fixed(envelopeSizes.key) }),
  /** "My state of this conversation is lost or frozen: remove me and add me." */
  heal: struct({
    conversation: fixed<ConversationId>(idBytes.conversation),
    reason: uint(255),
    epoch: uint(),
    history: accountHistory,
    device: fixed<DeviceId>(idBytes.device),
    keyPackage,
    signature: fixed(idBytes.signature),
  }),
  /** By group link; the answer is a Welcome (issue “The chat a family already knows”). */
  join: struct({ secret: fixed(16), history: accountHistory, keyPackages: list(keyPackage, limits.devicesMax) }),
  /** Linking, signed-in device → new device. */
  linkHello: struct({
    account: fixed<AccountId>(idBytes.account),
    history: accountHistory,
    deviceKey: fixed(idBytes.publicKey),
    nonce: fixed(16),
    replyTo: fixed<Address>(idBytes.address),
    replySealKey: fixed(idBytes.publicKey),
  }),
  /** New → signed-in: opens the commitment of its link. */
  linkReveal: struct({ deviceKey: fixed(idBytes.publicKey), nonce: fixed(16) }),
  /** Signed-in → new, after the person confirmed: the list now names you. */
  linkConfirm: struct({ history: accountHistory, packagesWanted: uint(packagesMax) }),
  /** New → signed-in: I am signed in; add me with these. */
  linkReady: struct({ keyPackages: list(keyPackage, packagesMax) }),
  linkStop: struct({}),
});
export type Note = Infer<typeof note>;
export type NoteOf<K extends Note["kind"]> = Extract<Note, { kind: K }>;

export function encodeNote(value: Note): Bytes {
  return encodeAs(note, value);
}

/** Undefined when it is broken, or from a newer client. */
export function decodeNote(bytes: Bytes): Note | undefined {
  try {
    return decodeAs(note, bytes, noteBytesMax);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
