/**
 * Entries of a device list (docs/spec/identity.md ID1, ID4): their encoding, and whether one may follow another.
 * `identity.ts` checks the signatures.
 */
import { type Bytes, equalBytes, toHex, unlessMalformed } from "./bytes.ts";
import { type AccountId, type DeviceId, idBytes } from "./ids.ts";
import { limits } from "./limits.ts";
import {
  blob,
  decodeAs,
  encodeAs,
  extensions,
  fixed,
  type Infer,
  list,
  literal,
  struct,
  text,
  uint,
} from "./schema.ts";
import { accountIdOf, deviceIdOf, type Primitives, rootHashOf, zeroHash } from "./signing.ts";

type Sha256 = Primitives["sha256"];

const publicKey = fixed(idBytes.publicKey);
const hash = fixed(idBytes.hash);

/** ID1. The key whose hash is `nextRootHash` may change the root key, once (ID43). */
const inceptionRecord = struct({ v: literal(1), rootKey: publicKey, nextRootHash: hash });

/** ID4. `signer` is the root key, or a device key of the entry before. */
const entryBody = struct(
  {
    v: literal(1),
    account: fixed<AccountId>(idBytes.account),
    n: uint(limits.entriesMax - 1),
    prev: hash,
    devices: list(publicKey, limits.devicesMax),
    homeServers: list(text(limits.domainBytesMax), limits.homeServersMax),
    vaultEpoch: uint(),
    signer: publicKey,
  },
  {
    recoveryPub: publicKey,
    /**
     * Days since 1970, in entries that the root signs: of two such entries on different branches the later wins (ID7).
     */
    day: uint(),
    /** The root key from this entry on (ID43). `proof`: a signature by that key over `rootChangeBytes`. */
    root: struct({ key: publicKey, nextHash: hash, proof: fixed(idBytes.signature) }),
    more: extensions,
  },
);
export type EntryBody = Infer<typeof entryBody>;
type Additions = NonNullable<EntryBody["more"]>;

const signedEntry = struct({ body: blob(limits.entryBytesMax), signature: fixed(idBytes.signature) });

/** The current root key, the hash of the key that may change it, and how often the root key was changed. */
export type Root = { readonly key: Bytes; readonly nextHash: Bytes; readonly changes: number };

/** An accepted entry. */
export type ListEntry = {
  readonly bytes: Bytes;
  readonly hash: Bytes;
  readonly body: EntryBody;
  readonly byRoot: boolean;
  /** The root from this entry on. */
  readonly root: Root;
  /** Bytes of all entries up to this one. */
  readonly bytesSoFar: number;
};

export type EntryRefusal =
  | "malformed"
  | "wrong-account"
  | "gap"
  | "bad-link"
  | "not-a-signer"
  | "bad-signature"
  /** The rest of the list's room is reserved for the root (ID41). */
  | "full"
  /** A device changed a field that only the root may change (ID42, ID52). */
  | "root-only";

export type Inception = { readonly account: AccountId; readonly root: Root };

export function encodeInception(rootKey: Bytes, nextRootHash: Bytes): Bytes {
  return encodeAs(inceptionRecord, { v: 1, rootKey, nextRootHash });
}

/** @throws MalformedError */
export function readInception(sha256: Sha256, inception: Bytes): Inception {
  const { rootKey: key, nextRootHash: nextHash } = decodeAs(inceptionRecord, inception, limits.inceptionBytesMax);
  return { account: accountIdOf(sha256, inception), root: { key, nextHash, changes: 0 } };
}

export function encodeBody(body: EntryBody): Bytes {
  return encodeAs(entryBody, body);
}

/** `signature` is over `entryBytes(body)`. */
export function encodeEntry(body: Bytes, signature: Bytes): Bytes {
  return encodeAs(signedEntry, { body, signature });
}

export type OpenedEntry = {
  readonly bytes: Bytes;
  readonly signed: Infer<typeof signedEntry>;
  readonly body: EntryBody;
};

/** Decodes an entry. Returns undefined if the bytes are no entry, or name a device twice. @checks ID4 */
export function openEntry(bytes: Bytes): OpenedEntry | undefined {
  return unlessMalformed(() => {
    const signed = decodeAs(signedEntry, bytes, limits.entryBytesMax);
    const body = decodeAs(entryBody, signed.body, limits.entryBytesMax);
    return new Set(body.devices.map(toHex)).size === body.devices.length ? { bytes, signed, body } : undefined;
  });
}

/**
 * Decodes the body of an entry that was accepted before, without checking a signature. Returns undefined if the bytes
 * are no entry.
 */
export function readEntryBody(bytes: Bytes): EntryBody | undefined {
  return openEntry(bytes)?.body;
}

/** Returns the entry as the successor of `before`, or why it cannot be. Checks no signature. @checks ID5 */
export function following(
  sha256: Sha256,
  { account, root: first }: Inception,
  before: ListEntry | undefined,
  { bytes, body }: OpenedEntry,
): ListEntry | EntryRefusal {
  if (!equalBytes(body.account, account)) return "wrong-account";
  if (body.n !== (before?.body.n ?? -1) + 1) return "gap";
  if (!equalBytes(body.prev, before?.hash ?? zeroHash)) return "bad-link";
  const root = before?.root ?? first;
  // A change of the root is signed by the key whose hash was announced before, which signs nothing else.
  const byRoot =
    body.root === undefined
      ? equalBytes(body.signer, root.key)
      : equalBytes(rootHashOf(sha256, body.signer), root.nextHash);
  const byDevice = body.root === undefined && before?.body.devices.some((key) => equalBytes(key, body.signer)) === true;
  if (!byRoot && !byDevice) return "not-a-signer";
  if (!isNextEpoch(before?.body.vaultEpoch ?? body.vaultEpoch, body.vaultEpoch, byRoot)) return "malformed";
  const bytesSoFar = (before?.bytesSoFar ?? 0) + bytes.length;
  if (bytesSoFar > limits.historyBytesMax - (byRoot ? 0 : limits.rootBytesKept)) return "full";
  if (!byRoot && body.n >= limits.entriesMax - limits.rootEntriesKept) return "full";
  if (!byRoot && !sameTexts(body.homeServers, before?.body.homeServers ?? [])) return "root-only";
  if (!byRoot && !sameRootAdditions(before?.body.more ?? [], body.more ?? [])) return "root-only";
  return { bytes, hash: sha256(bytes), body, byRoot, root: rootAfter(root, body), bytesSoFar };
}

/**
 * ID50: a vault epoch never falls, or a key that a removed device knows would be used again; and rises by one, or the
 * numbers would run out. The root may rise further, above any epoch of the entries that it replaces.
 * @checks ID50
 */
function isNextEpoch(before: number, now: number, byRoot: boolean): boolean {
  return now >= before && now <= before + (byRoot ? limits.entriesMax : 1);
}

function rootAfter(before: Root, { root }: EntryBody): Root {
  return root === undefined ? before : { key: root.key, nextHash: root.nextHash, changes: before.changes + 1 };
}

/** @checks ID42 */
function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

/**
 * ID52: additions of types below 256 are the root's: even a client that does not know their meaning lets no device
 * change them.
 * @checks ID52
 */
function sameRootAdditions(before: Additions, now: Additions): boolean {
  const [was, is] = [before, now].map((all) => all.filter(({ type }) => type < limits.rootExtensionsBelow));
  return (
    was?.length === is?.length &&
    was?.every(({ type, data }, i) => type === is?.[i]?.type && equalBytes(data, is[i].data)) === true
  );
}

/** Returns the hex ids of the devices that an entry lists. */
export function listedIn(sha256: Sha256, { devices }: EntryBody): readonly string[] {
  return devices.map((key) => toHex(deviceIdOf(sha256, key)));
}

export type ListedDevice = { readonly id: DeviceId; readonly key: Bytes };
