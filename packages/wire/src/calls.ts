/**
 * Calls: what a client may ask of a server besides posting, with the shape of question and answer
 * (docs/spec/wire.md WI5). `who` says on which connection: "signed-in" ones know their device,
 * "anonymous" ones must not, "any" serves both.
 */

import { blobLimits, uploadToken, uploadTokenBytes } from "./blobs.ts";
import type { AccountId, Address, Capability, DeviceId } from "./ids.ts";
import { idBytes, type ListHash } from "./ids.ts";
import { limits } from "./limits.ts";
import { blob, bool, fixed, type Infer, list, oneOf, type Schema, struct, text, uint } from "./schema.ts";
import { vaultLimits } from "./vault.ts";

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
const handleTag = fixed(idBytes.hash);
const handleRecord = fixed(limits.handleRecordBytes);
const passkeyTag = fixed(idBytes.hash);
const passkeyWrap = fixed(limits.passkeyWrapBytes);
const familyTag = fixed(idBytes.hash);
const familyWrap = fixed(limits.familyWrapBytes);
/** By which a device that asks to come back is known again, and is stopped. */
const familyRequest = fixed(idBytes.content);
const segment = blob(vaultLimits.segmentBytesMax);
const nothing = struct({});
const domain = text(limits.domainBytesMax);
const tableName = text(limits.tableNameMax);

/** An account's whole history: the inception record and every device-list entry that its reader may lack. */
export const accountHistory = struct({ inception: blob(limits.inceptionBytesMax), entries });
export type AccountHistory = Infer<typeof accountHistory>;

/**
 * What became of a wake-up: `gone`: the push service knows the subscription no more. `busy`: it asks for patience.
 * `refused`: it does not take ours. `unreachable`: it did not answer the server.
 */
export const pushOutcomes = ["sent", "gone", "busy", "refused", "unreachable", "not-subscribed", "too-soon"] as const;
export type PushOutcome = (typeof pushOutcomes)[number];

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
      signature: fixed(idBytes.signature),
    }),
    struct({ entryCount: uint(limits.entriesMax), keyPackagesLeft: uint() }),
  ),
  /**
   * Entries prove themselves; a device that they drop is signed out and its addresses go. Where the connection is not signed in
   * as that account, the last entry is the root's, or `by` a device that the list then names: over `appendProofBytes`.
   */
  appendEntries: call(
    "any",
    struct(
      { account, entries },
      { by: struct({ key: fixed(idBytes.publicKey), signature: fixed(idBytes.signature) }) },
    ),
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
  /** What a device needs to subscribe at its push service; absent where the server sends no wake-ups. */
  pushKey: call("signed-in", nothing, struct({}, { key: fixed(limits.pushKeyBytes) })),
  /** This device's subscription takes the place of an older one. Refused as `malformed`: an endpoint that is never called. */
  pushSubscribe: call(
    "signed-in",
    struct({
      endpoint: text(limits.pushEndpointBytesMax),
      key: fixed(limits.pushKeyBytes),
      secret: fixed(limits.pushSecretBytes),
    }),
    nothing,
  ),
  /** No wake-ups any more, and none of the device's addresses is marked. */
  pushUnsubscribe: call("signed-in", nothing, nothing),
  /** Letters to which of the device's addresses wake it; an unknown one is no error. */
  pushWaking: call(
    "signed-in",
    struct({ add: list(address, limits.addressesPerCallMax), remove: list(address, limits.addressesPerCallMax) }),
    nothing,
  ),
  /** Wakes this device now, and says how that went. */
  pushTest: call("signed-in", nothing, struct({ outcome: oneOf(...pushOutcomes) })),
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
  /** Opens `address` on this connection, in memory, for ten minutes: for linking a device. */
  rendezvous: call("anonymous", struct({ address }), nothing),
  /**
   * What may be stored here as blobs, and the key of this epoch's upload tokens: asked where nobody is known, so that
   * no account can be shown a key of its own.
   */
  blobTerms: call(
    "anonymous",
    struct({}),
    struct({ epoch: uint(), publicKey: fixed(uploadTokenBytes.publicKey), bytesMax: uint(), days: uint() }),
  ),
  /**
   * One upload token lets this connection send large frames (WI23), where nobody is known. Refused `unavailable` where the server
   * knows no tokens: then it needs none.
   */
  pay: call("anonymous", struct({ token: uploadToken }), nothing),
  /** Draws upload tokens, blinded. `stale-epoch` when the key has changed since. */
  blobTokens: call(
    "signed-in",
    struct({ epoch: uint(), blinded: list(fixed(uploadTokenBytes.blinded), blobLimits.tokensPerCallMax) }),
    struct({
      evaluated: list(fixed(uploadTokenBytes.blinded), blobLimits.tokensPerCallMax),
      proof: fixed(uploadTokenBytes.proof),
    }),
  ),
  /** The one handle of this account; without it, none. Without a record nobody is led anywhere, and it is kept all the same. */
  setHandle: call("signed-in", struct({}, { handle: struct({ tag: handleTag }, { record: handleRecord }) }), nothing),
  /** Whom a handle leads to. No record: there is none, or its person is not to be found. Paid for with upload tokens. */
  findHandle: call(
    "anonymous",
    struct({ tag: handleTag, tokens: list(uploadToken, limits.handleTokens) }),
    struct({}, { record: handleRecord }),
  ),
  /** The device list of the account whose root key this is, to whoever holds it: `signature` is over `rootProofBytes` of this connection. */
  rootEntries: call(
    "anonymous",
    struct({ rootKey: fixed(idBytes.publicKey), signature: fixed(idBytes.signature) }),
    accountHistory,
  ),
  /**
   * The one passkey of an account, in the place of the one before, as its root says: `signature` is over
   * `passkeyProofBytes` of this connection.
   */
  keepPasskey: call(
    "anonymous",
    struct({
      account,
      tag: passkeyTag,
      wrap: passkeyWrap,
      signature: fixed(idBytes.signature),
    }),
    nothing,
  ),
  /** What the passkey that has this tag opens; none where nobody keeps one. */
  findPasskey: call("anonymous", struct({ tag: passkeyTag }), struct({}, { wrap: passkeyWrap })),
  /** Whether this account has a passkey. */
  passkeyState: call("signed-in", nothing, struct({ isKept: bool })),
  /**
   * What the pieces open that an account's family keeps, in the place of the one before, or nothing any more; as its root says:
   * `signature` is over `familyProofBytes` of this connection. Whoever was asking has to ask anew.
   */
  keepFamily: call(
    "anonymous",
    struct({ account, signature: fixed(idBytes.signature) }, { kept: struct({ tag: familyTag, wrap: familyWrap }) }),
    nothing,
  ),
  /**
   * What the pieces open that have this tag together: not before the delay is over. `isNew` begins one, in the place of any
   * other; without it the same is asked again. `waiting`: for `waitMs`. `over`: there is no such request any more.
   */
  askFamily: call(
    "anonymous",
    struct({ tag: familyTag, request: familyRequest, isNew: bool }),
    struct({ state: oneOf("none", "waiting", "given", "stopped", "over"), waitMs: uint() }, { wrap: familyWrap }),
  ),
  /** Whether this account's family keeps pieces, and who asks to come back by them now. */
  familyState: call(
    "signed-in",
    nothing,
    struct({ isKept: bool }, { asked: struct({ request: familyRequest, waitMs: uint() }) }),
  ),
  /** That one does not come back. One that is not there is no error. */
  stopFamily: call("signed-in", struct({ request: familyRequest }), nothing),
  /**
   * The one recovery record of the account, sealed to its recovery key, in the place of the one before. Its length is that of a
   * segment. `n` and `entryHash`: the head of the list under which it was made, else `list-conflict`.
   */
  keepRecord: call("signed-in", struct({ n: uint(), entryHash: hash, record: segment }), nothing),
  readRecord: call("signed-in", nothing, struct({}, { record: segment })),
  /** The account's vault: its segments have the places `start` up to `next`, and fill `bytes` of `bytesMax`. */
  vaultState: call(
    "signed-in",
    nothing,
    struct({ isOn: bool, start: uint(), next: uint(), bytes: uint(), bytesMax: uint() }),
  ),
  /** Off: all of it is deleted. On again: it begins empty, after the places that were used. Repeating it is safe. */
  vaultSwitch: call("signed-in", struct({ isOn: bool }), nothing),
  /** Refused `stale-offset` when `at` is not the next place: another device was quicker. */
  vaultAppend: call("signed-in", struct({ at: uint(), segment }), nothing),
  /** The newest first, from the place before `before` on. */
  vaultRead: call(
    "signed-in",
    struct({ before: uint() }),
    struct({ segments: list(struct({ at: uint(), segment }), vaultLimits.segmentsPerPageMax) }),
  ),
  /** Another segment in the place of one whose SHA-256 is `was`; else `stale-offset`. What it held is overwritten. */
  vaultRewrite: call("signed-in", struct({ at: uint(), was: hash, segment }), nothing),
  /** How many rows of each table are this account's, and how many bytes stand in them (DS70). */
  everythingCounts: call(
    "signed-in",
    nothing,
    struct({ tables: list(struct({ table: tableName, rows: uint(), bytes: uint() }), limits.tablesMax) }),
  ),
  /**
   * All that is kept of this account, as it stands in the database: rows of one table (`decodeRow`), and where the next
   * answer goes on, which is the server's to understand. `isCut`: of the last row this is the beginning, and the next answer's first goes
   * on with it. Refused `stale-offset` when that row is gone meanwhile.
   */
  everything: call(
    "signed-in",
    struct({}, { from: blob(limits.placeBytesMax) }),
    struct(
      {
        table: tableName,
        columns: list(tableName, limits.tablesMax),
        rows: list(blob(limits.rowsBytesMax), limits.rowsMax),
        isCut: bool,
      },
      { next: blob(limits.placeBytesMax) },
    ),
  ),
} as const;

export type CallName = keyof typeof calls;
export type CallArgs<N extends CallName> = Infer<(typeof calls)[N]["args"]>;
export type CallResult<N extends CallName> = Infer<(typeof calls)[N]["result"]>;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}
