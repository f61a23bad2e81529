/**
 * Ratchets: one secret-tree node as a row for the store, and a long step forward that stays cheap.
 *
 * The library copies all skipped keys at every step, so that one message 20,000 ahead would cost seconds; here the
 * steps are made first and the copies once. What is kept is the same.
 */
import { type Bytes, MalformedError } from "@yanshu/wire";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { deriveTreeSecret } from "ts-mls/crypto/kdf.js";
import { decodeSecretTreeNode, type SecretTreeNode, secretTreeNodeEncoder } from "ts-mls/secretTree.js";
import { ratchetLimits } from "./group.ts";
import type { Suite } from "./suite.ts";
import type { RatchetPatch } from "./types.ts";

const patchBytesMax = 128 * 1_024; // Twice 1,024 skipped keys of 37 bytes, with room.

const encodeNode = encode(secretTreeNodeEncoder);

export function patchOf(leaf: number, node: SecretTreeNode): RatchetPatch {
  return { leaf, bytes: encodeNode(node) };
}

/** @throws MalformedError */
export function decodePatch(bytes: Bytes): SecretTreeNode {
  if (bytes.length > patchBytesMax) throw new MalformedError("patch too large");
  let decoded: [SecretTreeNode, number] | undefined;
  try {
    decoded = decodeSecretTreeNode(Uint8Array.from(bytes), 0);
  } catch {
    throw new MalformedError("not a secret-tree node");
  }
  if (decoded === undefined || decoded[1] !== bytes.length) throw new MalformedError("not a secret-tree node");
  return decoded[0];
}

/** The node with its ratchet at `generation`; as it was when that lies behind, undefined when too far ahead. */
export async function advance(
  suite: Suite,
  node: SecretTreeNode,
  which: "application" | "handshake",
  generation: number,
): Promise<SecretTreeNode | undefined> {
  const ratchet = node[which];
  const steps = generation - ratchet.generation;
  if (steps <= 0) return node;
  if (steps > ratchetLimits.forwardMax) return undefined;
  const skipped: [number, Bytes][] = Object.entries(ratchet.unusedGenerations).map(([at, key]) => [Number(at), key]);
  let secret = ratchet.secret;
  for (let at = ratchet.generation; at < generation; at++) {
    skipped.push([at, secret]);
    secret = await deriveTreeSecret(secret, "secret", at, suite.kdf.size, suite.kdf);
  }
  const unusedGenerations = Object.fromEntries(skipped.slice(-ratchetLimits.skippedMax));
  return { ...node, [which]: { secret, generation, unusedGenerations } };
}
