/**
 * Trees as bytes (RFC 9420 §7.2, §12.4.3.3), for those that this protocol makes.
 *
 * The library reads and writes by composed functions, at a tenth of a millisecond a leaf, and every device of a large
 * group does so for every leaf when it joins, and writes them all at every commit. Here a tree is read in one pass, and
 * the bytes of a leaf are kept beside it, since nodes are never changed in place. What is not shaped as ours is left to
 * the library; tests hold both against each other.
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

/** Whether its device signed the leaf, for this place in this group where it came by a commit (RFC 9420 §7.2). */
export function leafIsSigned(suite: Suite, leaf: LeafNode, groupId: Bytes, index: number): Promise<boolean> {
  const { bytes, signatureAt } = encodedOf(leaf);
  const said = bytes.subarray(0, signatureAt);
  const place = leaf.leafNodeSource === "key_package" ? none : concat(lengthOf(groupId.length), groupId, u32(index));
  return verifyWithLabel(leaf.signaturePublicKey, "LeafNodeTBS", concat(said, place), leaf.signature, suite.signature);
}

const none = new Uint8Array();

function u32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function lengthBytes(length: number): number {
  return length < 64 ? 1 : length < 16_384 ? 2 : 4;
}

/** A length as RFC 9420 §2.1.2 writes it. */
function lengthOf(length: number): Bytes {
  if (length < 64) return Uint8Array.of(length);
  if (length < 16_384) return Uint8Array.of(0x40 | (length >> 8), length);
  return Uint8Array.of(0x80 | (length >>> 24), length >>> 16, length >>> 8, length);
}

/** Without the blanks at its end. */
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

/** As the library's own, among its encoders. */
export const treeEncoder: BufferEncoder<RatchetTree> = (tree) => {
  const bytes = encodeTree(tree);
  return [bytes.length, (offset, buffer) => new Uint8Array(buffer).set(bytes, offset)];
};

/** As the library's own, among its decoders. @throws as the library does */
export const decodeTree: Decoder<RatchetTree> = (bytes, offset) => {
  const reader = new Reader(bytes, offset);
  try {
    const nodes = reader.tree();
    return [extendRatchetTree(nodes), reader.at - offset];
  } catch (error) {
    if (error instanceof NotOurs) return decodeRatchetTree(bytes, offset);
    throw error;
  }
};

/** Not as this protocol writes it: the library says what it is. */
class NotOurs extends Error {}

const ownCapabilities = encodeCapabilities(capabilities);

class Reader {
  at: number;
  private readonly bytes: Bytes;
  private readonly view: DataView;

  constructor(bytes: Bytes, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

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
    encoded.set(leaf, { bytes: this.bytes.subarray(from, this.at), signatureAt: signatureAt - from });
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

  private take(length: number): number {
    const from = this.at;
    if (from + length > this.bytes.length) throw new NotOurs();
    this.at += length;
    return from;
  }

  private u8(): number {
    return this.view.getUint8(this.take(1));
  }

  private u16(): number {
    return this.view.getUint16(this.take(2));
  }

  private u32(): number {
    return this.view.getUint32(this.take(4));
  }

  private u64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  private data(): Bytes {
    const length = this.length();
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  /** Only the shortest way to write a length is ours, so that bytes which are kept are those that would be written. */
  private length(): number {
    const first = this.u8();
    const kind = first >> 6;
    if (kind === 0) return first;
    let length = first & 0x3f;
    for (let more = kind === 1 ? 1 : 3; more > 0; more--) length = length * 256 + this.u8();
    if (kind === 3 || lengthBytes(length) !== (kind === 1 ? 2 : 4)) throw new NotOurs();
    return length;
  }
}
