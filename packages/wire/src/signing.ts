/**
 * Signing: the exact input of each hash and signature of the protocol, shared by client and server. The caller gives
 * the algorithms.
 */
import { type Bytes, ByteWriter, concat, utf8 } from "./bytes.ts";
import type { PostHeader } from "./frames.ts";
import {
  type AccountId,
  type Address,
  type DeviceId,
  type GateId,
  idBytes,
  type ListHash,
  type PostHash,
} from "./ids.ts";

/** SHA-256 and Ed25519 verification (RFC 8032). WebCrypto verifies asynchronously, Bun does not. */
export type Primitives = {
  readonly sha256: (data: Bytes) => Bytes;
  readonly verify: (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean | Promise<boolean>;
};

type Sha256 = Primitives["sha256"];

function labelled(label: string, ...fields: readonly Bytes[]): Bytes {
  return concat(utf8(`yanshu ${label} v1\0`), ...fields);
}

function u32(value: number): Bytes {
  return new ByteWriter(4).u32(value).finish();
}

function u53(value: number): Bytes {
  return new ByteWriter(8).u53(value).finish();
}

export function accountIdOf(sha256: Sha256, inception: Bytes): AccountId {
  return sha256(labelled("account", inception));
}

export function deviceIdOf(sha256: Sha256, deviceKey: Bytes): DeviceId {
  return sha256(labelled("device", deviceKey));
}

/** The hash by which the next root key is announced (docs/spec/identity.md ID43). */
export function rootHashOf(sha256: Sha256, rootKey: Bytes): Bytes {
  return sha256(labelled("root", rootKey));
}

/** The input that a new root key signs, to prove that its owner holds it. */
export function rootChangeBytes(account: AccountId, rootKey: Bytes): Bytes {
  return labelled("root change", account, rootKey);
}

export function gateIdOf(sha256: Sha256, foundingKey: Bytes): GateId {
  return sha256(labelled("gate", foundingKey));
}

export function listHashOf(sha256: Sha256, addresses: readonly Address[]): ListHash {
  return sha256(labelled("list", ...addresses));
}

/** The hash of a list of addresses at several servers, in order (docs/spec/peers.md PE30). */
export function farListHashOf(
  sha256: Sha256,
  entries: readonly { readonly server: string; readonly address: Address }[],
): ListHash {
  const parts = entries.flatMap(({ server, address }) => {
    const named = utf8(server);
    return [Uint8Array.of(named.length), named, address];
  });
  return sha256(labelled("list 2", ...parts));
}

/** The hash chain of a stream after one more row (docs/spec/peers.md PE20). */
export function streamChainOf(sha256: Sha256, before: Bytes, row: Bytes): Bytes {
  return sha256(labelled("stream", before, sha256(row))).slice(0, before.length);
}

/** H(all parts). */
export function postHashOf(sha256: Sha256, partsBytes: Bytes): PostHash {
  return sha256(labelled("post", partsBytes));
}

export function capabilityHashOf(sha256: Sha256, capability: Bytes): Bytes {
  return sha256(labelled("capability", capability));
}

export function tokenHashOf(sha256: Sha256, token: Bytes): Bytes {
  return sha256(labelled("token", token));
}

/** The input that a device signs to sign in: bound to this server, its incarnation and this connection. */
export function signInBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly current: Bytes;
  readonly next: Bytes;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled(
    "sign-in",
    u32(domain.length),
    domain,
    fields.incarnation,
    fields.nonce,
    fields.account,
    fields.device,
    fields.current,
    fields.next,
  );
}

/**
 * The input that the root signs to read its account's device list: bound to server, incarnation and connection.
 */
export function rootProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly rootKey: Bytes;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled("restore", u32(domain.length), domain, fields.incarnation, fields.nonce, fields.rootKey);
}

/** The input that a device signs to append entries without being signed in: bound like `rootProofBytes`. */
export function appendProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled("append", u32(domain.length), domain, fields.incarnation, fields.nonce, fields.account);
}

/** The input that the root signs to store a passkey: bound like `rootProofBytes`, and to tag and wrap. */
export function passkeyProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
  readonly tag: Bytes;
  readonly wrap: Bytes;
}): Bytes {
  const domain = utf8(fields.domain);
  const { incarnation, nonce, account, tag, wrap } = fields;
  return labelled("passkey", u32(domain.length), domain, incarnation, nonce, account, tag, wrap);
}

/** The same for the family's wrapped secret; without `kept`, to delete it. */
export function familyProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
  readonly kept: { readonly tag: Bytes; readonly wrap: Bytes } | undefined;
}): Bytes {
  const domain = utf8(fields.domain);
  const { incarnation, nonce, account, kept } = fields;
  const fixed = [u32(domain.length), domain, incarnation, nonce, account];
  return kept === undefined ? labelled("family end", ...fixed) : labelled("family", ...fixed, kept.tag, kept.wrap);
}

/** The input that the epoch's post key (commit) or the founding key (create) signs. A create leads to epoch 1. */
export function gateBytes(header: Extract<PostHeader, { mode: "commit" | "create" }>, postHash: PostHash): Bytes {
  return header.mode === "commit"
    ? labelled("commit", header.gate, u32(header.epoch), postHash, header.nextPostKey, header.nextTokenHash)
    : labelled("create", header.gate, postHash, header.nextPostKey, header.nextTokenHash);
}

export function entryBytes(body: Bytes): Bytes {
  return labelled("device list entry", body);
}

/**
 * The input that a device signs for a vault segment: bound to account, number and epoch, so that home cannot move it
 * (VA22).
 */
export function segmentBytes(fields: {
  readonly account: AccountId;
  readonly at: number;
  readonly epoch: number;
  readonly held: Bytes;
}): Bytes {
  return labelled("vault segment signed", fields.account, u53(fields.at), u53(fields.epoch), fields.held);
}

/** The input that a device signs for the recovery record: bound to the head of its list, and the time (VA26). */
export function recordBytes(fields: {
  readonly account: AccountId;
  readonly n: number;
  readonly entryHash: Bytes;
  readonly stampMs: number;
  readonly held: Bytes;
}): Bytes {
  const { account, n, entryHash, stampMs, held } = fields;
  return labelled("recovery record signed", account, u53(n), entryHash, u53(stampMs), held);
}

/** The input that a device signs for a home record (docs/spec/homes.md HM3). */
export function homeRecordBytes(body: Bytes): Bytes {
  return labelled("home record", body);
}

/**
 * The input that a device or the root signs to move its account to a home: bound like `rootProofBytes`, and to the home
 * record.
 */
export function arriveProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
  /** SHA-256 of the record; 32 zeros without a record. */
  readonly homeHash: Bytes;
}): Bytes {
  const domain = utf8(fields.domain);
  const { incarnation, nonce, account, homeHash } = fields;
  return labelled("arrive", u32(domain.length), domain, incarnation, nonce, account, homeHash);
}

/** The input that the root signs to leave a home at once: bound like `rootProofBytes`. */
export function leaveProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled("leave", u32(domain.length), domain, fields.incarnation, fields.nonce, fields.account);
}

/** The input that a server signs for its card (docs/spec/peers.md PE1). */
export function serverCardBytes(body: Bytes): Bytes {
  return labelled("server card", body);
}

/** The input that a server's old key signs for the new one (docs/spec/peers.md PE3). */
export function serverKeyBytes(name: string, key: Bytes): Bytes {
  const named = utf8(name);
  return labelled("server key", u32(named.length), named, key);
}

/**
 * The input that a home signs for a client: its name, and what both have just drawn (docs/spec/homes.md HM73).
 *
 * @param asked the client's. @param nonce the home's.
 */
export function homeKeyBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly asked: Bytes;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled("home key", u32(domain.length), domain, fields.incarnation, fields.nonce, fields.asked);
}

/**
 * The input that a server signs at the beginning of a line (docs/spec/peers.md PE6): its side, and the first two
 * frames, which have both names, incarnations and nonces.
 *
 * @param greeting the called side's frame without its signature.
 */
export function peerLineBytes(side: "calling" | "called", hello: Bytes, greeting: Bytes): Bytes {
  return labelled("peer", Uint8Array.of(side === "calling" ? 0 : 1), u32(hello.length), hello, greeting);
}

export const zeroHash: Bytes = new Uint8Array(idBytes.hash);
