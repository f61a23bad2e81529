/**
 * Ids: types for byte strings that must not be confused with each other. The codecs check their sizes.
 */
import type { Bytes } from "./bytes.ts";

declare const brand: unique symbol;
type Id<Name extends string> = Bytes & { readonly [brand]?: Name };

/** 32 bytes: hash of the inception record (docs/spec/identity.md ID1). */
export type AccountId = Id<"account">;
/** 32 bytes: hash of the device key (ID3). */
export type DeviceId = Id<"device">;
/** 16 random bytes: the address of one device's queue, for one conversation (docs/spec/delivery.md DS1). */
export type Address = Id<"address">;
/** 16 random bytes: the right to draw key packages (DS5). The server keeps its hash. */
export type Capability = Id<"capability">;
/** 32 bytes: hash of the gate's founding key (DS10). */
export type GateId = Id<"gate">;
/** 32 bytes: SHA-256 of the list's addresses, in their order (DS15). */
export type ListHash = Id<"list">;
/** 32 bytes: H(all parts), which names a post (DS13). */
export type PostHash = Id<"post">;
/** 32 bytes, random or a hash, depending on the conversation's kind (docs/spec/groups.md GR1). */
export type ConversationId = Id<"conversation">;
/** 16 random bytes, made by the author of a message (docs/spec/sync.md SY4). */
export type ContentId = Id<"content">;

/** Milliseconds since 1970 by the writer's clock. */
export type UnixMs = number;

/** Sizes in bytes. */
export const idBytes = {
  account: 32,
  device: 32,
  address: 16,
  capability: 16,
  gate: 32,
  list: 32,
  post: 32,
  conversation: 32,
  content: 16,
  publicKey: 32,
  signature: 64,
  token: 16,
  incarnation: 16,
  pairValue: 16,
  nonce: 32,
  hash: 32,
} as const;
