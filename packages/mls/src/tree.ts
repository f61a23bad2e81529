/**
 * Validates the tree of a Welcome (RFC 9420 §12.4.3.1).
 *
 * The library's own check is not used. It requires all ancestors of an unmerged leaf to list the same unmerged leaves,
 * which the RFC does not: nobody could join a group whose tree has changed in both halves.
 */
import { equalBytes, isWeakSealKey, limits } from "@yanshu/wire";
import type { GroupContext } from "ts-mls/groupContext.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { keysAreUnique } from "./check.ts";
import { type Context, leavesOf } from "./group.ts";
import { leafIsSigned } from "./tree-codec.ts";
import { parentHashesHold, treeHashOf } from "./tree-hash.ts";

const treeNodesMax = 2 * limits.listAddressesMax - 1;

/** Checks structure, keys, tree hash, parent hashes and leaf signatures. @checks GR9 */
export async function treeIsValid({ suite }: Context, tree: RatchetTree, groupContext: GroupContext): Promise<boolean> {
  if (tree.length > treeNodesMax || !nodesAreInPlace(tree) || !unmergedLeavesAreListed(tree)) return false;
  if (!keysAreUnique(tree) || !parentsCanBeSealedTo(tree)) return false;
  if (!equalBytes(groupContext.treeHash, treeHashOf(suite, tree)) || !parentHashesHold(suite, tree)) return false;
  // All at once: a browser checks them on other threads.
  const signed = await Promise.all(
    [...leavesOf(tree)].map(({ index, leaf }) => leafIsSigned(suite, leaf, groupContext.groupId, index)),
  );
  return signed.every((one) => one);
}

/**
 * No parent has a key of small order (GR36.3), to which HPKE fails; leaf.ts checks the leaves' keys. @checks GR9
 */
export function parentsCanBeSealedTo(tree: RatchetTree): boolean {
  return tree.every((node) => node?.nodeType !== "parent" || !isWeakSealKey(node.parent.hpkePublicKey));
}

/** Leaves are at even node indexes, parents at odd ones. @checks GR9 */
export function nodesAreInPlace(tree: RatchetTree): boolean {
  return tree.every((node, index) => node === undefined || node.nodeType === (index % 2 === 0 ? "leaf" : "parent"));
}

/**
 * Each unmerged leaf is a descendant of its node, in ascending order, and all non-blank nodes between list it too.
 * @checks GR9
 */
export function unmergedLeavesAreListed(tree: RatchetTree): boolean {
  const width = leafWidth(tree.length);
  return tree.every((node, index) => {
    if (node?.nodeType !== "parent") return true;
    return node.parent.unmergedLeaves.every((leaf, i, all) => {
      if (i > 0 && leaf <= (all[i - 1] as number)) return false;
      const at = leafToNodeIndex(toLeafIndex(leaf));
      if (tree[at] === undefined) return false;
      const path = directPath(at, width);
      const depth = path.indexOf(toNodeIndex(index));
      return depth >= 0 && path.slice(0, depth).every((between) => lists(tree, between, leaf));
    });
  });
}

function lists(tree: RatchetTree, index: number, leaf: number): boolean {
  const node = tree[index];
  return node === undefined || (node.nodeType === "parent" && node.parent.unmergedLeaves.includes(leaf));
}
