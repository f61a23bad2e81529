/**
 * Checks a commit's proposals before the library applies it, and the resulting tree before the caller adopts it
 * (docs/spec/groups.md GR3, GR4, GR5). The committer and the receivers run the same checks.
 */
import { type AccountId, type Bytes, equalBytes, limits, toHex } from "@yanshu/wire";
import type { ClientState, KeyPackage } from "ts-mls";
import type { LeafNode } from "ts-mls/leafNode.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { addsUnasked, allowed } from "./allowed.ts";
import { rosterFits } from "./conversation.ts";
import { type Context, leavesOf, stateIn, stateOf } from "./group.ts";
import { checkAddedPackage } from "./key-package.ts";
import type { LeafFacts } from "./leaf.ts";
import { leafBytes } from "./tree-codec.ts";
import type { CommitEffect, Group, GroupState, Judge, Member, Refusal } from "./types.ts";

/** The proposals and the path leaf of a commit. */
export type Proposed = {
  readonly adds: readonly KeyPackage[];
  readonly removes: readonly number[];
  /** The new GroupContext extensions, if the commit replaces them. */
  readonly extensions: ClientState["groupContext"]["extensions"] | undefined;
  /** The committer's new leaf, if the commit has a path. */
  readonly own: LeafFacts | undefined;
};

export type Verdict = {
  readonly committer: Member;
  readonly added: readonly LeafFacts[];
  readonly removed: readonly Member[];
  readonly after: GroupState;
};

/**
 * Why a commit is refused. `about`: the account to which it would add a device without that device's consent.
 * `isDoubtful`: an honest committer who holds other device lists could have made it.
 */
export type Denial = { readonly refused: Refusal; readonly about?: AccountId; readonly isDoubtful?: true };

/** @checks GR3, GR4, GR5 */
export async function judgeCommit(
  context: Context,
  group: Group,
  committer: Member,
  proposed: Proposed,
  judge: Judge,
): Promise<Verdict | Denial> {
  const removed: Member[] = [];
  for (const leaf of proposed.removes) {
    const member = group.members.find((one) => one.leaf === leaf);
    if (member === undefined) return { refused: "not-a-member" };
    if (leaf === committer.leaf || removed.includes(member)) return { refused: "not-allowed" };
    removed.push(member);
  }
  const after = proposed.extensions === undefined ? group.state : stateIn(proposed.extensions, context.kinds);
  if (typeof after === "string") return { refused: after };
  const added = await judgeAdds(context, proposed.adds, judge);
  if ("refused" in added) return added;
  const own = proposed.own ?? committer;
  const mismatch = judgeOwnLeaf(committer, own, judge);
  if (mismatch !== undefined)
    return { refused: mismatch, ...(mismatch === "never-listed" ? { isDoubtful: true } : {}) };

  const leaves = [
    ...group.members.filter((one) => one.leaf !== committer.leaf && !removed.includes(one)),
    own,
    ...added,
  ];
  if (leaves.length > limits.listAddressesMax) return { refused: "not-allowed" };
  const twice = added.find(({ device }) => leaves.filter((other) => equalBytes(other.device, device)).length > 1);
  if (twice !== undefined) return { refused: "leaf-mismatch", about: twice.account };
  if (repeats(leaves.map(({ address }) => address))) return { refused: "leaf-mismatch" };
  const accounts = leaves.map(({ account }) => account);
  const change = {
    leaves: group.members,
    added,
    removed: removed.map((one) => ({ ...one, standing: judge(one) })),
  };
  if (!rosterFits(context.crypto.sha256, after, accounts, context.kinds)) return { refused: "not-allowed" };
  if (!allowed(group.state, committer.account, change, after, context.kinds)) {
    const unasked = added.find((leaf) => addsUnasked(committer.account, change, leaf));
    const asIfStale = { ...change, removed: change.removed.map((one) => ({ ...one, standing: "stale" as const })) };
    const isDoubtful = allowed(group.state, committer.account, asIfStale, after, context.kinds);
    return {
      refused: "not-allowed",
      ...(unasked && { about: unasked.account }),
      ...(isDoubtful ? { isDoubtful } : {}),
    };
  }
  return { committer: { ...own, leaf: committer.leaf }, added, removed, after };
}

/** @checks GR9 */
async function judgeAdds(
  context: Context,
  adds: readonly KeyPackage[],
  judge: Judge,
): Promise<readonly LeafFacts[] | Denial> {
  const added: LeafFacts[] = [];
  for (const made of adds) {
    const facts = await checkAddedPackage(context, made);
    if (facts === undefined) return { refused: "leaf-mismatch" };
    const standing = judge(facts);
    if (standing === "never-listed") return { refused: "never-listed", about: facts.account, isDoubtful: true };
    added.push(facts);
  }
  return added;
}

/**
 * A path may replace the leaf's keys, its delivery extension and `n`; never account, device or device key, and `n`
 * never decreases (GR12.1). @checks GR12
 */
function judgeOwnLeaf(before: Member, after: LeafFacts, judge: Judge): Refusal | undefined {
  if (after === before) return undefined; // not a check: there is no other leaf
  if (!equalBytes(before.account, after.account) || !equalBytes(before.device, after.device)) return "leaf-mismatch";
  if (!equalBytes(before.deviceKey, after.deviceKey) || after.n < before.n) return "leaf-mismatch";
  return judge(after) === "never-listed" ? "never-listed" : undefined;
}

/** Whether the two trees differ in exactly the leaves that the commit declares (GR4.1). @checks GR4 */
export function onlyDeclared(
  before: RatchetTree,
  after: RatchetTree,
  committer: number,
  proposed: Pick<Proposed, "adds" | "removes">,
  pathLeaf: LeafNode | undefined,
): boolean {
  const old = new Map([...leavesOf(before)].map(({ index, leaf }) => [index, leaf]));
  const expected = proposed.adds.map(({ leafNode }) => leafNode as LeafNode);
  for (const { index, leaf } of leavesOf(after)) {
    const was = proposed.removes.includes(index) ? undefined : old.get(index);
    if (was === undefined) {
      const at = expected.findIndex((one) => sameLeaf(one, leaf));
      if (at < 0) return false;
      expected.splice(at, 1);
      continue;
    }
    if (!sameLeaf(leaf, index === committer && pathLeaf !== undefined ? pathLeaf : was)) return false;
    old.delete(index);
  }
  for (const index of proposed.removes) old.delete(index);
  return expected.length === 0 && old.size === 0 && keysAreUnique(after);
}

/** Whether no key occurs twice in the tree (RFC 9420 §12.4.3.1). The library does not compare an added leaf's keys. */
export function keysAreUnique(tree: RatchetTree): boolean {
  const encryption: Bytes[] = [];
  const signature: Bytes[] = [];
  for (const node of tree) {
    if (node?.nodeType === "parent") encryption.push(node.parent.hpkePublicKey);
    if (node?.nodeType === "leaf") {
      encryption.push(node.leaf.hpkePublicKey);
      signature.push(node.leaf.signaturePublicKey);
    }
  }
  return !repeats(encryption) && !repeats(signature);
}

/** @param members those of the tree after the commit */
export function effectOf(group: Group, verdict: Verdict, members: readonly Member[]): CommitEffect {
  const added = members.filter((one) => verdict.added.some((facts) => equalBytes(facts.deviceKey, one.deviceKey)));
  return { committer: verdict.committer, added, removed: verdict.removed, before: group.state, after: verdict.after };
}

/** Whether the private keys from a commit or Welcome match the public keys in the tree (RFC 9420 §7.5). */
export function holdsItsPath(context: Context, group: Group | undefined, next: Group): boolean {
  const before = group && stateOf(group).privatePath.privateKeys;
  const { ratchetTree, privatePath } = stateOf(next);
  return Object.entries(privatePath.privateKeys).every(([node, key]) => {
    const kept = before?.[Number(node)];
    const found = ratchetTree[Number(node)];
    if (found === undefined) return false;
    const publicKey = found.nodeType === "leaf" ? found.leaf.hpkePublicKey : found.parent.hpkePublicKey;
    const unchanged =
      kept !== undefined && equalBytes(kept, key) && group !== undefined && sameKey(group, Number(node), publicKey);
    return unchanged || equalBytes(context.suite.publicOf(key), publicKey);
  });
}

function sameKey(group: Group, node: number, publicKey: Bytes): boolean {
  const found = stateOf(group).ratchetTree[node];
  if (found === undefined) return false;
  return equalBytes(found.nodeType === "leaf" ? found.leaf.hpkePublicKey : found.parent.hpkePublicKey, publicKey);
}

function sameLeaf(one: LeafNode, other: LeafNode): boolean {
  return one === other || equalBytes(leafBytes(one), leafBytes(other));
}

function repeats(keys: readonly Bytes[]): boolean {
  return new Set(keys.map(toHex)).size !== keys.length;
}
