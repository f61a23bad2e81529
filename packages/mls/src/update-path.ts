/**
 * Update paths (RFC 9420 §7.5–§7.9): made by a committer, and put into the tree by everybody.
 *
 * The steps are the library's. Theirs hash half the tree at each level, write the group's context anew for each member
 * to whom a secret is sealed, and keep the leaf's own secret to themselves, which a path without parents commits to.
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

/** A node on the filtered direct path of a leaf, and to whom its secret is sealed, from the leaf upwards. */
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
 * The tree after a path was put into it.
 *
 * @throws when the path does not fit it, brings a key that stands there, or its leaf does not say the parent hash
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

/** From the top down, so that each says the hash of what stands above it. */
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
  /** What the epoch is derived from: of the top of the path, or of the leaf where nobody else is. */
  readonly commitSecret: Bytes;
};

/** @param addedLeaves get their secret with the Welcome. */
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
  // Where the other half of the tree is blank the path ends below the root, to which all derive once more.
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
    // To the keys of before: the receivers have no others yet. All at once: a browser does it on other threads.
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
