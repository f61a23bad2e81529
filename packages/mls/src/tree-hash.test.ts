/**
 * Our tree and parent hashes against the library's, over trees in which people come, go and speak (docs/spec/groups.md
 * GR13).
 */
import { expect, test } from "bun:test";
import { verifyParentHashes } from "ts-mls/parentHash.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { applyUpdatePath } from "ts-mls/updatePath.js";
import { createBunCrypto } from "./bun/index.ts";
import { stateOf } from "./group.ts";
import type { Group } from "./index.ts";
import { suiteOf } from "./suite.ts";
import { commits, type Device, device, groupState, joins, takes } from "./testing/people.ts";
import { parentHashesHold, treeHashOf } from "./tree-hash.ts";
import { makePath, withPath } from "./update-path.ts";

const crypto = createBunCrypto();
const suite = suiteOf(crypto);

/** A seeded run of adds, removals and paths among some people; each state is what all of them hold. */
async function* churn(seed: number): AsyncGenerator<RatchetTree> {
  let state = seed;
  const chance = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % below;
  };
  const founder = await device(crypto, "0");
  let inside: { one: Device; group: Group }[] = [
    { one: founder, group: await founder.mls.create(founder.identity, founder.delivery(), groupState(founder)) },
  ];
  for (let step = 1; step <= 24; step++) {
    const by = inside[inside.length > 2 ? chance(inside.length) : 0] as (typeof inside)[0];
    const isOwner = by === inside[0];
    const act = chance(3);
    if (act === 0 || inside.length < 3) {
      const fresh = await device(crypto, `${step}`);
      const own = await fresh.keyPackage();
      const { next, commit, welcome } = await commits(by.one, by.group, { adds: [own.bytes] });
      await others(by, commit, next);
      inside.push({ one: fresh, group: await joins(fresh, welcome, own) });
    } else if (act === 1 && isOwner) {
      const gone = inside.splice(1 + chance(inside.length - 1), 1)[0] as (typeof inside)[0];
      const { next, commit } = await commits(by.one, by.group, { removes: [gone.group.ownLeaf] });
      await others(by, commit, next);
    } else {
      const { next, commit } = await commits(by.one, by.group, {});
      await others(by, commit, next);
    }
    yield stateOf((inside[0] as (typeof inside)[0]).group).ratchetTree;
  }

  async function others(by: (typeof inside)[0], commit: Uint8Array, next: Group): Promise<void> {
    inside = await Promise.all(
      inside.map(async (each) => ({
        ...each,
        group: each === by || each.one === by.one ? next : await takes(each.one, each.group, commit),
      })),
    );
  }
}

test("[GR13] tree hashes and parent hashes are the library's, no matter who comes, goes and speaks", async () => {
  let parents = 0;
  let unmerged = 0;
  for (const seed of [1, 2, 3, 4]) {
    for await (const tree of churn(seed)) {
      expect(treeHashOf(suite, tree)).toEqual(await treeHashRoot(tree, suite.hash));
      expect(await verifyParentHashes(tree, suite.hash)).toBe(true);
      expect(parentHashesHold(suite, tree)).toBe(true);
      for (const [at, node] of tree.entries()) {
        if (node?.nodeType !== "parent") continue;
        parents++;
        unmerged += node.parent.unmergedLeaves.length;
        const forged = { ...node.parent, parentHash: crypto.random(32) };
        const changed = tree.with(at, { nodeType: "parent", parent: forged });
        expect(parentHashesHold(suite, changed)).toBe(await verifyParentHashes(changed, suite.hash));
        const rekeyed = tree.with(at, {
          nodeType: "parent",
          parent: { ...node.parent, hpkePublicKey: crypto.random(32) },
        });
        expect(parentHashesHold(suite, rekeyed)).toBe(false);
      }
    }
  }
  expect([parents > 100, unmerged > 20]).toEqual([true, true]);
});

test("[GR13] a path goes into the tree as the library puts it there", async () => {
  const people = await Promise.all(["a", "b", "c", "d", "e"].map((name) => device(crypto, name)));
  const [a] = people as [Device];
  const founded = await a.mls.create(a.identity, a.delivery(), groupState(a));
  const packages = await Promise.all(people.slice(1).map((one) => one.keyPackage()));
  const made = await commits(a, founded, { adds: packages.map(({ bytes }) => bytes) });
  const state = stateOf(made.next);
  const leaf = state.ratchetTree[0];
  if (leaf?.nodeType !== "leaf") throw new Error("a leaf");
  const path = await makePath(
    suite,
    state.ratchetTree,
    0,
    leaf.leaf,
    state.groupContext,
    state.signaturePrivateKey,
    [],
  );
  const ours = withPath(suite, state.ratchetTree, 0, path.update);
  const theirs = await applyUpdatePath(state.ratchetTree, toLeafIndex(0), path.update, suite.hash);
  expect(ours).toEqual(theirs);
  expect(ours).toEqual(path.tree);
  expect(path.update.nodes.map(({ encryptedPathSecret }) => encryptedPathSecret.length)).toEqual([1, 2, 1]);
});
