/**
 * Refusals that no whole commit or Welcome reaches, because something else would refuse it first: each check is asked
 * by itself, so that none of them can go unnoticed (docs/spec/rooms.md RO12).
 */
import { expect, test } from "bun:test";
import { limits } from "@yanshu/wire";
import type { Proposal } from "ts-mls";
import type { LeafNode } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { allowed } from "./allowed.ts";
import { createBunCrypto } from "./bun/index.ts";
import { judgeCommit, onlyDeclared, type Proposed } from "./check.ts";
import { rosterFits } from "./conversation.ts";
import { groupExtensions, stateIn, stateOf } from "./group.ts";
import { encodeGroupState } from "./group-state.ts";
import type { Group, Judge, Member } from "./index.ts";
import { contextOf, forgesCommit, forgesContent, leafOf, privateBytes, privateOf } from "./testing/forger.ts";
import { removalContent } from "./testing/misdeeds.ts";
import { type Device, device, directState, everybodyListed, groupOf, groupState, ownState } from "./testing/people.ts";

const crypto = createBunCrypto();
const names = ["alice", "bob", "carol"] as const;

async function trio() {
  const [alice, bob, carol] = await Promise.all(names.map((name) => device(crypto, name)));
  const devices = [alice, bob, carol] as [Device, Device, Device];
  const [a, b] = (await groupOf(devices)) as [Group, Group, Group];
  return { devices, a, b, owner: a.members[0] as Member };
}

const nothing: Proposed = { adds: [], removes: [], extensions: undefined, own: undefined };

async function judges(group: Group, by: Member, proposed: Partial<Proposed>, judge: Judge = everybodyListed) {
  const { devices } = await trio();
  const verdict = await judgeCommit(contextOf(devices[0]), group, by, { ...nothing, ...proposed }, judge);
  return "refused" in verdict ? verdict.refused : "taken";
}

test("[GR4] a commit removes neither its committer, nor a leaf twice, nor one that is not there", async () => {
  const { a, owner } = await trio();
  expect(await judges(a, owner, { removes: [1] })).toBe("taken");
  expect(await judges(a, owner, { removes: [owner.leaf] })).toBe("not-allowed");
  expect(await judges(a, owner, { removes: [1, 1] })).toBe("not-allowed");
  expect(await judges(a, owner, { removes: [9] })).toBe("not-a-member");
});

test("[GR12] a path's leaf is the same device, with the same key, and knows no older list", async () => {
  const { a } = await trio();
  const by: Member = { ...(a.members[0] as Member), n: 3 };
  const other = new Uint8Array(32).fill(5);
  expect(await judges(a, by, { own: { ...by, n: 4 } })).toBe("taken");
  expect(await judges(a, by, { own: { ...by, account: other } })).toBe("leaf-mismatch");
  expect(await judges(a, by, { own: { ...by, device: other.subarray(0, by.device.length) } })).toBe("leaf-mismatch");
  expect(await judges(a, by, { own: { ...by, deviceKey: other } })).toBe("leaf-mismatch");
  expect(await judges(a, by, { own: { ...by, n: 2 } })).toBe("leaf-mismatch");
});

test("[GR12] a path's leaf that its account never listed is refused", async () => {
  const { a, owner } = await trio();
  const neverListed: Judge = () => "never-listed";
  expect(await judges(a, owner, { own: { ...owner } }, neverListed)).toBe("never-listed");
});

test("[GR4] the tree after a commit differs in the declared leaves alone", async () => {
  const { devices, a } = await trio();
  const before = stateOf(a).ratchetTree;
  const removal: Proposal = { proposalType: "remove", remove: { removed: 2 } };
  const { next } = await forgesCommit(devices[0], a, [removal]);
  const after = next.ratchetTree;
  const path = leafIn(after, 0);
  const removes = [2];
  expect(onlyDeclared(before, after, 0, { adds: [], removes }, path)).toBe(true);

  const added = leafOf(a, 2);
  // One went that nobody named, one came that nobody named, and one that was named did not come.
  expect(onlyDeclared(before, after, 0, { adds: [], removes: [] }, path)).toBe(false);
  expect(onlyDeclared(before, withLeaf(after, 4, added), 0, { adds: [], removes }, path)).toBe(false);
  expect(onlyDeclared(before, withLeaf(after, 6, added), 0, { adds: [], removes }, path)).toBe(false);
  const add = { leafNode: added } as Proposed["adds"][number];
  expect(onlyDeclared(before, after, 0, { adds: [add], removes }, path)).toBe(false);
  // Another's leaf was changed, or the committer's is not the path's.
  const changed = { ...leafIn(after, 1), hpkePublicKey: new Uint8Array(32).fill(3) } as LeafNode;
  expect(onlyDeclared(before, withLeaf(after, 2, changed), 0, { adds: [], removes }, path)).toBe(false);
  expect(onlyDeclared(before, after, 0, { adds: [], removes }, undefined)).toBe(false);
});

test("[GR4] no key stands twice in the tree after a commit", async () => {
  const { a } = await trio();
  const before = stateOf(a).ratchetTree;
  const one = leafOf(a, 1);
  const double = { ...leafOf(a, 2), hpkePublicKey: one.hpkePublicKey } as LeafNode;
  const after = withLeaf(before, 6, double);
  const add = { leafNode: double } as Proposed["adds"][number];
  expect(onlyDeclared(before, after, 0, { adds: [add], removes: [] }, undefined)).toBe(false);
});

test("[GR1] the id of a 1:1 and of own devices names who may be in it", async () => {
  const [alice, bob, carol] = (await trio()).devices;
  const { sha256 } = crypto;
  const fits = (state: Parameters<typeof rosterFits>[1], ...who: Device[]) =>
    rosterFits(
      sha256,
      state,
      who.map(({ account }) => account),
    );
  expect(fits(ownState(alice), alice)).toBe(true);
  expect(fits(ownState(alice), bob)).toBe(false);
  expect(fits(ownState(alice), alice, bob)).toBe(false);
  expect(fits(directState(alice, bob), alice, bob)).toBe(true);
  expect(fits(directState(alice, bob), alice, carol)).toBe(false);
  expect(fits(directState(alice, bob), alice, bob, carol)).toBe(false);
  expect(fits(groupState(alice))).toBe(false);
  expect(fits(groupState(alice), alice, bob)).toBe(true);
  const { conversation } = directState(alice, bob);
  expect(fits({ kind: "group", conversation }, alice, bob)).toBe(false); // The id of a 1:1 is no group's.
});

test("[GR5] a commit changes no policy version, and in a 1:1 either of the two may name and set", async () => {
  const [alice, bob] = (await trio()).devices;
  const direct = directState(alice, bob);
  const leaves = [alice, bob].map(({ account, identity }) => ({ account, device: identity.credential.device }));
  const change = { leaves, added: [], removed: [] };
  const renamed = { ...direct, announcement: "on Sundays", name: "us" };
  expect(allowed(direct, bob.account, change, renamed)).toBe(true);
  expect(allowed(direct, bob.account, change, { ...renamed, policyVersion: 2 })).toBe(false);
});

test("[GR2] the required capabilities stand first, under their own type", async () => {
  const [alice] = (await trio()).devices;
  const [required, state] = groupExtensions(encodeGroupState(groupState(alice)));
  if (required === undefined || state === undefined) throw new Error("two extensions");
  expect(stateIn([required, state])).toMatchObject({ name: "Dinner" });
  expect(stateIn([{ ...required, extensionType: "application_id" }, state])).toBe("malformed");
});

test("[GR3] a removal that its committer did not sign moves nobody, and is laid to nobody's charge", async () => {
  const { devices, a, b } = await trio();
  const removal = await forgesContent(crypto, a, await removalContent(crypto, a, [1]), "unsigned");
  expect(await devices[1].mls.receive(b, removal, everybodyListed)).toEqual({ kind: "refused", why: "crypto" });
  const signed = await forgesContent(crypto, a, await removalContent(crypto, a, [1]));
  expect((await devices[1].mls.receive(b, signed, everybodyListed)).kind).toBe("removed");
});

test("[GR3] a removal whose path bears a leaf that nobody signed moves nobody", async () => {
  const { devices, a, b } = await trio();
  const { proposals, path } = await removalContent(crypto, a, [1]);
  if (path === undefined) throw new Error("a path");
  const leafNode = { ...path.leafNode, signature: new Uint8Array(64) };
  const removal = await forgesContent(crypto, a, { proposals, path: { ...path, leafNode } });
  expect(await devices[1].mls.receive(b, removal, everybodyListed)).toMatchObject({ kind: "refused", why: "crypto" });
});

test("[GR3] a commit of more than it can need, or with two states, is malformed", async () => {
  const { devices, a, b } = await trio();
  const { proposals, path } = await removalContent(crypto, a, [2]);
  const [removal, node] = [proposals[0], path?.nodes[0]];
  if (path === undefined || removal === undefined || node === undefined) throw new Error("a removal with a path");
  const extensions = groupExtensions(encodeGroupState({ ...a.state, name: "Lunch" }));
  const state = {
    proposalOrRefType: "proposal" as const,
    proposal: { proposalType: "group_context_extensions" as const, groupContextExtensions: { extensions } },
  };
  for (const commit of [
    { proposals: Array.from({ length: 2_050 }, () => removal), path },
    { proposals, path: { ...path, nodes: Array.from({ length: 17 }, () => node) } },
    { proposals: [state, state], path },
  ])
    expect(await devices[1].mls.receive(b, await forgesContent(crypto, a, commit), everybodyListed)).toMatchObject({
      kind: "refused",
      why: "malformed",
    });
});

test("[GR3] what is larger than a frame is refused before it is read", async () => {
  const { devices, a } = await trio();
  const { message } = await devices[0].mls.protect(a, new Uint8Array(4));
  const ciphertext = new Uint8Array(limits.frameBytesMax);
  const huge = privateBytes({ ...privateOf(message), epoch: privateOf(message).epoch + 1n, ciphertext });
  expect(await devices[0].mls.receive(a, huge, everybodyListed)).toMatchObject({ kind: "refused", why: "malformed" });
});

function leafIn(tree: RatchetTree, leaf: number): LeafNode {
  const node = tree[2 * leaf];
  if (node?.nodeType !== "leaf") throw new Error("no such leaf");
  return node.leaf;
}

/** The tree with another leaf at this node. */
function withLeaf(tree: RatchetTree, node: number, leaf: LeafNode): RatchetTree {
  const next = tree.slice();
  while (next.length <= node) next.push(undefined);
  next[node] = { nodeType: "leaf", leaf };
  return next;
}
