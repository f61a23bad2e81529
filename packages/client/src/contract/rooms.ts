/** Rooms of the home server, for what is said and not stored (docs/spec/calls.md CA1; ../feature.ts). */
import type { Crypto } from "@yanshu/mls";
import type { AccountId, Bytes, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { RoomEvents, RoomLine } from "../connection/room-line.ts";

export type FeatureRooms = {
  /** Whether the home server has them. Undefined until it was reached. */
  readonly areThere: () => boolean | undefined;
  /** The same of group calls (CA80). */
  readonly haveMedia: () => boolean;
  /** By the clock of the home server. */
  readonly nowMs: () => UnixMs;
  readonly crypto: RoomCrypto;
  /** @param at name of the other home at which the room is; absent: home. */
  readonly enter: (name: Bytes, events: RoomEvents, at?: string) => RoomLine;
  /**
   * The other home at which this device of an account is, or else another of that account's in this conversation;
   * undefined: home (docs/spec/calls.md CA246). @param named by that device: then no leaf counts (CA250).
   */
  readonly homeOf: (
    conversation: ConversationId,
    account: Bytes,
    device: Bytes,
    named: string | undefined,
  ) => string | undefined;
  /**
   * Whether a leaf in this conversation names that other home, or this device met this account there
   * (docs/spec/peers.md PE69, PE70).
   */
  readonly isMetAt: (conversation: ConversationId, account: AccountId, at: string) => boolean;
  /** The home of this device, where its leaf in that conversation names another (CA250). */
  readonly homeToName: (conversation: ConversationId) => string | undefined;
  /** Hears what is said there, without a seat (CA87). It is refused where nobody holds the room open. */
  readonly listen: (name: Bytes, events: RoomEvents, at?: string) => RoomLine;
  /** Enters a Live as the one who shows, by the secret that makes its name; and as one who watches. */
  readonly show: (name: Bytes, secret: Bytes, events: RoomEvents) => RoomLine;
  readonly watch: (name: Bytes, events: RoomEvents, at?: string) => RoomLine;
  /** All devices that are in this conversation now. */
  readonly devicesIn: (conversation: ConversationId) => readonly DeviceId[];
  /** The key of a device that is in this conversation now, is listed and not stale. */
  readonly keyOf: (
    conversation: ConversationId,
    device: DeviceId,
  ) => { readonly account: AccountId; readonly key: Bytes } | undefined;
};

/** What seals and signs in rooms. */
export type RoomCrypto = Pick<
  Crypto,
  "sha256" | "derive" | "deriveOnce" | "seal" | "open" | "verify" | "random" | "sealKeyPair" | "hpkeSeal" | "hpkeOpen"
> & {
  /** By the key of this device. */
  readonly sign: (message: Bytes) => Promise<Bytes>;
};
