/**
 * What an operator has: the database, and the device lists in it. The attacks of this folder use nothing else of a
 * victim.
 */
import {
  encodeRecoveryRecord,
  encodeVaultSegment,
  type NoteOf,
  type RecoveryRecord,
  type VaultSegment,
} from "@yanshu/content";
import type { KeyPair } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Bytes,
  ByteWriter,
  concat,
  type DeviceList,
  fromHex,
  historyOf,
  recordBytes,
  recoveryPubOf,
  segmentBytes,
  takeHistory,
  utf8,
  vaultSegmentSizes,
} from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";

export const crypto = createBunCrypto();

export function homeOf(world: World, account: string): { readonly inception: Bytes; readonly ref: number } {
  const row = world.log.accounts.find(fromHex(account));
  if (row === undefined) throw new Error("home knows no such account");
  return row;
}

/** The device list as home hands it to anybody who holds a link. */
export async function listAt(world: World, account: string): Promise<DeviceList> {
  const { inception, ref } = homeOf(world, account);
  const taken = await takeHistory(crypto, undefined, { inception, entries: world.log.accounts.entries(ref, 0) });
  if (taken.kind === "refused") throw new Error(taken.why);
  return taken.list;
}

type Outside = NoteOf<"notAMember">;

/** That `reader` is out of a group, as a device of `by` would say it that signs with `key`. */
export async function outsideBy(
  world: World,
  by: Person,
  key: KeyPair,
  said: Pick<Outside, "conversation" | "founding" | "gate" | "reader" | "askedMs">,
  device: Bytes = fromHex(by.view("status").me?.device ?? ""),
): Promise<Outside> {
  const { conversation, founding, gate, reader, askedMs } = said;
  const numbers = new ByteWriter(12).u32(founding).u53(askedMs).finish();
  const signed = concat(utf8("yanshu not a member v1\0"), conversation, gate, numbers, reader, device);
  const signature = await crypto.sign(key.privateKey, signed);
  return { kind: "notAMember", ...said, device, history: historyOf(await listAt(world, by.account)), signature };
}

export function epochAt(list: DeviceList): number {
  return list.entries.at(-1)?.body.vaultEpoch ?? 0;
}

/** Of a key that home made: its id begins with zeros, so that it stands before every other. */
export function keyFirst(zeroBytes = 2): Bytes {
  for (;;) {
    const key = crypto.random(32);
    if (
      keyIdOf(key)
        .subarray(0, zeroBytes)
        .every((byte) => byte === 0)
    )
      return key;
  }
}

function keyIdOf(key: Bytes): Bytes {
  return crypto.sha256(concat(utf8("yanshu vault key id v1\0"), key)).subarray(0, 8);
}

/** Of a device whose disk somebody has. */
export async function deviceKeyOf(person: Person): Promise<KeyPair> {
  const seed = person.disk.get<{ value: Bytes }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  return crypto.signatureKeyPair(seed ?? new Uint8Array());
}

/** Puts a record in the place of the one at home, signed as if `by` had stood in the list's entry `n`. */
export async function forgeRecord(
  world: World,
  account: string,
  by: KeyPair,
  record: Partial<RecoveryRecord>,
  named: { readonly n?: number; readonly entryHash?: Bytes; readonly stampMs?: number } = {},
): Promise<void> {
  const list = await listAt(world, account);
  const entry = list.entries.at(named.n ?? -1);
  if (entry === undefined) throw new Error("the list has no such entry");
  const nothing = { keys: [], begins: [], items: [], rights: [], groups: [], people: [], ownFounding: 0 };
  const held = encodeRecoveryRecord({ ...nothing, ...record });
  const stampMs = named.stampMs ?? world.clock.nowMs();
  const said = { account: fromHex(account), n: entry.body.n, entryHash: named.entryHash ?? entry.hash, stampMs, held };
  const signature = await crypto.sign(by.privateKey, recordBytes(said));
  const voucher = concat(by.publicKey, u53(said.n), said.entryHash, u53(stampMs), signature);
  await putRecord(world, account, concat(voucher, held));
}

/** Whatever is to stand in it; the key that it is sealed to is in the device list. */
export async function putRecord(world: World, account: string, content: Bytes): Promise<void> {
  const pub = recoveryPubOf(await listAt(world, account));
  if (pub === undefined) throw new Error("the list names no recovery key");
  const { enc, ciphertext } = await crypto.hpkeSeal(pub, "yanshu recovery record v1", padded(content, 1 + 32 + 16));
  const sealed = concat(Uint8Array.of(1), enc, ciphertext);
  world.log.transaction(() => world.log.features.backup.putRecord(homeOf(world, account).ref, sealed));
}

/** What a key opens in an account's vault, as text; it looks at bytes alone. */
export async function openedBy(world: World, account: string, key: Bytes): Promise<readonly string[]> {
  const id = keyIdOf(key);
  const { ref } = homeOf(world, account);
  const opened: string[] = [];
  for (let at = 0; at < world.log.features.backup.vault(ref).next; at++) {
    const segment = world.log.features.backup.segment(ref, at);
    if (segment === undefined || !id.every((byte, i) => byte === segment[1 + i])) continue;
    const held = await crypto.open(key, segment.slice(9, 21), boundTo(account, at, id), segment.slice(21));
    if (held !== undefined) opened.push(Buffer.from(held).toString("utf8"));
  }
  return opened;
}

/** What somebody puts into a vault who has a key of it and a device's key, and home puts where they like. */
export type Forged = {
  readonly key: Bytes;
  readonly by: KeyPair;
  readonly epoch: number;
  readonly held: Partial<VaultSegment>;
  /** In the place of the one that stands there; else behind all others. */
  readonly at?: number;
};

export async function forgeSegment(world: World, account: string, { key, by, epoch, ...what }: Forged): Promise<void> {
  const at = what.at ?? world.log.features.backup.vault(homeOf(world, account).ref).next;
  const held = encodeVaultSegment({ messages: [], people: [], groups: [], clears: [], ...what.held });
  const said = segmentBytes({ account: fromHex(account), at, epoch, held });
  const signature = await crypto.sign(by.privateKey, said);
  await putSegment(world, account, key, at, concat(by.publicKey, u53(epoch), signature, held));
}

/** Whatever is to stand in it. */
export async function putSegment(world: World, account: string, key: Bytes, at: number, content: Bytes): Promise<void> {
  const { ref } = homeOf(world, account);
  const { backup } = world.log.features;
  const [nonce, id] = [crypto.random(12), keyIdOf(key)];
  const sealed = await crypto.seal(key, nonce, boundTo(account, at, id), padded(content, 1 + 8 + 12 + 16));
  const segment = concat(Uint8Array.of(1), id, nonce, sealed);
  const isNew = at === backup.vault(ref).next;
  world.log.transaction(() => (isNew ? backup.appendSegment(ref, segment) : backup.putSegment(ref, at, segment)));
}

function boundTo(account: string, at: number, keyId: Bytes): Bytes {
  return concat(utf8("yanshu vault segment v1\0"), fromHex(account), u53(at), keyId);
}

function u53(value: number): Bytes {
  return new ByteWriter(8).u53(value).finish();
}

/** To one of the lengths that home takes, of which so many bytes stand around it. */
function padded(content: Bytes, around: number): Bytes {
  const size = vaultSegmentSizes.find((one) => one >= around + 4 + content.length) ?? 0;
  const bytes = new Uint8Array(size - around);
  bytes.set(new ByteWriter(4).u32(content.length).finish());
  bytes.set(content, 4);
  return bytes;
}
