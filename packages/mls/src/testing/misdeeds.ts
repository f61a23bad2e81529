/**
 * Misdeeds: commits that a member with a changed client can make, and that the simulator plays (docs/spec/simulation.md
 * SIM6). The gate takes them, for it sees no more than that they are signed with the epoch's key.
 */
import { type Bytes, utf8 } from "@yanshu/wire";
import type { Proposal } from "ts-mls";
import type { Commit } from "ts-mls/commit.js";
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { buildCommit } from "../commit.ts";
import { createContext, groupExtensions, makeGroup, stateOf } from "../group.ts";
import { encodeGroupState } from "../group-state.ts";
import type { Crypto, Group } from "../index.ts";
import { decodeKeyPackage } from "../key-package.ts";
import { forgesContent, leafOf, privateOf, spoilingSeals } from "./forger.ts";

/** Only a clock that says when a package ends is asked for one; no commit here adds anybody. */
const noClock = () => 0;

/**
 * Fresh keys for the own leaf, on a path of which some secrets cannot be opened.
 *
 * @param spoils told the place of each secret among all that the path carries.
 */
export async function spoiltPath(
  crypto: Crypto,
  group: Group,
  spoils: (place: number) => boolean,
): Promise<{ readonly commit: Bytes; readonly next: Group }> {
  const context = createContext(crypto, noClock);
  const lying = { ...context, suite: spoilingSeals(context.suite, spoils) };
  const { commit, next: state } = await buildCommit(lying, stateOf(group), [], leafOf(group, group.ownLeaf), true);
  const next = await makeGroup(context, state);
  if (typeof next === "string") throw new Error(`no group: ${next}`);
  return { commit, next };
}

/** The removal of `leaves` under a confirmation tag of zeros: nobody can go along but whom it removes (GR3.7). */
export async function falseRemoval(crypto: Crypto, group: Group, leaves: readonly number[]): Promise<Bytes> {
  return forgesContent(crypto, group, await removalContent(crypto, group, leaves));
}

/**
 * A leaf goes, if one is named, and the one of a key package comes; no matter whose that is and what they asked for
 * (GR5.5).
 */
export async function swappedLeaf(
  crypto: Crypto,
  group: Group,
  removed: number | undefined,
  keyPackage: Bytes,
): Promise<{ readonly commit: Bytes; readonly welcome: Bytes; readonly next: Group }> {
  const made = decodeKeyPackage(keyPackage);
  if (made === undefined) throw new Error("no key package");
  const context = createContext(crypto, noClock);
  const add: Proposal = { proposalType: "add", add: { keyPackage: made } };
  const proposals: readonly Proposal[] =
    removed === undefined ? [add] : [{ proposalType: "remove", remove: { removed } }, add];
  const own = leafOf(group, group.ownLeaf);
  const { commit, welcome, next: state } = await buildCommit(context, stateOf(group), proposals, own, true);
  const next = await makeGroup(context, state);
  if (typeof next === "string" || welcome === undefined) throw new Error("no group");
  return { commit, welcome, next };
}

/** A commit to the group's own state, under rules that nobody knows yet (GR2.5). */
export async function newerPolicy(crypto: Crypto, group: Group): Promise<Bytes> {
  const state = encodeGroupState(group.state).slice();
  const key = utf8("policyVersion");
  state[state.findIndex((_, i) => key.every((byte, j) => state[i + j] === byte)) + key.length] = 2;
  const proposal: Proposal = {
    proposalType: "group_context_extensions",
    groupContextExtensions: { extensions: [...groupExtensions(state)] },
  };
  const context = createContext(crypto, noClock);
  return (await buildCommit(context, stateOf(group), [proposal], leafOf(group, group.ownLeaf), true)).commit;
}

/** What an honest commit that removes `leaves` says. */
export async function removalContent(crypto: Crypto, group: Group, leaves: readonly number[]): Promise<Commit> {
  const context = createContext(crypto, noClock);
  const state = stateOf(group);
  const proposals = leaves.map((removed) => ({ proposalType: "remove" as const, remove: { removed } }));
  const { commit } = await buildCommit(context, state, proposals, leafOf(group, group.ownLeaf), true);
  const opened = await unprotectPrivateMessage(
    state.keySchedule.senderDataSecret,
    privateOf(commit),
    state.secretTree,
    state.ratchetTree,
    state.groupContext,
    state.clientConfig.keyRetentionConfig,
    context.suite,
  );
  return (opened.content.content as unknown as { readonly commit: Commit }).commit;
}
