/**
 * Encodes and decodes ratchet trees (RFC 9420 §7.2, §12.4.3.3) of this protocol's form.
 *
 * The library takes a tenth of a millisecond a leaf; a device decodes all leaves when it joins, and encodes them at
 * every commit. Here a tree is decoded in one pass, and the bytes of a leaf are cached, because nodes are never changed
 * in place. Trees of another form are left to the library. Tests compare both.
 */
import { type Bytes, concat } from "@yanshu/wire";
import { encodeCapabilities } from "ts-mls/capabilities.js";
import type { Decoder } from "ts-mls/codec/tlsDecoder.js";
import type { BufferEncoder } from "ts-mls/codec/tlsEncoder.js";
import { verifyWithLabel } from "ts-mls/crypto/signature.js";
import { encodeLeafNode, type LeafNode } from "ts-mls/leafNode.js";
import { decodeRatchetTree, extendRatchetTree, type RatchetTree } from "ts-mls/ratchetTree.js";
import { capabilities, leafExtension } from "./leaf.ts";
import type { Suite } from "./suite.ts";
import { lengthBytes, lengthOf, NotOurs, Reader, u32 } from "./tls.ts";

const source = { keyPackage: 1, commit: 3 } as const;
const nodeTypes = { leaf: 1, parent: 2 } as const;
const basicCredential = 1;

type Encoded = { readonly bytes: Bytes; readonly signatureAt: number };
const encoded = new WeakMap<LeafNode, Encoded>();

function encodedOf(leaf: LeafNode): Encoded {
  const known = encoded.get(leaf);
  if (known !== undefined) return known;
  const bytes = encodeLeafNode(leaf);
  const made = { bytes, signatureAt: bytes.length - leaf.signature.length - lengthBytes(leaf.signature.length) };
  encoded.set(leaf, made);
  return made;
}

export function leafBytes(leaf: LeafNode): Bytes {
  return encodedOf(leaf).bytes;
}

/** Verifies a leaf's signature, which covers group and leaf index unless it is of a key package (RFC 9420 §7.2). */
export function leafIsSigned(suite: Suite, leaf: LeafNode, groupId: Bytes, index: number): Promise<boolean> {
  const { bytes, signatureAt } = encodedOf(leaf);
  const said = bytes.subarray(0, signatureAt);
  const place = leaf.leafNodeSource === "key_package" ? none : concat(lengthOf(groupId.length), groupId, u32(index));
  return verifyWithLabel(leaf.signaturePublicKey, "LeafNodeTBS", concat(said, place), leaf.signature, suite.signature);
}

const none = new Uint8Array();

/** Encodes the tree without trailing blank nodes. */
export function encodeTree(tree: RatchetTree): Bytes {
  let end = tree.length;
  while (end > 0 && tree[end - 1] === undefined) end--;
  const pieces: Bytes[] = [];
  for (const node of tree.slice(0, end)) {
    if (node === undefined) pieces.push(Uint8Array.of(0));
    else if (node.nodeType === "leaf") pieces.push(Uint8Array.of(1, nodeTypes.leaf), leafBytes(node.leaf));
    else {
      const { hpkePublicKey, parentHash, unmergedLeaves } = node.parent;
      pieces.push(Uint8Array.of(1, nodeTypes.parent), lengthOf(hpkePublicKey.length), hpkePublicKey);
      pieces.push(lengthOf(parentHash.length), parentHash, lengthOf(4 * unmergedLeaves.length));
      for (const leaf of unmergedLeaves) pieces.push(u32(leaf));
    }
  }
  const all = concat(...pieces);
  return concat(lengthOf(all.length), all);
}

/** `encodeTree` in the form of the library's encoders. */
export const treeEncoder: BufferEncoder<RatchetTree> = (tree) => {
  const bytes = encodeTree(tree);
  return [bytes.length, (offset, buffer) => new Uint8Array(buffer).set(bytes, offset)];
};

/** Decodes in the form of the library's decoders. @throws Error of the library for malformed bytes */
export const decodeTree: Decoder<RatchetTree> = (bytes, offset) => {
  const reader = new TreeReader(bytes, offset);
  try {
    const nodes = reader.tree();
    return [extendRatchetTree(nodes), reader.at - offset];
  } catch (error) {
    if (error instanceof NotOurs) return decodeRatchetTree(bytes, offset);
    throw error;
  }
};

const ownCapabilities = encodeCapabilities(capabilities);

class TreeReader extends Reader {
  tree(): RatchetTree {
    const end = this.length() + this.at;
    const nodes: RatchetTree = [];
    while (this.at < end) nodes.push(this.node());
    if (this.at !== end || nodes.length === 0) throw new NotOurs();
    return nodes;
  }

  private node(): RatchetTree[number] {
    const isThere = this.u8();
    if (isThere === 0) return undefined;
    const type = this.u8();
    if (isThere !== 1 || (type !== nodeTypes.leaf && type !== nodeTypes.parent)) throw new NotOurs();
    if (type === nodeTypes.leaf) return { nodeType: "leaf", leaf: this.leaf() };
    const [hpkePublicKey, parentHash] = [this.data(), this.data()];
    const end = this.length() + this.at;
    const unmergedLeaves: number[] = [];
    while (this.at < end) unmergedLeaves.push(this.u32());
    if (this.at !== end) throw new NotOurs();
    return { nodeType: "parent", parent: { hpkePublicKey, parentHash, unmergedLeaves } };
  }

  private leaf(): LeafNode {
    const from = this.at;
    const [hpkePublicKey, signaturePublicKey] = [this.data(), this.data()];
    if (this.u16() !== basicCredential) throw new NotOurs();
    const credential = { credentialType: "basic" as const, identity: this.data() };
    for (const byte of ownCapabilities) if (this.u8() !== byte) throw new NotOurs();
    const info = this.info();
    const extensions = this.extensions();
    const signatureAt = this.at;
    const signature = this.data();
    const leaf: LeafNode = {
      hpkePublicKey,
      signaturePublicKey,
      credential,
      capabilities,
      ...info,
      extensions,
      signature,
    };
    encoded.set(leaf, { bytes: this.since(from), signatureAt: signatureAt - from });
    return leaf;
  }

  private info() {
    const kind = this.u8();
    if (kind === source.keyPackage) {
      const lifetime = { notBefore: this.u64(), notAfter: this.u64() };
      return { leafNodeSource: "key_package" as const, lifetime };
    }
    if (kind === source.commit) return { leafNodeSource: "commit" as const, parentHash: this.data() };
    throw new NotOurs();
  }

  private extensions() {
    const end = this.length() + this.at;
    if (this.u16() !== leafExtension) throw new NotOurs();
    const extensions = [{ extensionType: leafExtension, extensionData: this.data() }];
    if (this.at !== end) throw new NotOurs();
    return extensions;
  }
}
