/**
 * Calls: the requests of a client besides posting, with the schemas of arguments and result (docs/spec/wire.md WI5).
 * This file has those of accounts and delivery; each feature adds its own.
 */
import { account, address, call, device, hash, nothing, signature } from "./call.ts";
import { callsByFeature } from "./features/index.ts";
import type { Capability } from "./ids.ts";
import { idBytes, type ListHash } from "./ids.ts";
import { limits } from "./limits.ts";
import { blob, bool, fixed, type Infer, list, struct, text, uint } from "./schema.ts";

const capability = fixed<Capability>(idBytes.capability);
const entry = blob(limits.entryBytesMax);
const entries = list(entry, limits.entriesMax);
const domain = text(limits.domainBytesMax);

/** An account's history: the inception record, and every device-list entry that the reader may lack. */
export const accountHistory = struct({ inception: blob(limits.inceptionBytesMax), entries });
export type AccountHistory = Infer<typeof accountHistory>;

const coreCalls = {
  /**
   * The first call on every connection. `nonce`: signed by a sign-in on this connection. `calls`: the server has rooms
   * for calls (docs/spec/calls.md CA1). `groupCalls`: it forwards the media of group calls (CA80). `peers`: its public
   * key, if it connects to other servers (docs/spec/peers.md PE45). `asked`: random; then `home` is the server's key
   * and its signature over `homeKeyBytes`, with the key before it and that one's over `serverKeyBytes`, if there was
   * one (docs/spec/homes.md HM73).
   */
  hello: call(
    "any",
    struct({ versions: list(uint(255), 16) }, { asked: fixed(idBytes.nonce) }),
    struct(
      {
        version: uint(255),
        domain,
        incarnation: fixed(idBytes.incarnation),
        nonce: fixed(idBytes.nonce),
        timeMs: uint(),
      },
      {
        calls: bool,
        groupCalls: bool,
        peers: fixed(idBytes.publicKey),
        home: struct(
          { key: fixed(idBytes.publicKey), proof: signature },
          { before: struct({ key: fixed(idBytes.publicKey), signature }) },
        ),
      },
    ),
  ),
  /** `token`: the server's registration token, or any member's contact capability. Repeating it is safe. */
  register: call(
    "anonymous",
    struct({ token: fixed(idBytes.token), inception: blob(limits.inceptionBytesMax), entry }),
    nothing,
  ),
  /** Deletes the account of this connection with all its data (DS56), and signs out its devices. */
  deleteAccount: call("signed-in", nothing, nothing),
  /** `signature` is over `signInBytes`. The connection is signed in once the result arrives. */
  signIn: call(
    "any",
    struct({
      account,
      device,
      current: fixed(idBytes.pairValue),
      next: fixed(idBytes.pairValue),
      signature,
    }),
    struct({ entryCount: uint(limits.entriesMax), keyPackagesLeft: uint() }),
  ),
  /**
   * Appends signed device-list entries. A device that they drop is signed out and loses its addresses. On a connection
   * that is not signed in as that account, either the root signed the last entry, or a device of the new list proves
   * itself with `by`: a signature over `appendProofBytes`.
   */
  appendEntries: call(
    "any",
    struct({ account, entries }, { by: struct({ key: fixed(idBytes.publicKey), signature }) }),
    nothing,
  ),
  ownEntries: call("signed-in", struct({ from: uint(limits.entriesMax) }), struct({ entries })),
  /** Adds and removes addresses. `remove` may name those of any device of the account; unknown ones are ignored. */
  addresses: call(
    "signed-in",
    struct({ add: list(address, limits.addressesPerCallMax), remove: list(address, limits.addressesPerCallMax) }),
    nothing,
  ),
  /** `replace`: first deletes the device's older packages of the same sort (last-resort or not). */
  keyPackages: call(
    "signed-in",
    struct({
      add: list(
        struct({ package: blob(limits.keyPackageBytesMax), expiresAtMs: uint(), lastResort: bool }),
        limits.keyPackagesPerCallMax,
      ),
      replace: bool,
    }),
    struct({ left: uint() }),
  ),
  /** Capabilities by SHA-256. `remove` may name those of any device of the account. */
  capabilities: call(
    "signed-in",
    struct({ add: list(hash, limits.capabilitiesPerCallMax), remove: list(hash, limits.capabilitiesPerCallMax) }),
    nothing,
  ),
  /**
   * Draws one key package of every listed device, or of those in `only`. A device that has none is returned without
   * `package`. On a signed-in connection, only for the own account.
   */
  claim: call(
    "any",
    struct({ capability }, { only: list(device, limits.devicesMax) }),
    struct({
      account,
      history: accountHistory,
      packages: list(struct({ device }, { package: blob(limits.keyPackageBytesMax) }), limits.devicesMax),
    }),
  ),
  /** Uploads a list of addresses, to be named by the returned hash. The server keeps it in memory only. */
  uploadList: call(
    "anonymous",
    struct({ addresses: list(address, limits.listAddressesMax) }),
    struct({ hash: fixed<ListHash>(idBytes.list) }),
  ),
  /** Returns which of this device's addresses are in a list; none if the server does not know the list. */
  listed: call(
    "signed-in",
    struct({ list: fixed<ListHash>(idBytes.list) }),
    struct({ addresses: list(address, limits.listAddressesMax) }),
  ),
  /**
   * Returns the device list of the account with this root key. `signature`: by that key, over `rootProofBytes` of this
   * connection.
   */
  rootEntries: call("anonymous", struct({ rootKey: fixed(idBytes.publicKey), signature }), accountHistory),
} as const;

type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type FeatureCalls = All<(typeof callsByFeature)[keyof typeof callsByFeature]>;

export const calls: typeof coreCalls & FeatureCalls = Object.assign({}, coreCalls, ...Object.values(callsByFeature));

export type CallName = keyof typeof calls;
export type CallArgs<N extends CallName> = Infer<(typeof calls)[N]["args"]>;
export type CallResult<N extends CallName> = Infer<(typeof calls)[N]["result"]>;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
