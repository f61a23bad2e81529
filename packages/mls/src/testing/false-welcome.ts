/**
 * Makes the Welcome of a member with a changed client: opens an honest one with the newcomer's key, changes it and
 * encrypts it again.
 */
import type { Bytes } from "@yanshu/wire";
import type { Welcome } from "ts-mls";
import { createConfirmationTag } from "ts-mls/framedContent.js";
import { extractWelcomeSecret, type GroupInfo, ratchetTreeFromExtension, signGroupInfo } from "ts-mls/groupInfo.js";
import type { GroupSecrets } from "ts-mls/groupSecrets.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import { encodeRatchetTree, type RatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { decryptGroupInfo, decryptGroupSecrets, encryptGroupInfo, encryptGroupSecrets } from "ts-mls/welcome.js";
import type { OwnKeyPackage } from "../index.ts";
import { decodeKeyPackage, openOwnKeyPackage } from "../key-package.ts";
import { contextOf } from "./forger.ts";
import type { Device } from "./people.ts";

const noPsk = new Uint8Array(32);

export type Falsehood = {
  /** Changes the tree; the group context gets its hash. */
  readonly tree?: (tree: RatchetTree) => RatchetTree;
  /** Changes the GroupInfo before it is signed. */
  readonly info?: (info: GroupInfo) => GroupInfo;
  readonly secrets?: (secrets: GroupSecrets) => GroupSecrets;
  /** Changes the GroupInfo last, after it was signed. */
  readonly unsigned?: (info: GroupInfo) => GroupInfo;
  /** Keeps the old confirmation tag. */
  readonly keepsTag?: true;
  readonly outside?: (welcome: Welcome) => Welcome;
};

/** @param by the signing device. Tag and signature fit the changed content, unless the Falsehood says otherwise. */
export async function falseWelcome(
  by: Device,
  own: OwnKeyPackage,
  welcome: Bytes | undefined,
  { tree: changeTree, info: changeInfo, secrets: changeSecrets, unsigned, keepsTag, outside }: Falsehood,
): Promise<Bytes> {
  const { suite } = contextOf(by);
  const made = decodeKeyPackage(own.bytes);
  const decoded = welcome && decodeMlsMessage(welcome, 0)?.[0];
  if (made === undefined || decoded?.wireformat !== "mls_welcome") throw new Error("a Welcome and its key package");
  const initKey = await suite.hpke.importPrivateKey(openOwnKeyPackage(own).initPrivateKey);
  const newMember = await makeKeyPackageRef(made, suite.hash);
  const opened = await decryptGroupSecrets(initKey, newMember, decoded.welcome, suite.hpke);
  const held = opened && (await decryptGroupInfo(decoded.welcome, opened.joinerSecret, noPsk, suite));
  const heldTree = held && ratchetTreeFromExtension(held);
  if (opened === undefined || held === undefined || heldTree === undefined)
    throw new Error("a Welcome for this package");

  let info: GroupInfo = held;
  if (changeTree !== undefined) {
    const tree = changeTree(heldTree);
    info = {
      ...info,
      extensions: [{ extensionType: "ratchet_tree", extensionData: encodeRatchetTree(tree) }],
      groupContext: { ...info.groupContext, treeHash: await treeHashRoot(tree, suite.hash) },
    };
  }
  if (changeInfo !== undefined) info = changeInfo(info);
  const secrets = changeSecrets?.(opened) ?? opened;
  if (keepsTag === undefined) {
    const [schedule] = await deriveKeySchedule(secrets.joinerSecret, noPsk, info.groupContext, suite.kdf);
    const { confirmedTranscriptHash } = info.groupContext;
    info = {
      ...info,
      confirmationTag: await createConfirmationTag(schedule.confirmationKey, confirmedTranscriptHash, suite.hash),
    };
  }
  const signed = await signGroupInfo(info, by.identity.deviceKey.privateKey, suite.signature);
  const welcomeSecret = await extractWelcomeSecret(secrets.joinerSecret, noPsk, suite.kdf);
  const encryptedGroupInfo = await encryptGroupInfo(unsigned?.(signed) ?? signed, welcomeSecret, suite);
  const sealTo = await suite.hpke.importPublicKey(made.initKey);
  const { enc, ct } = await encryptGroupSecrets(sealTo, encryptedGroupInfo, secrets, suite.hpke);
  const changed: Welcome = {
    cipherSuite: suite.name,
    secrets: [{ newMember, encryptedGroupSecrets: { kemOutput: enc, ciphertext: ct } }],
    encryptedGroupInfo,
  };
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome: outside?.(changed) ?? changed });
}
