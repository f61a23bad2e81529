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
  type GateId,
  type Infer,
  idBytes,
  limits,
  line,
  list,
  MalformedError,
  oneOf,
  struct,
  text,
  uint,
  variants,
} from "@yanshu/wire";

import { familyLimits } from "./bodies/family.ts";
import { bodyLimits } from "./body.ts";

const noteBytesMax = 900 * 1024;
const keyPackage = blob(limits.keyPackageBytesMax);
const packagesMax = 200;

const note = variants({
  /** How to open the Welcome that travels beside it. */
  welcome: struct({ tag: fixed(envelopeSizes.tag), key: fixed(envelopeSizes.key) }),
  /** "My state of this conversation is lost or frozen: remove me and add me." Bound to what its sender holds. */
  heal: struct({
    conversation: fixed<ConversationId>(idBytes.conversation),
    reason: uint(255),
    founding: uint(),
    epoch: uint(),
    /** When it was asked, by the sender's clock: each asking comes after the one before. */
    askedMs: uint(),
    history: accountHistory,
    device: fixed<DeviceId>(idBytes.device),
    /** Its leaf says whose place it takes. */
    keyPackage,
    signature: fixed(idBytes.signature),
  }),
  /** Whoever asked to be let in again (`heal`) has another leaf there than the one that it wants to replace. */
  place: struct({
    conversation: fixed<ConversationId>(idBytes.conversation),
    /** Which asking this answers. */
    askedMs: uint(),
    /** The address in that leaf. */
    leaf: fixed<Address>(idBytes.address),
  }),
  /** An account is not in the conversation any more: told to whoever was left out of a founding, and to whoever asks (`heal`). */
  outside: struct({
    conversation: fixed<ConversationId>(idBytes.conversation),
    /** Of the group that it is not in. */
    founding: uint(),
    gate: fixed<GateId>(idBytes.gate),
    /** Whose device is told: the word is for nobody else. */
    reader: fixed<DeviceId>(idBytes.device),
    /** Which asking this answers; 0 when nobody asked. */
    askedMs: uint(),
    history: accountHistory,
    device: fixed<DeviceId>(idBytes.device),
    signature: fixed(idBytes.signature),
  }),
  /** "I hold the group's link: let me in with these." The answer is a Welcome, or `answer`. */
  join: struct({
    secret: fixed(idBytes.token),
    /** What its sender is called: whoever decides sees it. */
    name: text(bodyLimits.nameMax),
    /** When it was asked, by the sender's clock: each asking comes after the one before. */
    askedMs: uint(),
    history: accountHistory,
    device: fixed<DeviceId>(idBytes.device),
    keyPackages: list(keyPackage, limits.devicesMax),
    signature: fixed(idBytes.signature),
  }),
  /** To the address in the packages of `join`, which nobody else knows. */
  answer: struct({ verdict: oneOf("waiting", "refused", "expired", "used-up", "reset") }),
  /** Linking, signed-in device → new device. */
  linkHello: struct(
    {
      account: fixed<AccountId>(idBytes.account),
      history: accountHistory,
      deviceKey: fixed(idBytes.publicKey),
      nonce: fixed(16),
      replyTo: fixed<Address>(idBytes.address),
      replySealKey: fixed(idBytes.publicKey),
    },
    /** What its person is called: shown, and worth nothing until the words were compared. */
    { name: line(bodyLimits.nameMax) },
  ),
  /** New → signed-in: opens the commitment of its link. */
  linkReveal: struct({ deviceKey: fixed(idBytes.publicKey), nonce: fixed(16) }),
  /** Signed-in → new, after the person confirmed: the list now names you. */
  linkConfirm: struct({ history: accountHistory, packagesWanted: uint(packagesMax) }),
  /** New → signed-in: I am signed in; add me with these. */
  linkReady: struct({ keyPackages: list(keyPackage, packagesMax) }),
  /** Helper → whoever lost their devices: I keep a piece of this account. */
  familyHello: struct({
    account: fixed<AccountId>(idBytes.account),
    nonce: fixed(16),
    replyTo: fixed<Address>(idBytes.address),
    replySealKey: fixed(idBytes.publicKey),
    /** What the helper is called, and what they call whom they help: shown, and worth nothing until the words were compared. */
    name: line(bodyLimits.nameMax),
    called: line(bodyLimits.nameMax),
  }),
  /** Back: opens the commitment of the link. */
  familyReveal: struct({ nonce: fixed(16) }),
  /** Helper → the other, after the person heard their voice. `nonce` is that of the hello, which only whom it was sealed to can name. */
  familyPiece: struct({
    nonce: fixed(16),
    check: fixed(familyLimits.checkBytes),
    piece: fixed(familyLimits.pieceBytes),
  }),
  /** Either: nothing comes of it. */
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
