/**
 * Bodies: every kind of thing a message can say (docs/spec/sync.md SY7–SY12). A field that a kind has
 * is never changed once released; a body with a field that is new is too new for an older version to read.
 */
import {
  type AccountId,
  accountHistory,
  type Bytes,
  blob,
  bool,
  type Capability,
  type ContentId,
  type ConversationId,
  type DeviceId,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  line,
  list,
  MalformedError,
  oneOf,
  type Schema,
  struct,
  text,
  uint,
  variants,
} from "@yanshu/wire";
import { actionBodies, actionLimits, favouriteItem, textExtras } from "./bodies/actions.ts";
import { cardBodies } from "./bodies/cards.ts";
import { familyBodies, familyItems } from "./bodies/family.ts";
import { groupBodies } from "./bodies/groups.ts";
import { keepingItems } from "./bodies/keeping.ts";
import { contactNotes, listItems, listLimits, via } from "./bodies/lists.ts";
import { mediaBodies } from "./bodies/media.ts";
import { placeBodies } from "./bodies/place.ts";
import { stickerBodies, stickerItem } from "./bodies/stickers.ts";
import { vaultItems } from "./bodies/vault.ts";

export const bodyLimits = {
  /** UTF-16 units that the format takes; what is said as a text is bounded in bytes (AC14). */
  textMax: 16_384,
  nameMax: 64,
  /** A thumbnail that rides inline. */
  avatarBytesMax: 24 * 1024,
  greetingMax: 200,
  askMax: 64,
  introducedMax: 500,
  syncItemsMax: 200,
  syncItemBytesMax: 480 * 1024,
  linesMax: 32,
} as const;

const account = fixed<AccountId>(idBytes.account);
const conversation = fixed<ConversationId>(idBytes.conversation);
const device = fixed<DeviceId>(idBytes.device);
const name = line(bodyLimits.nameMax);
const avatar = blob(bodyLimits.avatarBytesMax);
/** By this others may pass on the card of who says it (docs/spec/identity.md ID24). Absent: they may not. */
const passing = fixed<Capability>(idBytes.capability);

const person = struct({ account, name }, { avatar });
export type Person = Infer<typeof person>;

/** What own devices tell each other in their own conversation. Later `stampMs` wins; ties by bytes. */
const syncItems = {
  profile: struct({ name, stampMs: uint() }, { avatar, pat: line(actionLimits.patMax), isNotPassedOn: bool }),
  favourite: favouriteItem,
  sticker: stickerItem,
  /** What happened in a group before the one who is told came; `line` as a device stores it, `order` as in the vault (VA10). */
  lines: struct({
    conversation,
    lines: list(
      struct({
        id: fixed<ContentId>(idBytes.content),
        author: account,
        atMs: uint(),
        order: blob(64),
        line: text(16_384),
      }),
      bodyLimits.linesMax,
    ),
  }),
  /** Somebody who is no contact, as they are called and look in the groups that they are in. */
  person: struct({ account, name, stampMs: uint() }, { avatar }),
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
    {
      avatar,
      passing,
      ...contactNotes,
      /** The highest founding number of the conversation with them: whoever founds it anew goes above it. */
      founding: uint(),
    },
  ),
  conversation: struct({ conversation, state: oneOf("open", "quiet", "hidden", "left"), stampMs: uint() }),
  read: struct({ conversation, upToMs: uint(), stampMs: uint() }),
  capability: struct({ capability: fixed<Capability>(idBytes.capability), stampMs: uint() }),
  /** Who may turn to this person (docs/spec/identity.md ID27). */
  privacy: struct({ takesLink: bool, takesGroups: bool, stampMs: uint() }),
  /** By which name this person is found, if they are (docs/spec/identity.md ID28). Empty: they have none. */
  handle: struct({ handle: text(listLimits.handleMax), isFound: bool, stampMs: uint() }),
  /** What one of the own devices is, by its own word, and what its person calls it (docs/spec/web.md WE71). */
  deviceName: struct({
    device: fixed<DeviceId>(idBytes.device),
    made: text(bodyLimits.nameMax),
    name: text(bodyLimits.nameMax),
    sinceMs: uint(),
    stampMs: uint(),
  }),
  ...listItems,
  ...vaultItems,
  ...keepingItems,
  ...familyItems,
};
const syncItem = variants(syncItems);
export type SyncItem = Infer<typeof syncItem>;
export const syncItemKinds: readonly string[] = Object.keys(syncItems);

/** @throws MalformedError when something of it is over its limits. */
export function encodeSyncItem(item: SyncItem): Bytes {
  return encodeAs(syncItem, item);
}

/** What only means something at the moment when it is told, or is no record's to say. */
const itemsOfTheirMoment: ReadonlySet<string> = new Set(["erased", "vaultKeys", "capability", "conversation", "read"]);

/** Whether an item that this version does not know may wait for one that does. */
export function mayWait(bytes: Bytes): boolean {
  const anything: Schema<{ readonly kind?: unknown }> = { check: (value) => (value ?? {}) as object };
  try {
    const { kind } = decodeAs(anything, bytes, bodyLimits.syncItemBytesMax);
    return typeof kind === "string" && !itemsOfTheirMoment.has(kind);
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}

/** Undefined when this version does not know it. */
export function decodeSyncItem(bytes: Bytes): SyncItem | undefined {
  try {
    return decodeAs(syncItem, bytes, bodyLimits.syncItemBytesMax);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

export const body = variants({
  text: struct({ text: text(bodyLimits.textMax) }, textExtras),
  /** First message of a 1:1 made from a link: the friend request. */
  greeting: struct({ text: text(bodyLimits.greetingMax), name }, { avatar, passing, via }),
  /** Second message: the request was accepted. */
  accept: struct({ name }, { avatar, passing }),
  /** One's own name and face; the newest by `sentAtMs` counts. */
  profile: struct({ name }, { avatar, passing, pat: line(actionLimits.patMax) }),
  /** Names for people whom the newcomers may not know; their own `profile` outranks it. */
  introduce: struct({ people: list(person, bodyLimits.introducedMax) }),
  leave: struct({}),
  /** Please send these again: their author answers `again`, or `gone`. */
  ask: struct({ device, seqs: list(uint(), bodyLimits.askMax) }),
  /** One of the sender's own earlier messages, as it was. */
  again: struct({ seq: uint(), message: blob(480 * 1024) }),
  /** The same to the one device that asked: sealed to its leaf's key, since somebody is there by now for whom it was not. */
  againTo: struct({ seq: uint(), reader: device, sealed: blob(480 * 1024) }),
  gone: struct({ seqs: list(uint(), bodyLimits.askMax) }),
  ...mediaBodies,
  ...placeBodies,
  ...cardBodies,
  ...stickerBodies,
  /** Each item by itself (`encodeSyncItem`), so that one of a later version takes no other with it. */
  sync: struct({ items: list(blob(bodyLimits.syncItemBytesMax), bodyLimits.syncItemsMax), complete: bool }),
  ...actionBodies,
  ...groupBodies,
  ...familyBodies,
});
export type Body = Infer<typeof body>;
export type BodyOf<K extends Body["kind"]> = Extract<Body, { kind: K }>;
