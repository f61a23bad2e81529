/**
 * Building a commit (RFC 9420 §12.4.1) from the library's parts.
 *
 * The library's own `createCommit` is not used, for four reasons that its tests show: it makes no path for a change of
 * the group state, it cannot change the own leaf, it compares lifetimes with the system's clock instead of ours, and
 * when the last other member is removed its commit secret is all zeros, so that the removed one could follow.
 */
import type { Bytes } from "@yanshu/wire";
import type { ClientState, Proposal } from "ts-mls";
import { type ApplyProposalsResult, applyProposals, nextEpochContext } from "ts-mls/clientState.js";
import { createGroupInfoWithRatchetTree } from "ts-mls/createCommit.js";
import { deriveSecret } from "ts-mls/crypto/kdf.js";
import { createConfirmationTag, createContentCommitSignature } from "ts-mls/framedContent.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { type EpochSecrets, initializeEpoch } from "ts-mls/keySchedule.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { protect } from "ts-mls/messageProtection.js";
import { getCommitSecret, pathToPathSecrets } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath, updateLeafKey } from "ts-mls/privateKeyPath.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { leafToNodeIndex, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { createUpdatePath, firstCommonAncestor, type PathSecret, type UpdatePath } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { encryptGroupInfo, encryptGroupSecrets } from "ts-mls/welcome.js";
import type { Context } from "./group.ts";
import { createSecretTree } from "./secret-tree.ts";
import type { Suite } from "./suite.ts";

const none = new Uint8Array();

export type BuiltCommit = { readonly next: ClientState; readonly commit: Bytes; readonly welcome: Bytes | undefined };

/** `ownLeaf` is what the new own leaf is made from; `wantsPath` asks for one where the proposals need none. */
export async function buildCommit(
  context: Context,
  state: ClientState,
  proposals: readonly Proposal[],
  ownLeaf: LeafNode,
  wantsPath: boolean,
): Promise<BuiltCommit> {
  const { suite } = context;
  const own = toLeafIndex(state.privatePath.leafIndex);
  const inline = proposals.map((proposal) => ({ proposalOrRefType: "proposal" as const, proposal }));
  const applied = await applyProposals(state, inline, own, emptyPskIndex, false, suite);
  if (applied.additionalResult.kind !== "memberCommit") throw new Error("not a commit of a member");
  const { addedLeafNodes, extensions } = applied.additionalResult;
  const provisional: GroupContext = extensions.length > 0 ? { ...state.groupContext, extensions } : state.groupContext;

  const path =
    applied.needsUpdatePath || wantsPath
      ? await makePath(
          suite,
          state,
          applied.tree,
          ownLeaf,
          provisional,
          addedLeafNodes.map(([leaf]) => leaf),
        )
      : {
          tree: applied.tree,
          update: undefined,
          secrets: [],
          keys: state.privatePath,
          commitSecret: new Uint8Array(32),
        };

  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    "mls_private_message",
    { proposals: inline, path: path.update },
    { senderType: "member", leafIndex: own },
    none,
    state.signaturePrivateKey,
    suite.signature,
  );
  const treeHash = await treeHashRoot(path.tree, suite.hash);
  const groupContext = await nextEpochContext(
    provisional,
    "mls_private_message",
    framedContent,
    signature,
    treeHash,
    state.confirmationTag,
    suite.hash,
  );
  const secrets = await initializeEpoch(
    state.keySchedule.initSecret,
    path.commitSecret,
    groupContext,
    applied.pskSecret,
    suite.kdf,
  );
  const confirmationTag = await createConfirmationTag(
    secrets.keySchedule.confirmationKey,
    groupContext.confirmedTranscriptHash,
    suite.hash,
  );
  const { privateMessage } = await protect(
    state.keySchedule.senderDataSecret,
    none,
    state.groupContext,
    state.secretTree,
    { ...framedContent, auth: { contentType: "commit", signature, confirmationTag } },
    own,
    state.clientConfig.paddingConfig,
    suite,
  );
  const next: ClientState = {
    ...state,
    groupContext,
    ratchetTree: path.tree,
    secretTree: createSecretTree(suite, path.tree, secrets.encryptionSecret),
    keySchedule: secrets.keySchedule,
    privatePath: path.keys,
    confirmationTag,
  };
  const welcome = await makeWelcome(suite, next, applied, path.secrets, secrets);
  for (const spent of [path.commitSecret, secrets.encryptionSecret, secrets.joinerSecret]) zeroOutUint8Array(spent);
  const commit = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage });
  return { next, commit, welcome };
}

type Path = {
  readonly tree: RatchetTree;
  readonly update: UpdatePath;
  readonly secrets: PathSecret[];
  readonly keys: PrivateKeyPath;
  readonly commitSecret: Bytes;
};

async function makePath(
  suite: Suite,
  state: ClientState,
  tree: RatchetTree,
  ownLeaf: LeafNode,
  provisional: GroupContext,
  addedLeaves: readonly number[],
): Promise<Path> {
  const own = toLeafIndex(state.privatePath.leafIndex);
  // The library draws the secret at the leaf and keeps it to itself; it is what a path without parents commits to.
  const leafSecret = suite.rng.randomBytes(suite.kdf.size);
  const base = tree.slice();
  base[leafToNodeIndex(own)] = { nodeType: "leaf", leaf: ownLeaf };
  const [updated, update, secrets, leafKey] = await createUpdatePath(
    base,
    own,
    provisional,
    state.signaturePrivateKey,
    { ...suite, rng: { randomBytes: () => leafSecret } },
    addedLeaves.map((leaf) => leafToNodeIndex(toLeafIndex(leaf))),
  );
  const top = secrets.at(-1);
  const commitSecret =
    top === undefined
      ? await deriveSecret(leafSecret, "path", suite.kdf)
      : await getCommitSecret(updated, toNodeIndex(top.nodeIndex), top.secret, suite.kdf);
  const keys = mergePrivateKeyPaths(
    updateLeafKey(state.privatePath, await suite.hpke.exportPrivateKey(leafKey)),
    await toPrivateKeyPath(pathToPathSecrets(secrets), own, suite),
  );
  return { tree: updated, update, secrets, keys, commitSecret };
}

/** One Welcome for all whom the commit adds, with the tree inside. */
async function makeWelcome(
  suite: Suite,
  next: ClientState,
  applied: ApplyProposalsResult,
  pathSecrets: readonly PathSecret[],
  { joinerSecret, welcomeSecret }: EpochSecrets,
): Promise<Bytes | undefined> {
  if (applied.additionalResult.kind !== "memberCommit" || applied.additionalResult.addedLeafNodes.length === 0)
    return undefined;
  const { groupContext, confirmationTag, ratchetTree } = next;
  const info = await createGroupInfoWithRatchetTree(groupContext, confirmationTag, next, ratchetTree, [], suite);
  const encryptedGroupInfo = await encryptGroupInfo(info, welcomeSecret, suite);
  const secrets = [];
  for (const [leaf, keyPackage] of applied.additionalResult.addedLeafNodes) {
    const ancestor = pathSecrets.length > 0 && firstCommonAncestor(ratchetTree, leaf, toLeafIndex(info.signer));
    const pathSecret = pathSecrets.find((one) => one.nodeIndex === ancestor)?.secret;
    const initKey = await suite.hpke.importPublicKey(keyPackage.initKey);
    const { enc, ct } = await encryptGroupSecrets(
      initKey,
      encryptedGroupInfo,
      { joinerSecret, pathSecret, psks: [] },
      suite.hpke,
    );
    const newMember = await makeKeyPackageRef(keyPackage, suite.hash);
    secrets.push({ newMember, encryptedGroupSecrets: { kemOutput: enc, ciphertext: ct } });
  }
  const welcome = { cipherSuite: suite.name, secrets, encryptedGroupInfo };
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome });
}
