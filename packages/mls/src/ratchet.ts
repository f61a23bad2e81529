/**
 * Ratchets: encodes a secret-tree node as a row for the store, and takes the key of one message out of it.
 *
 * The library's own ratchet is not used for received messages. For a skipped generation it keeps the ratchet secret,
 * from which all later keys follow (docs/spec/groups.md GR33), and it copies all skipped ones at each step, so that a
 * message 20,000 generations ahead takes seconds (GR34). Here only key and nonce of the latest skipped ones are kept.
 */
import { type Bytes, invariant, MalformedError } from "@yanshu/wire";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { decodeSecretTreeNode, type SecretTreeNode, secretTreeNodeEncoder } from "ts-mls/secretTree.js";
import { ratchetLimits } from "./group.ts";
import { type MessageKey, messageKey, nextSecret, packKey, unpackKey } from "./secret-tree.ts";
import type { Suite } from "./suite.ts";
import type { RatchetPatch } from "./types.ts";

const patchBytesMax = 128 * 1_024; // Twice 1,024 skipped keys of 33 bytes, with room.

const encodeNode = encode(secretTreeNodeEncoder);

export type Which = "application" | "handshake";

export function patchOf(leaf: number, node: SecretTreeNode): RatchetPatch {
  return { leaf, bytes: encodeNode(node) };
}

/** @throws MalformedError */
export function decodePatch(bytes: Bytes): SecretTreeNode {
  if (bytes.length > patchBytesMax) throw new MalformedError("patch too large");
  let decoded: [SecretTreeNode, number] | undefined;
  try {
    decoded = decodeSecretTreeNode(new Uint8Array(bytes), 0);
  } catch {
    throw new MalformedError("not a secret-tree node");
  }
  if (decoded === undefined || decoded[1] !== bytes.length) throw new MalformedError("not a secret-tree node");
  const [node] = decoded;
  for (const { unusedGenerations } of [node.application, node.handshake])
    for (const kept of Object.values(unusedGenerations)) unpackKey(kept);
  return node;
}

/**
 * Advances the ratchet to `generation`. Returns the same node for a generation that is past, and undefined for one more
 * than 20,000 ahead.
 */
export function advance(
  suite: Suite,
  node: SecretTreeNode,
  which: Which,
  generation: number,
): SecretTreeNode | undefined {
  const ratchet = node[which];
  const steps = generation - ratchet.generation;
  if (steps <= 0) return node;
  if (steps > ratchetLimits.forwardMax) return undefined;
  const skipped: [number, Bytes][] = Object.entries(ratchet.unusedGenerations).map(([at, key]) => [Number(at), key]);
  let secret = ratchet.secret;
  for (let at = ratchet.generation; at < generation; at++) {
    if (generation - at <= ratchetLimits.skippedMax) skipped.push([at, packKey(messageKey(suite, secret, at))]);
    secret = nextSecret(suite, secret, at);
  }
  const unusedGenerations = Object.fromEntries(skipped.slice(-ratchetLimits.skippedMax));
  return { ...node, [which]: { secret, generation, unusedGenerations } };
}

/**
 * Returns the key of one generation, and the node without that key; undefined if the generation is too far ahead,
 * "gone" if its key was used or dropped.
 */
export function take(
  suite: Suite,
  node: SecretTreeNode,
  which: Which,
  generation: number,
): { readonly key: MessageKey; readonly node: SecretTreeNode } | "gone" | undefined {
  const stepped = advance(suite, node, which, generation);
  if (stepped === undefined) return undefined;
  const ratchet = stepped[which];
  if (generation < ratchet.generation) {
    const { [generation]: kept, ...unusedGenerations } = ratchet.unusedGenerations;
    if (kept === undefined) return "gone";
    return { key: unpackKey(kept), node: { ...stepped, [which]: { ...ratchet, unusedGenerations } } };
  }
  invariant(generation === ratchet.generation, "the ratchet stands at the generation");
  const { secret, unusedGenerations } = ratchet;
  const next = { secret: nextSecret(suite, secret, generation), generation: generation + 1, unusedGenerations };
  return { key: messageKey(suite, secret, generation), node: { ...stepped, [which]: next } };
}
