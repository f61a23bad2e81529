/**
 * Receives messages, and refuses all that GR3 and GR4 of docs/spec/groups.md do not allow.
 *
 * Accepted are a member's PrivateMessages of the current epoch with application data or a commit. A commit is decrypted
 * and judged before the library applies it, and the trees are compared before the new state is returned. A refused
 * message changes nothing: the given group is still the state.
 */
import { type AccountId, type Bytes, equalBytes, isWeakSealKey, limits } from "@yanshu/wire";
import type { KeyPackage, PrivateMessage } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { applyProposals } from "ts-mls/clientState.js";
import type { Commit } from "ts-mls/commit.js";
import { verifyLeafNodeSignature } from "ts-mls/leafNode.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import type { SenderData } from "ts-mls/sender.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { applyCommit } from "./apply-commit.ts";
import { effectOf, holdsItsPath, judgeCommit, onlyDeclared, type Proposed, type Verdict } from "./check.ts";
import { type Context, makeGroup, membersOf, stateOf, withSecretTree } from "./group.ts";
import { factsOf } from "./leaf.ts";
import { decodePrivate, openSenderData } from "./private-message.ts";
import { patchOf, take } from "./ratchet.ts";
import type { Group, Judge, Member, Received, ReceivedAhead, Refusal } from "./types.ts";
import { unprotect } from "./unprotect.ts";
import { withPath } from "./update-path.ts";

type NotSaid = Exclude<Received, { kind: "application" }>;

const proposalsMax = 2 * limits.listAddressesMax + 1;
const pathNodesMax = 16; // More than the depth of a tree of 1,024 leaves.

export async function receive(context: Context, group: Group, message: Bytes, judge: Judge): Promise<Received> {
  const ahead = await receiveAhead(context, group, message, judge, false);
  if (ahead.kind !== "application") return ahead;
  const { signed, ...received } = ahead;
  return (await signed) ? received : refused("crypto");
}

/** @checks GR3 */
export async function receiveAhead(
  context: Context,
  group: Group,
  message: Bytes,
  judge: Judge,
  isOneOfMany: boolean,
): Promise<ReceivedAhead> {
  const framed = readFrame(message);
  if (typeof framed === "string") return refused(framed);
  if (!equalBytes(framed.groupId, group.groupId) || framed.epoch > group.epoch) return refused("wrong-group");
  if (framed.epoch < group.epoch) return refused("replay");
  // not a check: `open` refuses a proposal too, after more work
  if (framed.contentType === "proposal") return refused("proposal-kind");
  try {
    return await open(context, group, message, framed, judge, isOneOfMany);
  } catch {
    // The library throws its own errors, the provider's, and a TypeError for some hostile bytes.
    return refused("crypto");
  }
}

/** Sender data that `readAhead` is decrypting, by the message, with the secret in use. */
const begun = new WeakMap<Bytes, { readonly secret: Bytes; readonly sent: Promise<SenderData> }>();

export function readAhead({ suite }: Context, group: Group, message: Bytes): void {
  const framed = readFrame(message);
  if (typeof framed === "string" || framed.epoch !== BigInt(group.epoch)) return;
  const secret = stateOf(group).keySchedule.senderDataSecret;
  const sent = openSenderData(suite, secret, framed);
  sent.catch(() => undefined); // `receive` awaits the same promise and reports the error.
  begun.set(message, { secret, sent });
}

function refused(why: Refusal, whose: { readonly by?: AccountId; readonly about?: AccountId } = {}): NotSaid {
  return { kind: "refused", why, ...whose };
}

/** Keeps from the library all that is no PrivateMessage. @checks GR3 */
function readFrame(message: Bytes): PrivateMessage | Refusal {
  if (message.length > limits.frameBytesMax) return "malformed";
  const [versionHigh, version, formatHigh, format] = message;
  if (versionHigh === 0 && version === 1 && formatHigh === 0 && format === 1) return "public-message";
  const framed = decodePrivate(message);
  return framed?.authenticatedData.length === 0 ? framed : "malformed";
}

/** @checks GR3 */
async function open(
  context: Context,
  group: Group,
  message: Bytes,
  framed: PrivateMessage,
  judge: Judge,
  isOneOfMany: boolean,
): Promise<ReceivedAhead> {
  const { suite } = context;
  const state = stateOf(group);
  const secret = state.keySchedule.senderDataSecret;
  const ahead = begun.get(message);
  const sent = await (ahead?.secret === secret ? ahead.sent : openSenderData(suite, secret, framed));
  const sender = group.members.find((one) => one.leaf === sent.leafIndex);
  if (sender === undefined) return refused("not-a-member");
  const node = state.secretTree[2 * sender.leaf];
  const which = framed.contentType === "application" ? "application" : "handshake";
  const taken = node && take(suite, node, which, sent.generation);
  if (taken === undefined) return refused("crypto");
  if (taken === "gone") return refused("replay");
  const { signed, ...opened } = await unprotect(context, state, framed, sent, taken.key, isOneOfMany);
  const { content } = opened;
  if (content.contentType === "application") {
    return {
      kind: "application",
      group: withSecretTree(group, state.secretTree.with(2 * sender.leaf, taken.node)),
      patch: patchOf(sender.leaf, taken.node),
      sender,
      data: content.applicationData,
      signed,
    };
  }
  if (!(await signed)) return refused("crypto");
  if (content.contentType !== "commit") return refused("proposal-kind");
  // An own commit: the client already holds the state that it prepared.
  if (sender.leaf === group.ownLeaf) return { kind: "refused", why: "replay", isOwn: true };
  return receiveCommit(context, group, opened, content.commit, sender, judge);
}

/** @checks GR3, GR4 */
async function receiveCommit(
  context: Context,
  group: Group,
  opened: AuthenticatedContent,
  commit: Commit,
  committer: Member,
  judge: Judge,
): Promise<NotSaid> {
  // The signature was checked, so this account made the commit.
  const by = committer.account;
  const proposed = declared(context, commit);
  if (typeof proposed === "string") return refused(proposed, { by });
  const verdict = await judgeCommit(context, group, committer, proposed, judge);
  if ("refused" in verdict) {
    const { about, isDoubtful } = verdict;
    return refused(verdict.refused, { ...(about && { about }), ...(isDoubtful ? {} : { by }) });
  }

  if (proposed.removes.includes(group.ownLeaf)) return wasRemoved(context, group, commit, committer, proposed, verdict);
  const state = stateOf(group);
  const next = await applied(context, state, opened, committer.leaf);
  // @checks GR59
  if (next === "another-tag") return refused("crypto");
  if (next === undefined) return refused("crypto", isSound(context, group) ? { by } : {});
  // not a check: only declared changes were applied. This guards against a fault in the code that applies them.
  if (!onlyDeclared(state.ratchetTree, next.ratchetTree, committer.leaf, proposed, commit.path?.leafNode))
    return refused("leaf-mismatch");
  const made = await makeGroup(context, next);
  if (typeof made === "string") return refused(made, { by });
  if (!holdsItsPath(context, group, made)) return refused("crypto", isSound(context, group) ? { by } : {});
  return { kind: "commit", group: made, effect: effectOf(group, verdict, made.members) };
}

/** Returns undefined if the path is wrong: the signature covers it, so its committer made it so. */
async function applied(
  ...given: Parameters<typeof applyCommit>
): Promise<Awaited<ReturnType<typeof applyCommit>> | undefined> {
  try {
    return await applyCommit(...given);
  } catch {
    return undefined;
  }
}

/**
 * Whether the private keys held here are those of the tree. Who signed a commit sealed it to that tree, so a path that
 * such keys do not open was spoilt by its committer; with other keys the fault may lie here. @checks GR59
 */
function isSound(context: Context, group: Group): boolean {
  return holdsItsPath(context, undefined, group);
}

/**
 * Handles a commit that removes the own leaf. Signature, path leaf, parent hashes and the committer's right are
 * checked. The confirmation tag cannot be: it needs the next epoch's secrets, which a removed member must not have. So
 * a member who may remove others can make this device believe in a removal that the others refuse: the client shows
 * "removed?" until another member confirms it (GR3.7).
 *
 * @checks GR3, GR4
 */
async function wasRemoved(
  context: Context,
  group: Group,
  { proposals, path }: Commit,
  committer: Member,
  proposed: Proposed,
  verdict: Verdict,
): Promise<NotSaid> {
  const by = committer.account;
  if (path === undefined) return refused("crypto", { by });
  const { suite } = context;
  const state = stateOf(group);
  const leaf = toLeafIndex(committer.leaf);
  // Not the library's processing: it expects the own leaf to be blank, but the same commit may have put another there.
  let tree: RatchetTree;
  try {
    const applied = await applyProposals(state, proposals, leaf, emptyPskIndex, false, suite);
    if (!(await verifyLeafNodeSignature(path.leafNode, group.groupId, leaf, suite.signature)))
      return refused("crypto", { by });
    tree = withPath(suite, applied.tree, committer.leaf, path);
  } catch {
    return refused("crypto", { by }); // All of it is public and signed.
  }
  // not a check: as above
  if (!onlyDeclared(state.ratchetTree, tree, committer.leaf, proposed, path.leafNode)) return refused("leaf-mismatch");
  const members = membersOf(context, tree);
  return members ? { kind: "removed", effect: effectOf(group, verdict, members) } : refused("leaf-mismatch", { by });
}

/** Returns the commit's proposals and path leaf, or a refusal if GR3 does not allow its content. @checks GR3 */
function declared(context: Context, { proposals, path }: Commit): Proposed | Refusal {
  if (proposals.length > proposalsMax || (path !== undefined && path.nodes.length > pathNodesMax)) return "malformed";
  const adds: KeyPackage[] = [];
  const removes: number[] = [];
  let extensions: Proposed["extensions"];
  for (const one of proposals) {
    if (one.proposalOrRefType !== "proposal") return "proposal-kind";
    const { proposal } = one;
    if (proposal.proposalType === "add" && "add" in proposal) adds.push(proposal.add.keyPackage);
    else if (proposal.proposalType === "remove" && "remove" in proposal) removes.push(proposal.remove.removed);
    else if (proposal.proposalType === "group_context_extensions" && "groupContextExtensions" in proposal) {
      if (extensions !== undefined) return "malformed";
      extensions = proposal.groupContextExtensions.extensions;
    } else return "proposal-kind";
  }
  const own = path && factsOf(context.crypto.sha256, path.leafNode);
  if (path !== undefined && own === undefined) return "leaf-mismatch";
  // The next committer could not encrypt to such a key.
  if (path?.nodes.some(({ hpkePublicKey }) => isWeakSealKey(hpkePublicKey))) return "leaf-mismatch";
  // RFC 9420 §12.4: only a commit of nothing but Adds needs no path. For extensions the library requires none.
  const needsPath = removes.length > 0 || extensions !== undefined || proposals.length === 0;
  if (needsPath && path === undefined) return "malformed";
  return { adds, removes, extensions, own };
}
