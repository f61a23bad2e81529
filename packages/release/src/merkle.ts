/**
 * Merkle: the tree of a log by RFC 6962 §2.1 with SHA-256, as tools of transparency logs compute it
 * (docs/spec/release.md RE15).
 */
import { sha256 } from "@noble/hashes/sha2.js";

const [leafByte, nodeByte] = [0, 1];

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(new Uint8Array([leafByte, ...entry]));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(new Uint8Array([nodeByte, ...left, ...right]));
}

/** The root over the hashes of all leaves. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256(new Uint8Array());
  if (leaves.length === 1) return first;
  const at = splitOf(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, at)), rootOf(leaves.slice(at)));
}

/** The hashes that lead from a leaf to the root, the lowest first. */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const at = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return index < at
    ? [...inclusionPath(left, index), rootOf(right)]
    : [...inclusionPath(right, index - at), rootOf(left)];
}

/** The largest power of two below a size. */
function splitOf(size: number): number {
  let at = 1;
  while (at * 2 < size) at *= 2;
  return at;
}
