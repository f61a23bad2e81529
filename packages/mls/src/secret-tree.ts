/**
 * Secret tree (RFC 9420 §9): the ratchets of an epoch's leaves, and one step of a ratchet.
 *
 * Synchronous, over the provider's HMAC. The library awaits each of a thousand derivations, makes ratchets for parents
 * and blank leaves too, and keeps the ratchet secret of a skipped generation. Here only key and nonce of a skipped
 * generation are kept, so that they open its message and no later one (docs/spec/groups.md GR33).
 */
import { type Bytes, concat, MalformedError, utf8 } from "@yanshu/wire";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import type { SecretTreeNode } from "ts-mls/secretTree.js";
import { isLeaf, leafWidth, left, right, root, toNodeIndex } from "ts-mls/treemath.js";
import type { Suite } from "./suite.ts";

/** Placeholder for parents and blank leaves. Never used: only members have their messages opened. */
const noGeneration = { secret: new Uint8Array(), generation: 0, unusedGenerations: {} };
export const noSecrets: SecretTreeNode = { handshake: noGeneration, application: noGeneration };

const secretBytes = 32;
const keyBytes = 16;
const nonceBytes = 12;

/** Key and nonce of one message, before the reuse guard is applied to the nonce. */
export type MessageKey = { readonly key: Bytes; readonly nonce: Bytes };

type Label = { readonly info: Bytes; readonly length: number };

/** The HMAC input of ExpandWithLabel. A caller may overwrite the context, which ends before the last byte. */
function label(name: string, context: Bytes, length: number): Label {
  const text = utf8(`MLS 1.0 ${name}`);
  const head = Uint8Array.of(0, length, text.length, ...text, context.length);
  // HKDF-Expand of at most 32 bytes is one block: HMAC over the info and a 1.
  return { info: concat(head, context, Uint8Array.of(1)), length };
}

const none = new Uint8Array();
const leftChild = label("tree", utf8("left"), secretBytes);
const rightChild = label("tree", utf8("right"), secretBytes);
const applicationRoot = label("application", none, secretBytes);
const handshakeRoot = label("handshake", none, secretBytes);

const generationBytes = new Uint8Array(4);
const ofKey = label("key", generationBytes, keyBytes);
const ofNonce = label("nonce", generationBytes, nonceBytes);
const ofNext = label("secret", generationBytes, secretBytes);

const secretsByLabel = { path: label("path", none, secretBytes), node: label("node", none, secretBytes) };

/** DeriveSecret (RFC 9420 §8) with the labels of an update path. */
export function deriveSecret(suite: Suite, secret: Bytes, name: keyof typeof secretsByLabel): Bytes {
  return derive(suite, secret, secretsByLabel[name]);
}

/** ExpandWithLabel of at most 32 bytes, over a context of less than 64. */
export function expandShort(suite: Suite, secret: Bytes, name: string, context: Bytes, length: number): Bytes {
  return derive(suite, secret, label(name, context, length));
}

function derive(suite: Suite, secret: Bytes, { info, length }: Label): Bytes {
  const block = suite.hmac(secret, info);
  return length === block.length ? block : block.slice(0, length);
}

/** DeriveTreeSecret (RFC 9420 §9): writes the generation into the context, 5 bytes before the end. */
function deriveAt(suite: Suite, secret: Bytes, { info, length }: Label, generation: number): Bytes {
  const filled = info.slice();
  new DataView(filled.buffer).setUint32(filled.length - 5, generation);
  return derive(suite, secret, { info: filled, length });
}

export function messageKey(suite: Suite, secret: Bytes, generation: number): MessageKey {
  return {
    key: deriveAt(suite, secret, ofKey, generation),
    nonce: deriveAt(suite, secret, ofNonce, generation),
  };
}

export function nextSecret(suite: Suite, secret: Bytes, generation: number): Bytes {
  return deriveAt(suite, secret, ofNext, generation);
}

/** Encodes the key of a skipped generation: 28 bytes. */
export function packKey({ key, nonce }: MessageKey): Bytes {
  return concat(key, nonce);
}

/** @throws MalformedError */
export function unpackKey(packed: Bytes): MessageKey {
  if (packed.length !== keyBytes + nonceBytes) throw new MalformedError("not a message's key");
  return { key: packed.slice(0, keyBytes), nonce: packed.slice(keyBytes) };
}

/** Makes the ratchets of all leaves that are not blank; other nodes are `noSecrets`. */
export function createSecretTree(suite: Suite, tree: RatchetTree, encryptionSecret: Bytes): SecretTreeNode[] {
  const nodes: SecretTreeNode[] = tree.map(() => noSecrets);
  const descend = (node: number, secret: Bytes): void => {
    const index = toNodeIndex(node);
    if (isLeaf(index)) {
      if (tree[node] === undefined) return;
      const start = (from: Label) => ({ secret: derive(suite, secret, from), generation: 0, unusedGenerations: {} });
      nodes[node] = { application: start(applicationRoot), handshake: start(handshakeRoot) };
      return;
    }
    descend(left(index), derive(suite, secret, leftChild));
    descend(right(index), derive(suite, secret, rightChild));
  };
  descend(root(leafWidth(tree.length)), encryptionSecret);
  return nodes;
}
