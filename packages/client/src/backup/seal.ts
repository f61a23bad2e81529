/**
 * Segments, signed and sealed (docs/spec/vault.md VA2, VA6, VA22):
 *
 *   version u8 · id of the key 8 · nonce 12 · AES-256-GCM(key, pad(device key 32 · epoch 8 · signature 64 · what it holds))
 *
 * bound to account and place, so that home can neither move one nor give it to somebody else; padded to one of few
 * lengths.
 */
import { readVaultKeys, type VaultKeyRow } from "@yanshu/store";
import {
  type AccountId,
  ByteReader,
  type Bytes,
  ByteWriter,
  concat,
  equalBytes,
  idBytes,
  MalformedError,
  segmentBytes,
  utf8,
  vaultSegmentSizes,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { keyIdBytes } from "./keys.ts";

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const lengthBytes = 4;
const epochBytes = 8;
const signedBytes = idBytes.publicKey + epochBytes + idBytes.signature;
const overhead = 1 + keyIdBytes + nonceBytes + tagBytes + lengthBytes + signedBytes;
/** The most content bytes of the largest segment. */
export const heldBytesMax = (vaultSegmentSizes.at(-1) ?? 0) - overhead;

/** A segment with its signer. `beliefIn` decides whether the signer may have stored it there. */
export type SignedSegment = { readonly signer: Bytes; readonly epoch: number; readonly held: Bytes };

/** @throws if `held` exceeds `heldBytesMax`: an invariant of the caller. */
export async function sealSegment(engine: Engine, key: VaultKeyRow, at: number, held: Bytes): Promise<Bytes> {
  const size = vaultSegmentSizes.find((one) => one >= overhead + held.length);
  if (size === undefined) throw new Error("invariant: a segment is filled no further than it holds");
  const { crypto } = engine.ports;
  const { account, deviceKey } = ownOf(engine);
  const { epoch } = key;
  const signature = await crypto.sign(deviceKey.privateKey, segmentBytes({ account, at, epoch, held }));
  const signed = concat(deviceKey.publicKey, new ByteWriter(epochBytes).u53(epoch).finish(), signature, held);
  const padded = new Uint8Array(size - overhead + lengthBytes + signedBytes);
  padded.set(new ByteWriter(lengthBytes).u32(signed.length).finish());
  padded.set(signed, lengthBytes);
  const nonce = crypto.random(nonceBytes);
  const sealed = await crypto.seal(key.key, nonce, boundTo(account, at, key.id), padded);
  return concat(Uint8Array.of(version), key.id, nonce, sealed);
}

/** `locked`: its key is not here. `broken`: no device of the account sealed it for this place. @checks VA22 */
export async function openSegment(
  engine: Engine,
  at: number,
  segment: Bytes,
): Promise<SignedSegment | "locked" | "broken"> {
  if (segment.length <= overhead || segment[0] !== version) return "broken";
  const id = segment.subarray(1, 1 + keyIdBytes);
  const key = readVaultKeys(engine.db).find((one) => equalBytes(one.id, id));
  if (key === undefined) return "locked";
  const nonce = segment.slice(1 + keyIdBytes, 1 + keyIdBytes + nonceBytes);
  const sealed = segment.slice(1 + keyIdBytes + nonceBytes);
  const { account } = ownOf(engine);
  const padded = await engine.ports.crypto.open(key.key, nonce, boundTo(account, at, key.id), sealed);
  if (padded === undefined) return "broken";
  const read = readSigned(padded);
  if (read === undefined) return "broken";
  const { signer, epoch, signature, held } = read;
  const isTheirs = await engine.ports.crypto.verify(signer, segmentBytes({ account, at, epoch, held }), signature);
  return isTheirs ? { signer, epoch, held } : "broken";
}

/** Undefined if the plaintext is no segment. */
function readSigned(padded: Bytes): (SignedSegment & { readonly signature: Bytes }) | undefined {
  try {
    const reader = new ByteReader(padded);
    const inner = new ByteReader(reader.take(reader.u32()));
    const signer = inner.take(idBytes.publicKey);
    const epoch = inner.u53();
    const signature = inner.take(idBytes.signature);
    return { signer, epoch, signature, held: inner.rest() };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function boundTo(account: AccountId, at: number, keyId: Bytes): Bytes {
  return concat(utf8("yanshu vault segment v1\0"), account, new ByteWriter(8).u53(at).finish(), keyId);
}
