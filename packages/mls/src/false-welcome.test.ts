/** Welcomes of a member who lies, each in one thing alone (docs/spec/groups.md GR9). */
import { expect, test } from "bun:test";
import { type LeafNode, type LeafNodeKeyPackage, signLeafNodeCommit, signLeafNodeKeyPackage } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { createBunCrypto } from "./bun/index.ts";
import { stateOf } from "./group.ts";
import type { Group, OwnKeyPackage } from "./index.ts";
import { type Falsehood, falseWelcome } from "./testing/false-welcome.ts";
import { contextOf } from "./testing/forger.ts";
import { commits, type Device, device, everybodyListed, groupOf } from "./testing/people.ts";
import { nodesAreInPlace, parentsCanBeSealedTo, treeIsValid, unmergedLeavesAreListed } from "./tree.ts";
import { parentHashOf, treeHashOf } from "./tree-hash.ts";

const crypto = createBunCrypto();
const wrong = new Uint8Array(32).fill(3);

/** Alice leads a group of four whose tree has parents, and adds Bob. */
async function invitation() {
  const names = ["alice", "carol", "dave", "erin", "bob"] as const;
  const [alice, carol, dave, erin, bob] = (await Promise.all(names.map((name) => device(crypto, name)))) as [
    Device,
    Device,
    Device,
    Device,
    Device,
  ];
  const [a] = (await groupOf([alice, carol, dave, erin])) as [Group];
  const { next } = await commits(alice, a, {});
  const own = await bob.keyPackage();
  // With a path, so that Bob is told a secret of it.
  const { welcome, next: after } = await commits(alice, next, {
    adds: [own.bytes],
    state: { ...next.state, name: "Lunch" },
  });
  return { alice, bob, own, welcome, after };
}

type Invitation = Awaited<ReturnType<typeof invitation>>;

async function join({ bob, own }: Invitation, welcome: Uint8Array, by: OwnKeyPackage = own): Promise<string> {
  const joined = await bob.mls.join(welcome, by, everybodyListed);
  return "refused" in joined ? joined.refused : "joined";
}

async function joinsBy(falsehood: Falsehood): Promise<string> {
  const world = await invitation();
  return join(world, await falseWelcome(world.alice, world.own, world.welcome, falsehood));
}

function withLeaf(tree: RatchetTree, leaf: number, change: Partial<LeafNode>): RatchetTree {
  const node = tree[2 * leaf];
  if (node?.nodeType !== "leaf") throw new Error("no such leaf");
  return tree.with(2 * leaf, { nodeType: "leaf", leaf: { ...node.leaf, ...change } as LeafNode });
}

test("[GR9] a Welcome that was opened and sealed again, and changed in nothing, is taken", async () => {
  expect(await joinsBy({})).toBe("joined");
});

test("[GR9] a Welcome whose GroupInfo its signer did not sign is refused", async () => {
  expect(await joinsBy({ unsigned: (info) => ({ ...info, signature: new Uint8Array(64) }) })).toBe("crypto");
});

test("[GR9] a Welcome whose confirmation tag does not fit is refused", async () => {
  expect(await joinsBy({ info: (info) => ({ ...info, confirmationTag: wrong }), keepsTag: true })).toBe("crypto");
});

test("[GR9] a Welcome of another suite or version, with a pre-shared key, or with more inside than the tree, is refused", async () => {
  const otherSuite = "MLS_256_XWING_CHACHA20POLY1305_SHA256_Ed25519" as never;
  expect(
    await joinsBy({ info: (info) => ({ ...info, groupContext: { ...info.groupContext, cipherSuite: otherSuite } }) }),
  ).not.toBe("joined");
  expect(await joinsBy({ outside: (welcome) => ({ ...welcome, cipherSuite: otherSuite }) })).toBe("malformed");
  const psk = { psktype: "external" as const, pskId: new Uint8Array(4), pskNonce: new Uint8Array(32) };
  expect(await joinsBy({ secrets: (secrets) => ({ ...secrets, psks: [psk] }) })).toBe("malformed");
  const more = { extensionType: "external_pub" as const, extensionData: new Uint8Array(4) };
  expect(await joinsBy({ info: (info) => ({ ...info, extensions: [...info.extensions, more] }) })).toBe("malformed");
  expect(await joinsBy({ info: (info) => ({ ...info, extensions: [more] }) })).toBe("malformed");
});

test("[GR9] a Welcome that the newcomer itself, or nobody, is said to have signed is refused", async () => {
  const world = await invitation();
  const bobs = world.after.members.length - 1;
  for (const signer of [bobs, 200]) {
    const by = signer === bobs ? world.bob : world.alice;
    const welcome = await falseWelcome(by, world.own, world.welcome, {
      info: (info) => ({ ...info, signer }),
      secrets: (secrets) => ({ ...secrets, pathSecret: undefined }),
    });
    expect(await join(world, welcome)).toBe("not-a-member");
  }
});

test("[GR9] a Welcome whose path secret is not that of the tree is refused", async () => {
  expect(await joinsBy({ secrets: (secrets) => ({ ...secrets, pathSecret: wrong }) })).toBe("crypto");
});

test("[GR9] a Welcome whose tree bears a leaf that its device did not sign is refused", async () => {
  // By a key package, and by a commit.
  for (const leaf of [1, 0])
    expect(await joinsBy({ tree: (tree) => withLeaf(tree, leaf, { signature: new Uint8Array(64) }) })).toBe("crypto");
});

test("[GR9] a Welcome whose tree was changed in a parent is refused", async () => {
  const changed = (tree: RatchetTree): RatchetTree => {
    const at = tree.findIndex((node) => node?.nodeType === "parent");
    const node = tree[at];
    if (node?.nodeType !== "parent") throw new Error("a parent");
    return tree.with(at, { nodeType: "parent", parent: { ...node.parent, hpkePublicKey: wrong } });
  };
  expect(await joinsBy({ tree: changed, secrets: (secrets) => ({ ...secrets, pathSecret: undefined }) })).toBe(
    "crypto",
  );
});

test("[GR9] a Welcome is read to its end, and is of bounded size", async () => {
  const world = await invitation();
  const welcome = await falseWelcome(world.alice, world.own, world.welcome, {});
  expect(await join(world, Uint8Array.from([...welcome, 0]))).toBe("malformed");
  expect(await join(world, world.own.bytes)).toBe("malformed");
  const many = await falseWelcome(world.alice, world.own, world.welcome, {
    outside: (whole) => ({ ...whole, secrets: Array.from({ length: 1_025 }, () => whole.secrets[0] as never) }),
  });
  expect(await join(world, many)).toBe("malformed");
  const huge = await falseWelcome(world.alice, world.own, world.welcome, {
    outside: (whole) => ({ ...whole, encryptedGroupInfo: new Uint8Array(2 * 1024 * 1024) }),
  });
  expect(await join(world, huge)).toBe("malformed"); // Before anything of it is opened.
});

test("[GR9] each fault of a tree by itself is refused", async () => {
  const { alice, after } = await invitation();
  const { ratchetTree: tree, groupContext } = stateOf(after);
  const context = contextOf(alice);
  const valid = async (changed: RatchetTree) =>
    treeIsValid(context, changed, {
      ...groupContext,
      treeHash: await treeHashRoot(changed, context.suite.hash).catch(() => groupContext.treeHash),
    });
  expect(await valid(tree.slice())).toBe(true);
  expect(await treeIsValid(context, tree, { ...groupContext, treeHash: wrong })).toBe(false);
  // A key twice: the leaf is signed all the same, by its own device.
  const parentAt = tree.findIndex((node) => node?.nodeType === "parent");
  const parent = tree[parentAt];
  if (parent?.nodeType !== "parent") throw new Error("a parent");
  const unmerged = (leaves: number[]) =>
    tree.with(parentAt, { nodeType: "parent", parent: { ...parent.parent, unmergedLeaves: leaves } });
  expect(await valid(unmerged([0, 0]))).toBe(false);
  expect(await valid(unmerged([1, 0]))).toBe(false);
  expect(await valid(unmerged([100]))).toBe(false);
  expect(await valid(unmerged([4]))).toBe(false);
  expect(await valid(tree.with(0, parent))).toBe(false);
  const other = { ...parent.parent, hpkePublicKey: wrong, unmergedLeaves: [] };
  expect(await valid(tree.with(0, { nodeType: "parent", parent: other }))).toBe(false);
  // The same leaves in a tree that is wider than any of ours.
  const wider = (nodes: number) => [...tree, ...Array.from({ length: nodes - tree.length }, () => undefined)];
  expect(await valid(wider(31))).toBe(true);
  expect(await valid(wider(4_095))).toBe(false);
});

test("[GR9] a tree in which two leaves have one key, each well signed, is refused", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const [a] = (await groupOf([alice, bob])) as [Group];
  const context = contextOf(alice);
  const { ratchetTree: tree, groupContext } = stateOf(a);
  const [first, second] = [tree[0], tree[2]];
  if (first?.nodeType !== "leaf" || second?.nodeType !== "leaf") throw new Error("two leaves");
  const { deviceKey } = bob.identity;
  const valid = async (hpkePublicKey: Uint8Array) => {
    const of = { ...second.leaf, hpkePublicKey } as LeafNodeKeyPackage;
    const leaf = await signLeafNodeKeyPackage(of, deviceKey.privateKey, context.suite.signature);
    const changed = tree.with(2, { nodeType: "leaf", leaf });
    return treeIsValid(context, changed, {
      ...groupContext,
      treeHash: await treeHashRoot(changed, context.suite.hash),
    });
  };
  expect(await valid(second.leaf.hpkePublicKey)).toBe(true);
  expect(await valid(first.leaf.hpkePublicKey)).toBe(false);
});

test("[GR9] leaves stand at even places and parents at odd ones, and each parent can be sealed to", async () => {
  const { ratchetTree: tree } = stateOf((await invitation()).after);
  const at = tree.findIndex((node) => node?.nodeType === "parent");
  const node = tree[at];
  if (node?.nodeType !== "parent") throw new Error("a parent");
  expect([nodesAreInPlace(tree), parentsCanBeSealedTo(tree)]).toEqual([true, true]);
  expect(nodesAreInPlace(tree.with(0, node))).toBe(false);
  const weak = { ...node.parent, hpkePublicKey: new Uint8Array(32) };
  expect(parentsCanBeSealedTo(tree.with(at, { nodeType: "parent", parent: weak }))).toBe(false);
});

test("[GR9] a parent that cannot be sealed to is refused, though the one who made the path signed for it", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const [a] = (await groupOf([alice, bob])) as [Group];
  const { next } = await commits(alice, a, {});
  const { ratchetTree: tree, groupContext } = stateOf(next);
  const [leaf, parent] = [tree[0], tree[1]];
  if (leaf?.nodeType !== "leaf" || leaf.leaf.leafNodeSource !== "commit" || parent?.nodeType !== "parent")
    throw new Error("a path of one node");
  const { suite } = contextOf(alice);
  const { leaf: said } = leaf;
  const valid = async (hpkePublicKey: Uint8Array) => {
    const above = tree.with(1, { nodeType: "parent", parent: { ...parent.parent, hpkePublicKey } });
    const parentHash = parentHashOf(suite, above, 0);
    const tbs = { ...said, leafNodeSource: "commit", parentHash, groupId: groupContext.groupId, leafIndex: 0 } as const;
    const signed = await signLeafNodeCommit(tbs, alice.identity.deviceKey.privateKey, suite.signature);
    const changed = above.with(0, { nodeType: "leaf", leaf: signed });
    return treeIsValid(contextOf(alice), changed, { ...groupContext, treeHash: treeHashOf(suite, changed) });
  };
  expect(await valid(wrong)).toBe(true);
  expect(await valid(new Uint8Array(32))).toBe(false);
});

test("[GR9] who is not merged yet stands below the node that says so, in rising order, and in every node between", () => {
  // Leaves at 0, 2, 4, 6; above them 1 and 5, and 3 above all.
  const listed = (one: readonly number[], all: readonly number[], other: readonly number[] = []) => {
    const parent = (unmergedLeaves: readonly number[]) => ({ nodeType: "parent", parent: { unmergedLeaves } });
    const leaf = { nodeType: "leaf" };
    const tree = [leaf, parent(one), leaf, parent(all), leaf, parent(other), leaf] as unknown as RatchetTree;
    return unmergedLeavesAreListed(tree);
  };
  expect([listed([], []), listed([1], [1]), listed([0, 1], [0, 1, 2], [2])]).toEqual([true, true, true]);
  expect(listed([], [1])).toBe(false); // The node between does not say so.
  expect(listed([2], [2], [2])).toBe(false); // It is no leaf below.
  expect(listed([], [2], [])).toBe(false);
  expect(listed([1, 0], [1, 0])).toBe(false);
  expect(listed([1], [1, 1])).toBe(false);
});
