/**
 * Signing: the exact bytes under each hash and signature that crosses the wire, so that client and
 * server cannot differ. The algorithms come in as a port; WebCrypto is asynchronous, Bun's is not.
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

/** SHA-256 and Ed25519 verification (RFC 8032); what `wire` needs of cryptography. */
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

/** Of a root key that is named before it counts (docs/spec/identity.md ID43). */
export function rootHashOf(sha256: Sha256, rootKey: Bytes): Bytes {
  return sha256(labelled("root", rootKey));
}

/** What a new root key signs, so that nobody names one that is another's: the account, and itself. */
export function rootChangeBytes(account: AccountId, rootKey: Bytes): Bytes {
  return labelled("root change", account, rootKey);
}

export function gateIdOf(sha256: Sha256, foundingKey: Bytes): GateId {
  return sha256(labelled("gate", foundingKey));
}

export function listHashOf(sha256: Sha256, addresses: readonly Address[]): ListHash {
  return sha256(labelled("list", ...addresses));
}

/** Of addresses at several servers, in their order (docs/spec/peers.md PE30). */
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

/** What a stream has carried, after one row more (docs/spec/peers.md PE20). */
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

/** What a device signs to sign in: bound to this server, this incarnation, this connection. */
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
 * What the root signs to be shown its account's device list: bound to this server, this incarnation, this connection.
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

/** What a device signs to have entries taken where it is not signed in: bound as `rootProofBytes` is. */
export function appendProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled("append", u32(domain.length), domain, fields.incarnation, fields.nonce, fields.account);
}

/** What the root signs to have its account's passkey kept: bound as `rootProofBytes` is, and to what is kept. */
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

/** The same for what its family's pieces open; without `kept`, that there is nothing any more. */
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

/** What the epoch's post key (a commit) or the founding key (a create) signs. A create leads to epoch 1. */
export function gateBytes(header: Extract<PostHeader, { mode: "commit" | "create" }>, postHash: PostHash): Bytes {
  return header.mode === "commit"
    ? labelled("commit", header.gate, u32(header.epoch), postHash, header.nextPostKey, header.nextTokenHash)
    : labelled("create", header.gate, postHash, header.nextPostKey, header.nextTokenHash);
}

export function entryBytes(body: Bytes): Bytes {
  return labelled("device list entry", body);
}

/**
 * What a device signs of a vault's segment: bound to account, place and epoch, so that home moves none of it (VA22).
 */
export function segmentBytes(fields: {
  readonly account: AccountId;
  readonly at: number;
  readonly epoch: number;
  readonly held: Bytes;
}): Bytes {
  return labelled("vault segment signed", fields.account, u53(fields.at), u53(fields.epoch), fields.held);
}

/** What a device signs of the recovery record: under which entry of the list it stood, and when (VA26). */
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

/** What a device signs of where its account is (docs/spec/homes.md HM3). */
export function homeRecordBytes(body: Bytes): Bytes {
  return labelled("home record", body);
}

/**
 * What a device or the root signs to bring its account to a home: bound as `rootProofBytes` is, and to the home record
 * that comes along.
 */
export function arriveProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
  /** Of the record's bytes; 32 zeros where none comes along. */
  readonly homeHash: Bytes;
}): Bytes {
  const domain = utf8(fields.domain);
  const { incarnation, nonce, account, homeHash } = fields;
  return labelled("arrive", u32(domain.length), domain, incarnation, nonce, account, homeHash);
}

/** What the root signs to have its account leave a home at once: bound as `rootProofBytes` is. */
export function leaveProofBytes(fields: {
  readonly domain: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly account: AccountId;
}): Bytes {
  const domain = utf8(fields.domain);
  return labelled("leave", u32(domain.length), domain, fields.incarnation, fields.nonce, fields.account);
}

/** What a server signs of itself (docs/spec/peers.md PE1). */
export function serverCardBytes(body: Bytes): Bytes {
  return labelled("server card", body);
}

/** What a server's key signs of the key that takes its place (docs/spec/peers.md PE3). */
export function serverKeyBytes(name: string, key: Bytes): Bytes {
  const named = utf8(name);
  return labelled("server key", u32(named.length), named, key);
}

/**
 * What a server signs at the beginning of a line (docs/spec/peers.md PE6): which side it is, and both first frames,
 * in which both names, incarnations and nonces stand.
 *
 * @param greeting of the side that was called, without its signature.
 */
export function peerLineBytes(side: "calling" | "called", hello: Bytes, greeting: Bytes): Bytes {
  return labelled("peer", Uint8Array.of(side === "calling" ? 0 : 1), u32(hello.length), hello, greeting);
}

export const zeroHash: Bytes = new Uint8Array(idBytes.hash);
