/**
 * Calls: what a client may ask of a server besides posting, with the shape of question and answer
 * (docs/spec/wire.md WI5). Here stand those of accounts and delivery; each feature adds its own.
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

/** An account's whole history: the inception record and every device-list entry that its reader may lack. */
export const accountHistory = struct({ inception: blob(limits.inceptionBytesMax), entries });
export type AccountHistory = Infer<typeof accountHistory>;

const coreCalls = {
  /**
   * First on every connection. `nonce` is what a sign-in on this connection signs; `calls`: rooms are here
   * (docs/spec/calls.md CA1); `groupCalls`: their media is forwarded (CA80); `peers`: it speaks with other servers, and
   * this is its key among them (docs/spec/peers.md PE45).
   */
  hello: call(
    "any",
    struct({ versions: list(uint(255), 16) }),
    struct(
      {
        version: uint(255),
        domain,
        incarnation: fixed(idBytes.incarnation),
        nonce: fixed(idBytes.nonce),
        timeMs: uint(),
      },
      { calls: bool, groupCalls: bool, peers: fixed(idBytes.publicKey) },
    ),
  ),
  /** `token`: the server's registration token, or any member's contact capability. Repeating it is safe. */
  register: call(
    "anonymous",
    struct({ token: fixed(idBytes.token), inception: blob(limits.inceptionBytesMax), entry }),
    nothing,
  ),
  /** The account of this connection goes, with all that is kept of it (DS56); its devices are signed out. */
  deleteAccount: call("signed-in", nothing, nothing),
  /** See `signInBytes` for what is signed. The connection is signed in from the answer on. */
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
   * Entries prove themselves; a device that they drop is signed out and its addresses go. Where the connection is not
   * signed in as that account, the last entry is the root's, or `by` a device that the list then names: over
   * `appendProofBytes`.
   */
  appendEntries: call(
    "any",
    struct({ account, entries }, { by: struct({ key: fixed(idBytes.publicKey), signature }) }),
    nothing,
  ),
  ownEntries: call("signed-in", struct({ from: uint(limits.entriesMax) }), struct({ entries })),
  /** `remove` may name addresses of any device of the account; an unknown one is no error. */
  addresses: call(
    "signed-in",
    struct({ add: list(address, limits.addressesPerCallMax), remove: list(address, limits.addressesPerCallMax) }),
    nothing,
  ),
  /** `replace` first drops the device's older packages of the same sort. */
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
   * One key package of every listed device, or of `only`; a device without one comes without `package`. On a
   * signed-in connection of the own account alone.
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
  /** Makes the list known under its hash, which the answer repeats. Kept in memory only. */
  uploadList: call(
    "anonymous",
    struct({ addresses: list(address, limits.listAddressesMax) }),
    struct({ hash: fixed<ListHash>(idBytes.list) }),
  ),
  /** Which of this device's own addresses stand in a list; none when the list is not known. */
  listed: call(
    "signed-in",
    struct({ list: fixed<ListHash>(idBytes.list) }),
    struct({ addresses: list(address, limits.listAddressesMax) }),
  ),
  /**
   * The device list of the account whose root key this is, to the holder of that key: `signature` is over
   * `rootProofBytes` of this connection.
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
