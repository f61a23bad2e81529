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

/**
 * The hashes from which the root over the first `size` leaves comes, and the root over all: the consistency proof of
 * RFC 6962 §2.1.2, whose first hash is always there, so that both roots come from it alone (docs/spec/release.md RE22).
 */
export function growthPath(leaves: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  if (leaves.length === size) return [rootOf(leaves)];
  const at = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)];
  return size <= at ? [...growthPath(left, size), rootOf(right)] : [...growthPath(right, size - at), rootOf(left)];
}

type Grown = { readonly before: Uint8Array; readonly now: Uint8Array };

/** Both roots. @returns undefined if the hashes are more or fewer than a log of `now` leaves that had `before` has. */
export function grownBy(path: readonly Uint8Array[], before: number, now: number): Grown | undefined {
  const last = path.at(-1);
  if (last === undefined || before < 1 || before > now) return undefined;
  if (before === now) return path.length === 1 ? { before: last, now: last } : undefined;
  const at = splitOf(now);
  const isLeft = before <= at;
  const inner = isLeft ? grownBy(path.slice(0, -1), before, at) : grownBy(path.slice(0, -1), before - at, now - at);
  if (inner === undefined) return undefined;
  return isLeft
    ? { before: inner.before, now: nodeHash(inner.now, last) }
    : { before: nodeHash(last, inner.before), now: nodeHash(last, inner.now) };
}

/** The largest power of two below a size. */
function splitOf(size: number): number {
  let at = 1;
  while (at * 2 < size) at *= 2;
  return at;
}
