/**
 * Applies a commit that was decrypted and judged (RFC 9420 §12.4.2), with functions of ts-mls.
 *
 * The library's own processing is not used: it decrypts the message again from the old ratchet, which takes seconds for
 * a generation far ahead (docs/spec/groups.md GR34); it reads the stored key of a skipped generation as a ratchet
 * secret; and it hashes the tree twice.
 */
import type { Bytes } from "@yanshu/wire";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import {
  applyProposals,
  type ClientState,
  nextEpochContext,
  validateLeafNodeUpdateOrCommit,
} from "ts-mls/clientState.js";
import { applyUpdatePathSecret } from "ts-mls/createCommit.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { leafToNodeIndex, leafWidth, root, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import type { UpdatePath } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import type { Context } from "./group.ts";
import { createSecretTree, deriveSecret } from "./secret-tree.ts";
import type { Suite } from "./suite.ts";
import { treeHashOf } from "./tree-hash.ts";
import { withPath } from "./update-path.ts";

type Path = {
  readonly tree: RatchetTree;
  readonly treeHash: Bytes;
  readonly keys: PrivateKeyPath;
  readonly secret: Bytes;
};

/**
 * Returns the state after the commit. The caller has checked its signature and judged its proposals. The signature does
 * not cover the confirmation tag, so a wrong one is not the committer's fault for certain: anybody with the keys of the
 * epoch may have put it there.
 *
 * @throws Error, also of the library, if the path is wrong, or the commit removes the own leaf
 */
export async function applyCommit(
  context: Context,
  state: ClientState,
  { content, auth }: AuthenticatedContent,
  committer: number,
): Promise<ClientState | "another-tag"> {
  const { suite, config } = context;
  if (content.contentType !== "commit" || auth.contentType !== "commit") throw new Error("not a commit");
  const { proposals, path } = content.commit;
  const sender = toLeafIndex(committer);
  const applied = await applyProposals(state, proposals, sender, emptyPskIndex, false, suite);
  if (applied.additionalResult.kind !== "memberCommit" || applied.selfRemoved) throw new Error("not a member's commit");
  if (applied.needsUpdatePath && path === undefined) throw new Error("a path is required");
  const { addedLeafNodes, extensions } = applied.additionalResult;
  const provisional: GroupContext = extensions.length > 0 ? { ...state.groupContext, extensions } : state.groupContext;
  if (path !== undefined) {
    const fault = await validateLeafNodeUpdateOrCommit(
      path.leafNode,
      sender,
      state.groupContext,
      config.authService,
      suite.signature,
    );
    if (fault !== undefined) throw fault;
  }
  const added = addedLeafNodes.map(([leaf]) => leafToNodeIndex(toLeafIndex(leaf)));
  const taken =
    path === undefined
      ? withoutPath(suite, state, applied.tree)
      : await takePath(suite, state, applied.tree, path, committer, provisional, added);
  const groupContext = await nextEpochContext(
    provisional,
    "mls_private_message",
    content,
    auth.signature,
    taken.treeHash,
    state.confirmationTag,
    suite.hash,
  );
  const secrets = await initializeEpoch(
    state.keySchedule.initSecret,
    taken.secret,
    groupContext,
    applied.pskSecret,
    suite.kdf,
  );
  const { keySchedule, encryptionSecret, joinerSecret } = secrets;
  const confirmed = await verifyConfirmationTag(
    keySchedule.confirmationKey,
    auth.confirmationTag,
    groupContext.confirmedTranscriptHash,
    suite.hash,
  );
  if (!confirmed) return "another-tag";
  const secretTree = createSecretTree(suite, taken.tree, encryptionSecret);
  for (const spent of [taken.secret, joinerSecret, encryptionSecret]) zeroOutUint8Array(spent);
  return {
    ...state,
    groupContext,
    ratchetTree: taken.tree,
    secretTree,
    keySchedule,
    privatePath: taken.keys,
    confirmationTag: auth.confirmationTag,
  };
}

function withoutPath(suite: Suite, state: ClientState, tree: RatchetTree): Path {
  return { tree, treeHash: treeHashOf(suite, tree), keys: state.privatePath, secret: new Uint8Array(suite.kdf.size) };
}

/** Puts the path's public keys into the tree, and decrypts the path secrets for the own leaf. */
async function takePath(
  suite: Suite,
  state: ClientState,
  before: RatchetTree,
  path: UpdatePath,
  committer: number,
  provisional: GroupContext,
  added: readonly number[],
): Promise<Path> {
  const sender = toLeafIndex(committer);
  const tree = withPath(suite, before, committer, path);
  const treeHash = treeHashOf(suite, tree);
  const sealedIn: GroupContext = { ...provisional, treeHash, epoch: provisional.epoch + 1n };
  const { nodeIndex, pathSecret } = await applyUpdatePathSecret(
    tree,
    state.privatePath,
    sender,
    sealedIn,
    path,
    added.map(toNodeIndex),
    suite,
  );
  const secrets = await pathToRoot(tree, toNodeIndex(nodeIndex), pathSecret, suite.kdf);
  const top = secrets[root(leafWidth(tree.length))];
  if (top === undefined) throw new Error("the path does not lead to the root");
  const brought = await toPrivateKeyPath(secrets, state.privatePath.leafIndex, suite);
  return {
    tree,
    treeHash,
    keys: mergePrivateKeyPaths(state.privatePath, brought),
    secret: deriveSecret(suite, top, "path"),
  };
}
