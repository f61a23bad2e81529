/**
 * Tree hashes and parent hashes (RFC 9420 §7.8, §7.9), synchronous and cached.
 *
 * The library hashes a sibling's whole subtree for each leaf below the parent, and the whole tree several times a
 * commit: joining a group of 500 took seconds for that. Nodes are never changed in place, so a leaf's hash is cached by
 * the leaf, and a parent's by its children's hashes: after a commit only the hashes of one path are computed. Tests
 * compare the results with the library's and with the official vectors.
 */
import { type Bytes, concat, equalBytes } from "@yanshu/wire";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { parentHashInputEncoder } from "ts-mls/parentHash.js";
import type { ParentNode } from "ts-mls/parentNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { parentNodeHashInputEncoder } from "ts-mls/treeHash.js";
import {
  isLeaf,
  leafToNodeIndex,
  leafWidth,
  left,
  nodeToLeafIndex,
  parent,
  right,
  root,
  toLeafIndex,
  toNodeIndex,
} from "ts-mls/treemath.js";
import type { Suite } from "./suite.ts";
import { leafBytes } from "./tree-codec.ts";

type Hashing = Pick<Suite, "sha256">;

const none = new Uint8Array();
const leafType = Uint8Array.of(1);
const encodeParent = encode(parentNodeHashInputEncoder);
const encodeParentHashInput = encode(parentHashInputEncoder);

/** Hashes of leaves; `at` is the node index, which the hash covers. */
const ofLeaves = new WeakMap<LeafNode, { readonly at: number; readonly hash: Bytes }>();
/** Hashes of blank leaves by node index. A tree of more than 1,024 leaves is refused before it is hashed. */
const ofBlanks = new Map<number, Bytes>();
const blanksMax = 4_096;
/** Hashes of parents by the left child's hash, with the right child's hash and the node that they are for. */
const ofParents = new WeakMap<
  Bytes,
  { readonly right: Bytes; readonly parent: ParentNode | undefined; readonly hash: Bytes }
>();

export function treeHashOf(suite: Hashing, tree: RatchetTree): Bytes {
  return hashOf(suite, tree, root(leafWidth(tree.length)));
}

function hashOf(suite: Hashing, tree: RatchetTree, node: number): Bytes {
  const index = toNodeIndex(node);
  if (isLeaf(index)) return leafHash(suite, tree, node);
  const found = tree[node];
  if (found?.nodeType === "leaf") throw new Error("a leaf in a parent's place");
  return joined(suite, found?.parent, hashOf(suite, tree, left(index)), hashOf(suite, tree, right(index)));
}

function leafHash({ sha256 }: Hashing, tree: RatchetTree, node: number): Bytes {
  const found = tree[node];
  if (found?.nodeType === "parent") throw new Error("a parent in a leaf's place");
  const leaf = nodeToLeafIndex(toNodeIndex(node));
  const place = Uint8Array.of(leaf >>> 24, leaf >>> 16, leaf >>> 8, leaf);
  if (found === undefined) {
    const hash = ofBlanks.get(node) ?? sha256(concat(leafType, place, Uint8Array.of(0)));
    if (ofBlanks.size < blanksMax) ofBlanks.set(node, hash);
    return hash;
  }
  const known = ofLeaves.get(found.leaf);
  if (known?.at === node) return known.hash;
  const hash = sha256(concat(leafType, place, Uint8Array.of(1), leafBytes(found.leaf)));
  ofLeaves.set(found.leaf, { at: node, hash });
  return hash;
}

function joined({ sha256 }: Hashing, parentNode: ParentNode | undefined, leftHash: Bytes, rightHash: Bytes): Bytes {
  const known = ofParents.get(leftHash);
  if (known !== undefined && known.right === rightHash && known.parent === parentNode) return known.hash;
  const hash = sha256(encodeParent({ nodeType: "parent", parentNode, leftHash, rightHash }));
  ofParents.set(leftHash, { right: rightHash, parent: parentNode, hash });
  return hash;
}

/** The hash of a subtree with the leaves of `gone` blank, and removed from `unmerged_leaves`. */
function hashWithout(suite: Hashing, tree: RatchetTree, node: number, gone: readonly number[]): Bytes {
  if (gone.length === 0) return hashOf(suite, tree, node);
  const index = toNodeIndex(node);
  if (isLeaf(index)) return leafHash(suite, [], node);
  const [l, r] = [left(index), right(index)];
  const found = tree[node];
  const stays = (leaf: number) => !gone.includes(leaf);
  const kept = found?.nodeType === "parent" ? found.parent : undefined;
  const parentNode = kept && { ...kept, unmergedLeaves: kept.unmergedLeaves.filter(stays) };
  const below = (isLeft: boolean) => gone.filter((leaf) => leafToNodeIndex(toLeafIndex(leaf)) < node === isLeft);
  const hashes = [hashWithout(suite, tree, l, below(true)), hashWithout(suite, tree, r, below(false))] as const;
  return suite.sha256(encodeParent({ nodeType: "parent", parentNode, leftHash: hashes[0], rightHash: hashes[1] }));
}

/** The nearest ancestor that is not blank; undefined if there is none. */
function ancestorOf(tree: RatchetTree, node: number): number | undefined {
  const width = leafWidth(tree.length);
  const top = root(width);
  for (let at = toNodeIndex(node); at !== top; ) {
    at = parent(at, width);
    if (tree[at] !== undefined) return at;
  }
  return undefined;
}

/**
 * The parent hash that a node must have: over its nearest non-blank ancestor and that one's other child. Empty if there
 * is no such ancestor.
 */
export function parentHashOf(suite: Hashing, tree: RatchetTree, node: number): Bytes {
  const above = ancestorOf(tree, node);
  return above === undefined ? none : hashOverSibling(suite, tree, above, node < above);
}

function hashOverSibling(suite: Hashing, tree: RatchetTree, above: number, isFromLeft: boolean): Bytes {
  const found = tree[above];
  if (found?.nodeType !== "parent") throw new Error("a leaf in a parent's place");
  const { hpkePublicKey: encryptionKey, parentHash, unmergedLeaves } = found.parent;
  const index = toNodeIndex(above);
  const sibling = isFromLeft ? right(index) : left(index);
  const isBeside = (leaf: number) => leafToNodeIndex(toLeafIndex(leaf)) > above === isFromLeft;
  const originalSiblingTreeHash = hashWithout(suite, tree, sibling, unmergedLeaves.filter(isBeside));
  return suite.sha256(encodeParentHashInput({ encryptionKey, parentHash, originalSiblingTreeHash }));
}

/** Whether every non-blank parent is in exactly one parent-hash chain from a leaf upwards (RFC 9420 §7.9.2). */
export function parentHashesHold(suite: Hashing, tree: RatchetTree): boolean {
  const parents = tree.flatMap((node, index) => (node?.nodeType === "parent" ? [index] : []));
  const covered = new Map<number, number>();
  const expected = new Map<string, Bytes>();
  const expectedFrom = (above: number, isFromLeft: boolean): Bytes => {
    const name = `${above} ${isFromLeft}`;
    const made = expected.get(name) ?? hashOverSibling(suite, tree, above, isFromLeft);
    expected.set(name, made);
    return made;
  };
  for (let leaf = 0; leaf < tree.length; leaf += 2) {
    for (let at = leaf; ; ) {
      const said = saidBy(tree, at);
      const above = said && ancestorOf(tree, at);
      if (said === undefined || above === undefined || !equalBytes(said, expectedFrom(above, at < above))) break;
      covered.set(above, (covered.get(above) ?? 0) + 1);
      at = above;
    }
  }
  return parents.every((index) => covered.get(index) === 1);
}

/** The parent hash in a node. A leaf from a key package has none. */
function saidBy(tree: RatchetTree, node: number): Bytes | undefined {
  const found = tree[node];
  if (found?.nodeType === "parent") return found.parent.parentHash;
  return found?.nodeType === "leaf" && found.leaf.leafNodeSource === "commit" ? found.leaf.parentHash : undefined;
}
