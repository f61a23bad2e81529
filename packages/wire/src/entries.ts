/**
 * Entries of a device list, one by one (docs/spec/identity.md ID1, ID4): how they are laid out, and whether one may
 * follow on another. Signatures are checked by the reader (`identity.ts`).
 */
import { type Bytes, equalBytes, MalformedError, toHex } from "./bytes.ts";
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

/** ID1. Who has the key behind `nextRootHash` may change the root key, once (ID43). */
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
     * Days since 1970, where the root signs: of two that it signed without knowing of each other the later counts
     * (ID7).
     */
    day: uint(),
    /** The root that counts from here on (ID43). `proof`: by that key, over `rootChangeBytes`. */
    root: struct({ key: publicKey, nextHash: hash, proof: fixed(idBytes.signature) }),
    more: extensions,
  },
);
export type EntryBody = Infer<typeof entryBody>;
type Additions = NonNullable<EntryBody["more"]>;

const signedEntry = struct({ body: blob(limits.entryBytesMax), signature: fixed(idBytes.signature) });

/** The root key that counts, the hash of the one that may name another, and how often that was done. */
export type Root = { readonly key: Bytes; readonly nextHash: Bytes; readonly changes: number };

/** One entry that was accepted. */
export type ListEntry = {
  readonly bytes: Bytes;
  readonly hash: Bytes;
  readonly body: EntryBody;
  readonly byRoot: boolean;
  /** From this entry on. */
  readonly root: Root;
  /** Bytes of the list, this entry included. */
  readonly bytesSoFar: number;
};

export type EntryRefusal =
  | "malformed"
  | "wrong-account"
  | "gap"
  | "bad-link"
  | "not-a-signer"
  | "bad-signature"
  /** What is left of the list is the root's (ID41). */
  | "full"
  /** A device would decide what the root alone does (ID42). */
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

/** Undefined when the bytes are no entry, or name a device twice. @checks ID4 */
export function openEntry(bytes: Bytes): OpenedEntry | undefined {
  try {
    const signed = decodeAs(signedEntry, bytes, limits.entryBytesMax);
    const body = decodeAs(entryBody, signed.body, limits.entryBytesMax);
    return new Set(body.devices.map(toHex)).size === body.devices.length ? { bytes, signed, body } : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/**
 * What an entry says, for entries that were accepted before: no signature is checked.
 * Undefined when the bytes are not an entry.
 */
export function readEntryBody(bytes: Bytes): EntryBody | undefined {
  return openEntry(bytes)?.body;
}

/** The entry as it follows on `before`, or why it cannot. Its signature is not looked at. @checks ID5 */
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
  // Who changes the root shows the key that was named for that beforehand, and nothing else is signed with it.
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
 * ID50: else an epoch of the vault that somebody knew comes again, or none is left. The root goes above all that
 * devices may have said in the entries whose place it takes.
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
 * ID52: what is added under these numbers is the root's word, whatever it will be: also who does not know it lets no
 * device change it.
 * @checks ID52
 */
function sameRootAdditions(before: Additions, now: Additions): boolean {
  const [was, is] = [before, now].map((all) => all.filter(({ type }) => type < limits.rootExtensionsBelow));
  return (
    was?.length === is?.length &&
    was?.every(({ type, data }, i) => type === is?.[i]?.type && equalBytes(data, is[i].data)) === true
  );
}

/** Hex ids of the devices that an entry lists. */
export function listedIn(sha256: Sha256, { devices }: EntryBody): readonly string[] {
  return devices.map((key) => toHex(deviceIdOf(sha256, key)));
}

export type ListedDevice = { readonly id: DeviceId; readonly key: Bytes };
