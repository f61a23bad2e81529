/**
 * Building a commit (RFC 9420 §12.4.1) from the library's parts.
 *
 * The library's own `createCommit` is not used, for four reasons that its tests show: it makes no path for a
 * GroupContextExtensions proposal, it cannot change the own leaf, it compares lifetimes with the system's clock instead
 * of ours, and its commit secret is all zeros when the commit removes the last other member. The removed member could
 * then derive the secrets of the next epoch.
 */
import type { Bytes } from "@yanshu/wire";
import type { ClientState, Proposal } from "ts-mls";
import { type ApplyProposalsResult, applyProposals, nextEpochContext } from "ts-mls/clientState.js";
import { createGroupInfo } from "ts-mls/createCommit.js";
import { createConfirmationTag, createContentCommitSignature } from "ts-mls/framedContent.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { type EpochSecrets, initializeEpoch } from "ts-mls/keySchedule.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { protect } from "ts-mls/messageProtection.js";
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath, updateLeafKey } from "ts-mls/privateKeyPath.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";
import type { RatchetTree } from "ts-mls/ratchetTree.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { firstCommonAncestor, type UpdatePath } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { encryptGroupInfo, encryptGroupSecrets } from "ts-mls/welcome.js";
import type { Context } from "./group.ts";
import { createSecretTree } from "./secret-tree.ts";
import type { Suite } from "./suite.ts";
import { encodeTree } from "./tree-codec.ts";
import { treeHashOf } from "./tree-hash.ts";
import { type MadePath, makePath } from "./update-path.ts";

/** The empty `authenticated_data`. */
const none = new Uint8Array();

/** `next` is the state of the new epoch. The two messages are encoded; `welcome` is absent if nobody is added. */
export type BuiltCommit = { readonly next: ClientState; readonly commit: Bytes; readonly welcome: Bytes | undefined };

/**
 * Builds a commit of this member and the state after it.
 *
 * @param proposals all by value; none is sent by reference.
 * @param ownLeaf the content of the new own leaf. It is used only if the commit has a path.
 * @param wantsPath whether the commit has a path even if its proposals need none.
 * @throws Error when the proposals are not valid in a commit of a member.
 */
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

  const added = addedLeafNodes.map(([leaf]) => Number(leaf));
  const path =
    applied.needsUpdatePath || wantsPath
      ? await pathOf(suite, state, applied.tree, ownLeaf, provisional, added)
      : withoutPath(suite, state, applied.tree);

  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    "mls_private_message",
    { proposals: inline, path: path.update },
    { senderType: "member", leafIndex: own },
    none,
    state.signaturePrivateKey,
    suite.signature,
  );
  const groupContext = await nextEpochContext(
    provisional,
    "mls_private_message",
    framedContent,
    signature,
    path.treeHash,
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

type Path = Pick<MadePath, "tree" | "treeHash" | "secrets" | "commitSecret"> & {
  readonly update: UpdatePath | undefined;
  readonly keys: PrivateKeyPath;
};

async function pathOf(
  suite: Suite,
  state: ClientState,
  tree: RatchetTree,
  ownLeaf: LeafNode,
  provisional: GroupContext,
  added: readonly number[],
): Promise<Path> {
  const { leafIndex } = state.privatePath;
  const made = await makePath(suite, tree, leafIndex, ownLeaf, provisional, state.signaturePrivateKey, added);
  const secrets = Object.fromEntries(made.secrets.map(({ node, secret }) => [node, secret]));
  const keys = mergePrivateKeyPaths(
    updateLeafKey(state.privatePath, made.leafKey),
    await toPrivateKeyPath(secrets, leafIndex, suite),
  );
  return { ...made, keys };
}

/** Without a path the commit secret is all zeros (RFC 9420 §12.4.1). */
function withoutPath(suite: Suite, state: ClientState, tree: RatchetTree): Path {
  return {
    tree,
    treeHash: treeHashOf(suite, tree),
    update: undefined,
    secrets: [],
    keys: state.privatePath,
    commitSecret: new Uint8Array(suite.kdf.size),
  };
}

/** One Welcome for all members that the commit adds, with the ratchet tree in it. Undefined when it adds nobody. */
async function makeWelcome(
  suite: Suite,
  next: ClientState,
  applied: ApplyProposalsResult,
  pathSecrets: Path["secrets"],
  { joinerSecret, welcomeSecret }: EpochSecrets,
): Promise<Bytes | undefined> {
  if (applied.additionalResult.kind !== "memberCommit" || applied.additionalResult.addedLeafNodes.length === 0)
    return undefined;
  const { groupContext, confirmationTag, ratchetTree } = next;
  const tree = { extensionType: "ratchet_tree" as const, extensionData: encodeTree(ratchetTree) };
  const info = await createGroupInfo(groupContext, confirmationTag, next, [tree], suite);
  const encryptedGroupInfo = await encryptGroupInfo(info, welcomeSecret, suite);
  const secrets = [];
  for (const [leaf, keyPackage] of applied.additionalResult.addedLeafNodes) {
    const ancestor = pathSecrets.length > 0 && firstCommonAncestor(ratchetTree, leaf, toLeafIndex(info.signer));
    const pathSecret = pathSecrets.find(({ node }) => node === ancestor)?.secret;
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
