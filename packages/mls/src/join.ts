/**
 * Joins by a Welcome (RFC 9420 §12.4.3.1). The Welcome contains the tree. PSKs, resumption and external joins are not
 * supported. Every leaf is judged before the group is used (docs/spec/groups.md GR9).
 */
import { type Bytes, limits } from "@yanshu/wire";
import type { ClientState, Welcome } from "ts-mls";
import { type GroupInfo, verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import type { GroupSecrets } from "ts-mls/groupSecrets.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { decodeMlsMessage } from "ts-mls/message.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { findLeafIndex, type RatchetTree } from "ts-mls/ratchetTree.js";
import { leafToNodeIndex, toLeafIndex } from "ts-mls/treemath.js";
import { firstCommonAncestor } from "ts-mls/updatePath.js";
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";
import { holdsItsPath } from "./check.ts";
import { rosterFits } from "./conversation.ts";
import { type Context, makeGroup, membersOf } from "./group.ts";
import { decodeKeyPackage, openOwnKeyPackage } from "./key-package.ts";
import { createSecretTree } from "./secret-tree.ts";
import { suiteName } from "./suite.ts";
import { treeIsValid } from "./tree.ts";
import { decodeTree } from "./tree-codec.ts";
import type { Joined, Judge, NotJoined, OwnKeyPackage, Refusal } from "./types.ts";

const noPsk = new Uint8Array(32);

/** @checks GR9 */
export async function join(
  context: Context,
  bytes: Bytes,
  own: OwnKeyPackage,
  judge: Judge,
): Promise<Joined | NotJoined> {
  const welcome = readWelcome(bytes);
  if (welcome === undefined) return { refused: "malformed" };
  let state: ClientState | Refusal;
  let inviterLeaf: number;
  try {
    const opened = await openWelcome(context, welcome, own);
    if (typeof opened === "string") return { refused: opened };
    inviterLeaf = opened.info.signer;
    state = await stateFrom(context, own, opened);
  } catch {
    // The library throws several kinds of errors for a Welcome that is forged, or for another device.
    return { refused: "crypto" };
  }
  if (typeof state === "string") return { refused: state };
  const group = await makeGroup(context, state);
  if (typeof group === "string") {
    const signer = membersOf(context, state.ratchetTree)?.find(({ leaf }) => leaf === inviterLeaf);
    const isOther = inviterLeaf !== state.privatePath.leafIndex;
    return { refused: group, ...(group === "policy-version" && signer && isOther && { inviter: signer }) };
  }
  if (!holdsItsPath(context, undefined, group)) return { refused: "crypto" };
  const inviter = group.members.find(({ leaf }) => leaf === inviterLeaf);
  if (inviter === undefined || inviterLeaf === group.ownLeaf) return { refused: "not-a-member" };
  if (group.members.some((member) => judge(member) === "never-listed")) return { refused: "never-listed" };
  const accounts = group.members.map(({ account }) => account);
  if (!rosterFits(context.crypto.sha256, group.state, accounts, context.kinds)) return { refused: "not-allowed" };
  return Object.assign(group, { inviter });
}

/** @checks GR9 */
function readWelcome(bytes: Bytes): Welcome | undefined {
  if (bytes.length > limits.frameBytesMax) return undefined;
  try {
    const decoded = decodeMlsMessage(new Uint8Array(bytes), 0);
    if (decoded === undefined || decoded[1] !== bytes.length || decoded[0].wireformat !== "mls_welcome")
      return undefined;
    const { welcome } = decoded[0];
    return welcome.cipherSuite === suiteName && welcome.secrets.length <= limits.listAddressesMax ? welcome : undefined;
  } catch {
    return undefined; // The library's decoders throw if a length exceeds the input.
  }
}

type Opened = { readonly secrets: GroupSecrets; readonly info: GroupInfo; readonly tree: RatchetTree };

/** @checks GR9 */
async function openWelcome({ suite }: Context, welcome: Welcome, own: OwnKeyPackage): Promise<Opened | Refusal> {
  const made = decodeKeyPackage(own.bytes);
  if (made === undefined) return "malformed";
  const initKey = await suite.hpke.importPrivateKey(openOwnKeyPackage(own).initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, await makeKeyPackageRef(made, suite.hash), welcome, suite.hpke);
  if (secrets === undefined || secrets.psks.length > 0) return "malformed";
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, noPsk, suite);
  const [extension, ...others] = info?.extensions ?? [];
  if (info === undefined || extension === undefined || others.length > 0) return "malformed";
  if (extension.extensionType !== "ratchet_tree") return "malformed";
  const tree = decodeTree(extension.extensionData, 0)?.[0];
  return tree === undefined ? "malformed" : { secrets, info, tree };
}

/** @checks GR9 */
async function stateFrom(
  context: Context,
  own: OwnKeyPackage,
  { secrets, info, tree }: Opened,
): Promise<ClientState | Refusal> {
  const { suite, config } = context;
  const { groupContext, confirmationTag } = info;
  if (groupContext.cipherSuite !== suiteName) return "malformed"; // The decoder checks the version.
  const signer = tree[leafToNodeIndex(toLeafIndex(info.signer))];
  if (signer?.nodeType !== "leaf") return "not-a-member";
  if (!(await verifyGroupInfoSignature(info, signer.leaf.signaturePublicKey, suite.signature))) return "crypto";
  if (!(await treeIsValid(context, tree, groupContext))) return "crypto";
  if (!(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, suite))) return "crypto";
  const made = decodeKeyPackage(own.bytes);
  const leaf = made && findLeafIndex(tree, made.leafNode);
  if (leaf === undefined) return "leaf-mismatch";

  const keys = openOwnKeyPackage(own);
  const ownKey: PrivateKeyPath = { leafIndex: leaf, privateKeys: { [leafToNodeIndex(leaf)]: keys.hpkePrivateKey } };
  let privatePath = ownKey;
  if (secrets.pathSecret !== undefined) {
    const ancestor = firstCommonAncestor(tree, leaf, toLeafIndex(info.signer));
    const pathSecrets = await pathToRoot(tree, ancestor, secrets.pathSecret, suite.kdf);
    privatePath = mergePrivateKeyPaths(await toPrivateKeyPath(pathSecrets, leaf, suite), ownKey);
  }
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(secrets.joinerSecret, noPsk, groupContext, suite.kdf);
  const secretTree = createSecretTree(suite, tree, encryptionSecret);
  for (const spent of [encryptionSecret, secrets.joinerSecret]) zeroOutUint8Array(spent);
  return {
    groupContext,
    ratchetTree: tree,
    privatePath,
    signaturePrivateKey: keys.signaturePrivateKey,
    confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree,
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
    clientConfig: config,
  };
}
