/**
 * Bodies: every kind of thing a message can say (docs/spec/sync.md SY7–SY12). A kind is never
 * changed once released; a new shape is a new kind.
 */
import {
  type AccountId,
  accountHistory,
  blob,
  bool,
  type Capability,
  type ConversationId,
  type DeviceId,
  fixed,
  type Infer,
  idBytes,
  list,
  oneOf,
  struct,
  text,
  uint,
  variants,
} from "@yanshu/wire";

export const bodyLimits = {
  /** UTF-16 units; longer text is sent in parts by the composer. */
  textMax: 16_384,
  nameMax: 64,
  /** A thumbnail that rides inline. */
  avatarBytesMax: 24 * 1024,
  greetingMax: 200,
  askMax: 64,
  introducedMax: 500,
  syncItemsMax: 200,
} as const;

const account = fixed<AccountId>(idBytes.account);
const conversation = fixed<ConversationId>(idBytes.conversation);
const device = fixed<DeviceId>(idBytes.device);
const name = text(bodyLimits.nameMax);
const avatar = blob(bodyLimits.avatarBytesMax);

const person = struct({ account, name }, { avatar });
export type Person = Infer<typeof person>;

/** What own devices tell each other in their own conversation. Later `stampMs` wins; ties by bytes. */
const syncItem = variants({
  profile: struct({ name, stampMs: uint() }, { avatar }),
  contact: struct(
    {
      account,
      name,
      remark: name,
      state: oneOf("contact", "requested", "incoming", "blocked", "deleted"),
      verified: oneOf("scanned", "introduced", "none"),
      history: accountHistory,
      stampMs: uint(),
    },
    { avatar },
  ),
  conversation: struct({ conversation, state: oneOf("open", "quiet", "hidden", "left"), stampMs: uint() }),
  read: struct({ conversation, upToMs: uint(), stampMs: uint() }),
  capability: struct({ capability: fixed<Capability>(idBytes.capability), stampMs: uint() }),
});
export type SyncItem = Infer<typeof syncItem>;

export const body = variants({
  text: struct({ text: text(bodyLimits.textMax) }),
  /** First message of a 1:1 made from a link: the friend request. */
  greeting: struct({ text: text(bodyLimits.greetingMax), name }, { avatar }),
  /** Second message: the request was accepted. */
  accept: struct({ name }, { avatar }),
  /** One's own name and face; the newest by `sentAtMs` counts. */
  profile: struct({ name }, { avatar }),
  /** Names for people whom the newcomers may not know; their own `profile` outranks it. */
  introduce: struct({ people: list(person, bodyLimits.introducedMax) }),
  leave: struct({}),
  /** Please send these again: their author answers `again`, or `gone`. */
  ask: struct({ device, seqs: list(uint(), bodyLimits.askMax) }),
  /** One of the sender's own earlier messages, as it was. */
  again: struct({ seq: uint(), message: blob(480 * 1024) }),
  gone: struct({ seqs: list(uint(), bodyLimits.askMax) }),
  sync: struct({ items: list(syncItem, bodyLimits.syncItemsMax), complete: bool }),
});
export type Body = Infer<typeof body>;
export type BodyOf<K extends Body["kind"]> = Extract<Body, { kind: K }>;
