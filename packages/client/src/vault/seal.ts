/**
 * Segments, sealed (docs/spec/vault.md VA2, VA6):
 *
 *   version u8 · id of the key 8 · nonce 12 · AES-256-GCM(key, pad(what it holds))
 *
 * bound to account and place, so that home can neither move one nor give it to somebody else; padded to one of few lengths.
 */
import { readVaultKeys, type VaultKeyRow } from "@yanshu/store";
import {
  type AccountId,
  ByteReader,
  type Bytes,
  ByteWriter,
  concat,
  equalBytes,
  utf8,
  vaultSegmentSizes,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { keyIdBytes } from "./keys.ts";

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const lengthBytes = 4;
const overhead = 1 + keyIdBytes + nonceBytes + tagBytes + lengthBytes;
/** What fits the largest one. */
export const heldBytesMax = (vaultSegmentSizes.at(-1) ?? 0) - overhead;

/** @throws when it is larger than `heldBytesMax`: an invariant of whoever fills it. */
export async function sealSegment(engine: Engine, key: VaultKeyRow, at: number, held: Bytes): Promise<Bytes> {
  const size = vaultSegmentSizes.find((one) => one >= overhead + held.length);
  if (size === undefined) throw new Error("invariant: a segment is filled no further than it holds");
  const padded = new Uint8Array(size - overhead + lengthBytes);
  padded.set(new ByteWriter(lengthBytes).u32(held.length).finish());
  padded.set(held, lengthBytes);
  const { crypto } = engine.ports;
  const nonce = crypto.random(nonceBytes);
  const sealed = await crypto.seal(key.key, nonce, boundTo(ownOf(engine).account, at, key.id), padded);
  return concat(Uint8Array.of(version), key.id, nonce, sealed);
}

/** `locked`: it needs a key that is not here. `broken`: whatever it is, it is not what a device of ours put there. */
export async function openSegment(engine: Engine, at: number, segment: Bytes): Promise<Bytes | "locked" | "broken"> {
  if (segment.length <= overhead || segment[0] !== version) return "broken";
  const id = segment.subarray(1, 1 + keyIdBytes);
  const key = readVaultKeys(engine.db).find((one) => equalBytes(one.id, id));
  if (key === undefined) return "locked";
  const nonce = segment.slice(1 + keyIdBytes, 1 + keyIdBytes + nonceBytes);
  const sealed = segment.slice(1 + keyIdBytes + nonceBytes);
  const padded = await engine.ports.crypto.open(key.key, nonce, boundTo(ownOf(engine).account, at, key.id), sealed);
  if (padded === undefined) return "broken";
  const reader = new ByteReader(padded);
  const length = reader.u32();
  return length > padded.length - lengthBytes ? "broken" : reader.take(length);
}

function boundTo(account: AccountId, at: number, keyId: Bytes): Bytes {
  return concat(utf8("yanshu vault segment v1\0"), account, new ByteWriter(8).u53(at).finish(), keyId);
}
