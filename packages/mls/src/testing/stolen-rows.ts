/**
 * Stolen rows: what a thief of a device's store can do with the stored ratchets (docs/spec/groups.md GR33). Each stored
 * part is tried as a ratchet secret, which would open all later messages.
 */
import type { Bytes } from "@yanshu/wire";
import type { SecretTreeNode } from "ts-mls/secretTree.js";
import { decodePatch, patchOf } from "../ratchet.ts";
import type { StoredGroup } from "../types.ts";

const secretBytes = 32;

/** Yields the stored group, and then copies with one leaf's ratchet replaced by a guess from its row. */
export function* asThiefWould(stored: StoredGroup): Generator<StoredGroup> {
  yield stored;
  for (const { leaf, bytes } of stored.patches)
    for (const node of chainsIn(decodePatch(bytes)))
      yield { ...stored, patches: stored.patches.map((each) => (each.leaf === leaf ? patchOf(leaf, node) : each)) };
}

function* chainsIn(node: SecretTreeNode): Generator<SecretTreeNode> {
  const { secret, generation, unusedGenerations } = node.application;
  const kept = Object.entries(unusedGenerations).map(([at, bytes]): [number, Bytes] => [Number(at), bytes]);
  for (const [at, bytes] of [...kept, [generation, secret] as [number, Bytes]]) {
    const pieces = [bytes, bytes.slice(0, secretBytes), bytes.slice(-secretBytes)];
    for (const piece of pieces)
      yield { ...node, application: { secret: piece, generation: at, unusedGenerations: {} } };
  }
}
