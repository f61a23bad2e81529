/**
 * Misdeeds: commits of a member with a changed client, for the simulator (docs/spec/simulation.md SIM6). The gate
 * accepts them, because it checks only the signature by the epoch's key.
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

/** `buildCommit` reads no clock: it does not check the lifetime of an added package. */
const noClock = () => 0;

/**
 * Makes a commit with an update path in which some path secrets cannot be decrypted.
 *
 * @param spoils gets the index of each encrypted path secret.
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

/** Removes `leaves` with a confirmation tag of zeros: only the removed members can believe it (GR3.7). */
export async function falseRemoval(crypto: Crypto, group: Group, leaves: readonly number[]): Promise<Bytes> {
  return forgesContent(crypto, group, await removalContent(crypto, group, leaves));
}

/**
 * Adds the leaf of a key package, and removes a leaf if one is given, without regard to accounts and consent (GR5.5).
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

/** A commit that raises the state's policy version to one that no client knows (GR2.5). */
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

/** The content of an honest commit that removes `leaves`. */
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
