/** Fields: what more than one feature has in its bodies, each described once. Ids, and what people are called. */
import {
  type AccountId,
  blob,
  type Capability,
  type ContentId,
  type ConversationId,
  type DeviceId,
  fixed,
  idBytes,
  line,
} from "@yanshu/wire";

export const fieldLimits = {
  /** UTF-16 units that the format takes; what is said as a text is bounded in bytes (AC14). */
  textMax: 16_384,
  nameMax: 64,
  /** A thumbnail that rides inline. */
  avatarBytesMax: 24 * 1024,
  /** What follows the name of a person who is patted; ten Han, or a few Latin words. */
  patMax: 20,
  /** Of a kind's own name. */
  kindMax: 16,
} as const;

export const account = fixed<AccountId>(idBytes.account);
export const content = fixed<ContentId>(idBytes.content);
export const conversation = fixed<ConversationId>(idBytes.conversation);
export const device = fixed<DeviceId>(idBytes.device);
export const name = line(fieldLimits.nameMax);
export const avatar = blob(fieldLimits.avatarBytesMax);
export const pat = line(fieldLimits.patMax);
/** By this others may pass on the card of the sender (docs/spec/identity.md ID24). Absent: they may not. */
export const passing = fixed<Capability>(idBytes.capability);
/** A message is named by its author and its id (SY4). */
export const messageName = { author: account, id: content };
