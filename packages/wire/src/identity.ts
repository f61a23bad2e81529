/**
 * Identity: accounts that certify themselves, and their device lists (docs/spec/identity.md).
 *
 * Client and server run this same code: the server to know whose device signs in, the client
 * because it never takes the server's word. The logic is pure; hash and signature check come in.
 */
import { type Bytes, equalBytes, MalformedError, toHex } from "./bytes.ts";
import type { AccountHistory } from "./calls.ts";
import { type AccountId, type DeviceId, idBytes } from "./ids.ts";
import { limits } from "./limits.ts";
import { decodeAs, encodeAs, fixed, type Infer, list, literal, struct, text, uint } from "./schema.ts";
import { accountIdOf, deviceIdOf, entryBytes, type Primitives, zeroHash } from "./signing.ts";

const publicKey = fixed(idBytes.publicKey);

/** ID1. `nextRootHash` is reserved for changing the root key: ids cannot change later. */
const inceptionRecord = struct({ v: literal(1), rootKey: publicKey }, { nextRootHash: fixed(idBytes.hash) });

/** ID4. `signer` is the root key, or a device key of the entry before. */
const entryBody = struct(
  {
    v: literal(1),
    account: fixed<AccountId>(idBytes.account),
    n: uint(limits.entriesMax - 1),
    prev: fixed(idBytes.hash),
    devices: list(publicKey, limits.devicesMax),
    homeServers: list(text(limits.domainBytesMax), limits.homeServersMax),
    vaultEpoch: uint(),
    signer: publicKey,
  },
  { recoveryPub: publicKey },
);
export type EntryBody = Infer<typeof entryBody>;

const signedEntry = struct({ body: fixedMax(limits.entryBytesMax), signature: fixed(idBytes.signature) });

function fixedMax(max: number) {
  return {
    check: (value: unknown, path: string): Bytes => {
      if (value instanceof Uint8Array && value.length <= max) return value;
      throw new MalformedError(`${path}: not at most ${max} bytes`);
    },
  };
}

/** One entry that was accepted. */
export type ListEntry = {
  readonly bytes: Bytes;
  readonly hash: Bytes;
  readonly body: EntryBody;
  readonly byRoot: boolean;
};

/** What one party holds of an account: it only ever moves forward (ID6). */
export type DeviceList = {
  readonly account: AccountId;
  readonly inception: Bytes;
  readonly rootKey: Bytes;
  readonly entries: readonly ListEntry[];
  /** Hex ids of every device that any accepted entry listed, those of overridden entries included. */
  readonly everListed: ReadonlySet<string>;
  /** Set when two entries with one n were seen; only an entry by the root ends it (ID7). */
  readonly frozenAt: number | undefined;
};

export type EntryRefusal = "malformed" | "wrong-account" | "gap" | "bad-link" | "not-a-signer" | "bad-signature";
export type Advance =
  | { readonly kind: "advanced" | "known" | "frozen"; readonly list: DeviceList }
  | { readonly kind: "refused"; readonly why: EntryRefusal };

export type DeviceStanding = "listed" | "stale" | "never-listed";

export function encodeInception(rootKey: Bytes): Bytes {
  return encodeAs(inceptionRecord, { v: 1, rootKey });
}

/** A list without entries. @throws MalformedError */
export function beginList(primitives: Pick<Primitives, "sha256">, inception: Bytes): DeviceList {
  const { rootKey } = decodeAs(inceptionRecord, inception, limits.inceptionBytesMax);
  const account = accountIdOf(primitives.sha256, inception);
  return { account, inception, rootKey, entries: [], everListed: new Set(), frozenAt: undefined };
}

/**
 * To whom the vault's keys are sealed for restoring (ID31). As the root said it last: a device that was stolen could
 * name a key of its own, and would be told by it what it shall not know once it was removed.
 */
export function recoveryPubOf(held: DeviceList): Bytes | undefined {
  return held.entries.findLast(({ byRoot }) => byRoot)?.body.recoveryPub;
}

/**
 * Whether `list` shows that its account was restored since `held` (ID32): the root itself, not the first time, names a
 * device that was never listed before.
 */
export function wasRestored(primitives: Pick<Primitives, "sha256">, held: DeviceList, list: DeviceList): boolean {
  const idOf = (key: Bytes) => toHex(deviceIdOf(primitives.sha256, key));
  const known = new Set(held.everListed);
  for (const { byRoot, body, bytes } of list.entries) {
    const isNew = !held.entries.some((one) => equalBytes(one.bytes, bytes));
    const keys = body.devices.map(idOf);
    if (isNew && byRoot && body.n > 0 && keys.some((id) => !known.has(id))) return true;
    for (const id of keys) known.add(id);
  }
  return false;
}

export function headOf(held: DeviceList): ListEntry | undefined {
  return held.entries.at(-1);
}

/** The body of the entry that follows `held`; unset fields stay as they were. */
export function nextEntryBody(
  held: DeviceList,
  change: Partial<Pick<EntryBody, "devices" | "homeServers" | "vaultEpoch" | "recoveryPub">>,
  signer: Bytes,
): Bytes {
  const head = headOf(held);
  const recoveryPub = change.recoveryPub ?? head?.body.recoveryPub;
  return encodeAs(entryBody, {
    v: 1,
    account: held.account,
    n: held.entries.length,
    prev: head?.hash ?? zeroHash,
    devices: change.devices ?? head?.body.devices ?? [],
    homeServers: change.homeServers ?? head?.body.homeServers ?? [],
    vaultEpoch: change.vaultEpoch ?? head?.body.vaultEpoch ?? 0,
    signer,
    ...(recoveryPub === undefined ? {} : { recoveryPub }),
  });
}

/** `signature` is over `entryBytes(body)`. */
export function encodeEntry(body: Bytes, signature: Bytes): Bytes {
  return encodeAs(signedEntry, { body, signature });
}

/**
 * Takes one entry after those held (ID5–ID7).
 *
 * A second entry for an n already held freezes the account, unless the root signed it and only
 * devices signed those it would replace: then it takes their place, so that a thief who revokes
 * the owner first loses. An entry by the root also ends a freeze.
 */
export async function takeEntry(primitives: Primitives, held: DeviceList, bytes: Bytes): Promise<Advance> {
  const opened = openEntry(bytes);
  if (opened === undefined) return { kind: "refused", why: "malformed" };
  const { signed, body } = opened;
  const { n, prev, signer } = body;
  if (!equalBytes(body.account, held.account)) return { kind: "refused", why: "wrong-account" };
  // A signature costs more than all the rest: it is checked last, and of what is held not again.
  const same = held.entries[n];
  if (same !== undefined && equalBytes(same.bytes, bytes)) return { kind: "known", list: held };
  const byRoot = equalBytes(signer, held.rootKey);
  if (n > held.entries.length) return { kind: "refused", why: "gap" };
  const before = held.entries[n - 1];
  if (!equalBytes(prev, before?.hash ?? zeroHash)) return { kind: "refused", why: "bad-link" };
  // ID50: else an epoch of the vault that somebody knew comes again, or none is left.
  const epochBefore = before?.body.vaultEpoch ?? body.vaultEpoch;
  if (body.vaultEpoch < epochBefore || body.vaultEpoch > epochBefore + 1) return { kind: "refused", why: "malformed" };
  const mayBeDevice = before?.body.devices.some((key) => equalBytes(key, signer)) ?? false;
  if (!byRoot && !mayBeDevice) return { kind: "refused", why: "not-a-signer" };
  if (!byRoot && held.frozenAt !== undefined && n >= held.frozenAt) return { kind: "frozen", list: held };
  if (!(await primitives.verify(signer, entryBytes(signed.body), signed.signature)))
    return { kind: "refused", why: "bad-signature" };
  const entry: ListEntry = { bytes, hash: primitives.sha256(bytes), body, byRoot };
  if (same !== undefined) {
    const outranks = byRoot && held.entries.slice(n).every((replaced) => !replaced.byRoot);
    if (!outranks) {
      // A device's rival to what the root has decided changes nothing; any other pair freezes.
      if (same.byRoot && !byRoot) return { kind: "known", list: held };
      return { kind: "frozen", list: { ...held, frozenAt: Math.min(n, held.frozenAt ?? n) } };
    }
  }
  const everListed = new Set(held.everListed);
  for (const key of body.devices) everListed.add(toHex(deviceIdOf(primitives.sha256, key)));
  const list: DeviceList = {
    ...held,
    entries: [...held.entries.slice(0, n), entry],
    everListed,
    frozenAt: byRoot ? undefined : held.frozenAt,
  };
  return { kind: "advanced", list };
}

/** Takes a whole history; stops at the first refusal. @throws MalformedError when the inception is not one. */
export async function takeHistory(
  primitives: Primitives,
  held: DeviceList | undefined,
  history: AccountHistory,
): Promise<Advance> {
  let list = held ?? beginList(primitives, history.inception);
  if (!equalBytes(list.inception, history.inception)) return { kind: "refused", why: "wrong-account" };
  let kind: "advanced" | "known" | "frozen" = "known";
  for (const bytes of history.entries) {
    const step = await takeEntry(primitives, list, bytes);
    if (step.kind === "refused") return step;
    list = step.list;
    if (step.kind !== "known") kind = step.kind;
  }
  return { kind, list };
}

/**
 * The list that `takeHistory` made of these entries before, without checking a signature again. For a party's own
 * store alone, which must know that the bytes are those. Undefined when they are no list.
 */
export function restoreList(
  primitives: Pick<Primitives, "sha256">,
  inception: Bytes,
  entries: readonly Bytes[],
): DeviceList | undefined {
  const begun = beginList(primitives, inception);
  const everListed = new Set<string>();
  const read: ListEntry[] = [];
  for (const bytes of entries) {
    const body = readEntryBody(bytes);
    const prev = read.at(-1)?.hash ?? zeroHash;
    if (body === undefined || body.n !== read.length || !equalBytes(body.prev, prev)) return undefined;
    if (!equalBytes(body.account, begun.account)) return undefined;
    for (const key of body.devices) everListed.add(toHex(deviceIdOf(primitives.sha256, key)));
    read.push({ bytes, hash: primitives.sha256(bytes), body, byRoot: equalBytes(body.signer, begun.rootKey) });
  }
  return { ...begun, entries: read, everListed };
}

export function historyOf(held: DeviceList): AccountHistory {
  return { inception: held.inception, entries: held.entries.map((entry) => entry.bytes) };
}

/** The devices that count now. Empty when there is no entry. */
export function devicesOf(
  primitives: Pick<Primitives, "sha256">,
  held: DeviceList,
): readonly { id: DeviceId; key: Bytes }[] {
  return (headOf(held)?.body.devices ?? []).map((key) => ({ id: deviceIdOf(primitives.sha256, key), key }));
}

/** ID8: never listed is refused; stale is taken in processing, but nothing is encrypted to it. */
export function standingOf(primitives: Pick<Primitives, "sha256">, held: DeviceList, device: DeviceId): DeviceStanding {
  if (devicesOf(primitives, held).some(({ id }) => equalBytes(id, device))) return "listed";
  return held.everListed.has(toHex(device)) ? "stale" : "never-listed";
}

/**
 * What an entry says, for entries that `takeEntry` has accepted before: no signature is checked.
 * Undefined when the bytes are not an entry.
 */
export function readEntryBody(bytes: Bytes): EntryBody | undefined {
  return openEntry(bytes)?.body;
}

function openEntry(bytes: Bytes): { signed: Infer<typeof signedEntry>; body: EntryBody } | undefined {
  try {
    const signed = decodeAs(signedEntry, bytes, limits.entryBytesMax);
    return { signed, body: decodeAs(entryBody, signed.body, limits.entryBytesMax) };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
