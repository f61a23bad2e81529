/** Trees as bytes: ours and the library's give and read the same (docs/spec/groups.md GR13). */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { encodeLeafNode } from "ts-mls/leafNode.js";
import { decodeRatchetTree, type RatchetTree, ratchetTreeEncoder } from "ts-mls/ratchetTree.js";
import { createBunCrypto } from "./bun/index.ts";
import { leavesOf, stateOf } from "./group.ts";
import type { Group } from "./index.ts";
import { suiteOf } from "./suite.ts";
import { commits, type Device, device, groupOf, takes } from "./testing/people.ts";
import { decodeTree, encodeTree, leafBytes, leafIsSigned } from "./tree-codec.ts";

const crypto = createBunCrypto();
const suite = suiteOf(crypto);
const librarys = encode(ratchetTreeEncoder);

/** With leaves of both sources, blanks, parents, and leaves that are unmerged. */
async function someTree(): Promise<{ readonly tree: RatchetTree; readonly group: Group }> {
  const people = await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => device(crypto, name)));
  const [a, b] = people as [Device, Device];
  let [groupA, groupB] = (await groupOf(people)) as [Group, Group];
  const path = await commits(b, groupB, {});
  groupA = await takes(a, groupA, path.commit);
  const gone = await commits(a, groupA, { removes: [3] });
  groupB = await takes(b, path.next, gone.commit);
  const fresh = await device(crypto, "g");
  const added = await commits(b, groupB, { adds: [(await fresh.keyPackage()).bytes] });
  return { tree: stateOf(added.next).ratchetTree, group: added.next };
}

test("[GR13] a tree is written and read as the library does it, and its leaves keep their bytes", async () => {
  const { tree, group } = await someTree();
  const bytes = encodeTree(tree);
  expect(bytes).toEqual(librarys(tree));
  const before = Uint8Array.of(9, 9, 9, ...bytes, 7);
  const [ours, length] = decodeTree(before, 3) ?? [];
  expect([ours, length]).toEqual(decodeRatchetTree(before, 3) as [RatchetTree, number]);
  expect(length).toBe(bytes.length);
  expect(tree.some((node) => node?.nodeType === "parent" && node.parent.unmergedLeaves.length > 0)).toBe(true);
  expect(new Set([...leavesOf(tree)].map(({ leaf }) => leaf.leafNodeSource))).toEqual(
    new Set(["key_package", "commit"]),
  );
  for (const { index, leaf } of leavesOf(ours as RatchetTree)) {
    expect(leafBytes(leaf)).toEqual(encodeLeafNode(leaf));
    expect(await leafIsSigned(suite, leaf, group.groupId, index)).toBe(true);
    expect(await leafIsSigned(suite, { ...leaf, signature: leaf.signature.toReversed() }, group.groupId, index)).toBe(
      false,
    );
    const isBound = leaf.leafNodeSource === "commit";
    expect(await leafIsSigned(suite, leaf, group.groupId, index + 1)).toBe(!isBound);
    expect(await leafIsSigned(suite, leaf, crypto.random(32), index)).toBe(!isBound);
  }
});

test("[GR13] bytes that were changed or cut off are read as the library reads them, or refused as it does", async () => {
  const bytes = encodeTree((await someTree()).tree);
  const read = (decode: typeof decodeTree, given: Uint8Array) => {
    try {
      return decode(given, 0);
    } catch {
      return "throws";
    }
  };
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
      const changed = isCut ? bytes.slice(0, at) : bytes.with(at, value);
      expect(read(decodeTree, changed)).toEqual(read(decodeRatchetTree, changed) as never);
    }),
    { numRuns: 400 },
  );
});
