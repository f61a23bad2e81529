/**
 * Prepares a commit: makes the next state, the commit for the members and the Welcome for added devices. The given
 * group does not change: the caller adopts the next state once the gate has accepted the commit.
 */
import { type Bytes, MalformedError } from "@yanshu/wire";
import type { Proposal } from "ts-mls";
import type { LeafNode } from "ts-mls/leafNode.js";
import { effectOf, judgeCommit } from "./check.ts";
import { buildCommit } from "./commit.ts";
import { type Context, groupExtensions, makeGroup, stateOf } from "./group.ts";
import { encodeGroupState } from "./group-state.ts";
import { checkKeyPackage, decodeKeyPackage } from "./key-package.ts";
import type { KindTable } from "./kinds/index.ts";
import { credentialOf, deliveryExtension, factsOf } from "./leaf.ts";
import type { CommitChange, Group, GroupState, Judge, Prepared, Refusal } from "./types.ts";

export async function prepare(
  context: Context,
  group: Group,
  change: CommitChange,
  judge: Judge,
): Promise<Prepared | { readonly refused: Refusal }> {
  const adds = [];
  for (const bytes of change.adds ?? []) {
    const made = decodeKeyPackage(bytes);
    const facts = made && (await checkKeyPackage(context, made));
    if (made === undefined || facts === undefined) return { refused: "malformed" };
    // A receiver accepts an added device that is stale, and removes it next; a committer must not add one (GR9.4).
    if (judge(facts) === "stale") return { refused: "not-allowed" };
    adds.push(made);
  }
  const removes = change.removes ?? [];
  const encoded = change.state && encodedIfValid(change.state, context.kinds);
  if (change.state !== undefined && encoded === undefined) return { refused: "not-allowed" };
  const extensions = encoded && groupExtensions(encoded);
  const state = stateOf(group);
  const committer = group.members.find((one) => one.leaf === group.ownLeaf);
  const node = state.ratchetTree[2 * group.ownLeaf];
  if (committer === undefined || node?.nodeType !== "leaf") return { refused: "not-a-member" };
  const changesOwn = change.ownDelivery !== undefined || change.ownCredential !== undefined;
  const ownLeaf: LeafNode = {
    ...node.leaf,
    ...(change.ownCredential && { credential: credentialOf(change.ownCredential) }),
    ...(change.ownDelivery && { extensions: [deliveryExtension(change.ownDelivery)] }),
  };
  const own = changesOwn ? factsOf(context.crypto.sha256, ownLeaf) : committer;
  if (own === undefined) return { refused: "leaf-mismatch" };
  const verdict = await judgeCommit(context, group, committer, { adds, removes, extensions, own }, judge);
  if ("refused" in verdict) return { refused: verdict.refused };

  const proposals: Proposal[] = [
    ...removes.map((removed): Proposal => ({ proposalType: "remove", remove: { removed } })),
    ...adds.map((keyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } })),
    ...(extensions
      ? [{ proposalType: "group_context_extensions" as const, groupContextExtensions: { extensions } }]
      : []),
  ];
  const wantsPath = changesOwn || extensions !== undefined;
  const { next: nextState, commit, welcome } = await buildCommit(context, state, proposals, ownLeaf, wantsPath);
  const next = await makeGroup(context, nextState);
  if (typeof next === "string") return { refused: next };
  return { next, commit, ...(welcome && { welcome }), effect: effectOf(group, verdict, next.members) };
}

/** Returns undefined for an invalid state: two changes, each valid, can together leave a group without an owner. */
function encodedIfValid(state: GroupState, kinds: KindTable): Bytes | undefined {
  try {
    return encodeGroupState(state, kinds);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
