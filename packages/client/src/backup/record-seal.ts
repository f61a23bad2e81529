/**
 * The sealed recovery record (docs/spec/vault.md VA13):
 *
 * version u8 · enc 32 · HPKE(recovery key, pad(content))
 *
 * padded to the sizes of segments, so that home learns only the size class.
 */
import type { Crypto } from "@yanshu/mls";
import { ByteReader, type Bytes, ByteWriter, concat, vaultSegmentSizes } from "@yanshu/wire";

const version = 1;
const info = "yanshu recovery record v1";
const encBytes = 32;
const tagBytes = 16;
const lengthBytes = 4;
const overhead = 1 + encBytes + tagBytes + lengthBytes;

/** @throws if `held` exceeds the largest size: an invariant of the caller. */
export async function sealRecord(crypto: Crypto, recoveryPub: Bytes, held: Bytes): Promise<Bytes> {
  const size = vaultSegmentSizes.find((one) => one >= overhead + held.length);
  if (size === undefined) throw new Error("invariant: a record is filled no further than it holds");
  const padded = new Uint8Array(size - overhead + lengthBytes);
  padded.set(new ByteWriter(lengthBytes).u32(held.length).finish());
  padded.set(held, lengthBytes);
  const { enc, ciphertext } = await crypto.hpkeSeal(recoveryPub, info, padded);
  return concat(Uint8Array.of(version), enc, ciphertext);
}

/** The content; undefined if it was not sealed to this key. @checks VA13 */
export async function openRecord(crypto: Crypto, recoveryKey: Bytes, record: Bytes): Promise<Bytes | undefined> {
  if (record.length <= overhead || record[0] !== version) return undefined;
  const padded = await crypto.hpkeOpen(recoveryKey, info, record.slice(1, 1 + encBytes), record.slice(1 + encBytes));
  if (padded === undefined) return undefined;
  const reader = new ByteReader(padded);
  const length = reader.u32();
  return length > padded.length - lengthBytes ? undefined : reader.take(length);
}
