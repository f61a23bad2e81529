/**
 * Calls: what a client may ask of a server besides posting, with the shape of question and answer
 * (docs/spec/wire.md WI5). `who` says on which connection: "signed-in" ones know their device,
 * "anonymous" ones must not, "any" serves both.
 */

import type { AccountId, Address, Capability, DeviceId } from "./ids.ts";
import { idBytes, type ListHash } from "./ids.ts";
import { limits } from "./limits.ts";
import { blob, bool, fixed, type Infer, list, type Schema, struct, text, uint } from "./schema.ts";

type Who = "any" | "anonymous" | "signed-in";
type Call<A, R> = { readonly who: Who; readonly args: Schema<A>; readonly result: Schema<R> };

function call<A, R>(who: Who, args: Schema<A>, result: Schema<R>): Call<A, R> {
  return { who, args, result };
}

const account = fixed<AccountId>(idBytes.account);
const device = fixed<DeviceId>(idBytes.device);
const address = fixed<Address>(idBytes.address);
const capability = fixed<Capability>(idBytes.capability);
const hash = fixed(idBytes.hash);
const entry = blob(limits.entryBytesMax);
const entries = list(entry, limits.entriesMax);
const nothing = struct({});
const domain = text(limits.domainBytesMax);

/** An account's whole history: the inception record and every device-list entry that its reader may lack. */
export const accountHistory = struct({ inception: blob(limits.inceptionBytesMax), entries });
export type AccountHistory = Infer<typeof accountHistory>;

export const calls = {
  /** First on every connection. `nonce` is what a sign-in on this connection signs. */
  hello: call(
    "any",
    struct({ versions: list(uint(255), 16) }),
    struct({
      version: uint(255),
      domain,
      incarnation: fixed(idBytes.incarnation),
      nonce: fixed(idBytes.nonce),
      timeMs: uint(),
    }),
  ),
  /** `token`: the server's registration token, or any member's contact capability. Repeating it is safe. */
  register: call(
    "anonymous",
    struct({ token: fixed(idBytes.token), inception: blob(limits.inceptionBytesMax), entry }),
    nothing,
  ),
  /** See `signInBytes` for what is signed. The connection is signed in from the answer on. */
  signIn: call(
    "any",
    struct({
      account,
      device,
      current: fixed(idBytes.pairValue),
      next: fixed(idBytes.pairValue),
      signature: fixed(idBytes.signature),
    }),
    struct({ entryCount: uint(limits.entriesMax), keyPackagesLeft: uint() }),
  ),
  /** Entries prove themselves; a device that they drop is signed out and its addresses go. */
  appendEntries: call("any", struct({ account, entries }), nothing),
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
  /** One key package of every listed device, or of `only`; a device without one comes without `package`. */
  claim: call(
    "anonymous",
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
  /** Opens `address` on this connection, in memory, for ten minutes: for linking a device. */
  rendezvous: call("anonymous", struct({ address }), nothing),
} as const;

export type CallName = keyof typeof calls;
export type CallArgs<N extends CallName> = Infer<(typeof calls)[N]["args"]>;
export type CallResult<N extends CallName> = Infer<(typeof calls)[N]["result"]>;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
