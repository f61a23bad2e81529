/**
 * Update paths (RFC 9420 §7.5–§7.9): a committer makes one, and every member puts it into the tree.
 *
 * The library's own functions are not used. They hash half the tree at each level, encode the GroupContext for each
 * member to whom a secret is encrypted, and do not return the leaf's path secret, from which the commit secret comes if
 * the path has no parents.
 */
import { type Bytes, equalBytes } from "@yanshu/wire";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { type GroupContext, groupContextEncoder } from "ts-mls/groupContext.js";
import { type LeafNode, type LeafNodeCommit, signLeafNodeCommit } from "ts-mls/leafNode.js";
import { type RatchetTree, resolution } from "ts-mls/ratchetTree.js";
import { copath, directPath, leafToNodeIndex, leafWidth, root, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import type { UpdatePath } from "ts-mls/updatePath.js";
import { deriveSecret } from "./secret-tree.ts";
import type { Suite } from "./suite.ts";
import { parentHashOf, treeHashOf } from "./tree-hash.ts";

const encodeContext = encode(groupContextEncoder);

/** A node on the filtered direct path of a leaf, and the nodes to whose keys its path secret is encrypted. */
type Step = { readonly node: number; readonly others: readonly number[] };

function filteredPath(tree: RatchetTree, leaf: number): readonly Step[] {
  const width = leafWidth(tree.length);
  const from = leafToNodeIndex(toLeafIndex(leaf));
  const beside = copath(from, width);
  return directPath(from, width).flatMap((node, i) => {
    const others = resolution(tree, toNodeIndex(beside[i] as number));
    return others.length === 0 ? [] : [{ node, others }];
  });
}

function blankAbove(tree: RatchetTree, leaf: number): void {
  for (const node of directPath(leafToNodeIndex(toLeafIndex(leaf)), leafWidth(tree.length))) tree[node] = undefined;
}

function publicKeyIn(tree: RatchetTree, node: number): Bytes {
  const found = tree[node];
  if (found === undefined) throw new Error("a blank node has no key");
  return found.nodeType === "parent" ? found.parent.hpkePublicKey : found.leaf.hpkePublicKey;
}

/**
 * Returns a new tree with the path's public keys and leaf.
 *
 * @throws Error if the path's length is wrong, a key is already in the tree, or the leaf's parent hash is wrong
 */
export function withPath(suite: Suite, tree: RatchetTree, sender: number, path: UpdatePath): RatchetTree {
  const at = leafToNodeIndex(toLeafIndex(sender));
  if (equalBytes(publicKeyIn(tree, at), path.leafNode.hpkePublicKey)) throw new Error("the leaf's key is not fresh");
  for (const { hpkePublicKey } of path.nodes)
    if (tree.some((node) => node?.nodeType === "parent" && equalBytes(node.parent.hpkePublicKey, hpkePublicKey)))
      throw new Error("a key of the path stands in the tree");
  const steps = filteredPath(tree, sender);
  if (steps.length !== path.nodes.length) throw new Error("a path of another length");
  const next = tree.slice();
  blankAbove(next, sender);
  next[at] = { nodeType: "leaf", leaf: path.leafNode };
  setKeys(
    suite,
    next,
    steps.map(({ node }, i) => [node, (path.nodes[i] as UpdatePath["nodes"][number]).hpkePublicKey]),
  );
  if (!equalBytes(parentHashOf(suite, next, at), path.leafNode.parentHash)) throw new Error("another parent hash");
  return next;
}

/** Sets the keys from the root downwards, because a node's parent hash covers its ancestor. */
function setKeys(suite: Suite, tree: RatchetTree, keys: readonly (readonly [node: number, key: Bytes])[]): void {
  for (const [node, hpkePublicKey] of keys.toReversed()) {
    const parentHash = parentHashOf(suite, tree, node);
    tree[node] = { nodeType: "parent", parent: { hpkePublicKey, parentHash, unmergedLeaves: [] } };
  }
}

export type MadePath = {
  readonly tree: RatchetTree;
  readonly treeHash: Bytes;
  readonly update: UpdatePath;
  /** By node, from the leaf's parent upwards. */
  readonly secrets: readonly { readonly node: number; readonly secret: Bytes }[];
  readonly leafKey: Bytes;
  /** From the path secret of the root, or of the leaf in a group of one. */
  readonly commitSecret: Bytes;
};

/** @param addedLeaves leaves that get their path secret with the Welcome, not with the path */
export async function makePath(
  suite: Suite,
  tree: RatchetTree,
  sender: number,
  ownLeaf: LeafNode,
  provisional: GroupContext,
  signatureKey: Bytes,
  addedLeaves: readonly number[],
): Promise<MadePath> {
  const at = leafToNodeIndex(toLeafIndex(sender));
  const pairOf = async (secret: Bytes) => {
    const { publicKey, privateKey } = await suite.hpke.deriveKeyPair(deriveSecret(suite, secret, "node"));
    return {
      publicKey: await suite.hpke.exportPublicKey(publicKey),
      privateKey: await suite.hpke.exportPrivateKey(privateKey),
    };
  };
  const steps = filteredPath(tree, sender);
  const leafSecret = suite.rng.randomBytes(suite.kdf.size);
  let secret = leafSecret;
  const secrets: { readonly node: number; readonly secret: Bytes }[] = [];
  const keys: [number, Bytes][] = [];
  for (const { node } of steps) {
    secret = deriveSecret(suite, secret, "path");
    secrets.push({ node, secret });
    keys.push([node, (await pairOf(secret)).publicKey]);
  }
  // If the other half of the tree is blank, the path ends below the root: everybody derives one more secret for it.
  const top = steps.at(-1)?.node;
  if (top !== undefined && top !== root(leafWidth(tree.length))) secret = deriveSecret(suite, secret, "path");
  const leafPair = await pairOf(leafSecret);
  const next = tree.slice();
  blankAbove(next, sender);
  setKeys(suite, next, keys);
  const { extensions, capabilities, credential, signaturePublicKey } = ownLeaf;
  const leaf = await signLeafNodeCommit(
    {
      leafNodeSource: "commit",
      hpkePublicKey: leafPair.publicKey,
      extensions,
      capabilities,
      credential,
      signaturePublicKey,
      parentHash: parentHashOf(suite, next, at),
      groupId: provisional.groupId,
      leafIndex: sender,
    },
    signatureKey,
    suite.signature,
  );
  next[at] = { nodeType: "leaf", leaf };
  const treeHash = treeHashOf(suite, next);
  const context = encodeContext({ ...provisional, treeHash, epoch: provisional.epoch + 1n });
  const added = new Set<number>(addedLeaves.map((one) => leafToNodeIndex(toLeafIndex(one))));
  const nodes = [];
  for (const [i, { others }] of steps.entries()) {
    const { secret: shared } = secrets[i] as { secret: Bytes };
    // Encrypted to the old keys: receivers have no others yet. In parallel, because a browser uses other threads.
    const encryptedPathSecret = await Promise.all(
      others
        .filter((node) => !added.has(node))
        .map(async (node) => {
          const key = await suite.hpke.importPublicKey(publicKeyIn(tree, node));
          const { ct, enc } = await encryptWithLabel(key, "UpdatePathNode", context, shared, suite.hpke);
          return { ciphertext: ct, kemOutput: enc };
        }),
    );
    nodes.push({ hpkePublicKey: (keys[i] as [number, Bytes])[1], encryptedPathSecret });
  }
  return {
    tree: next,
    treeHash,
    update: { leafNode: leaf as LeafNodeCommit, nodes },
    secrets,
    leafKey: leafPair.privateKey,
    commitSecret: deriveSecret(suite, secret, "path"),
  };
}
