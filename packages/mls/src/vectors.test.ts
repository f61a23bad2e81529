/**
 * The official vectors of RFC 9420 (mlswg/mls-implementations), cipher suite 1, on both providers.
 *
 * They are not part of the project: they are read from `../shared/vectors/mls` beside the repository, or from the
 * folder that MLS_VECTORS names. Where they are not there, each counts as skipped.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, fromHex, toHex, utf8 } from "@yanshu/wire";
import {
  acceptAll,
  bytesToBase64,
  type ClientState,
  decodeMlsMessage,
  encodeMlsMessage,
  joinGroup,
  makePskIndex,
  mlsExporter,
  processMessage,
} from "ts-mls";
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { determineLength } from "ts-mls/codec/variableLength.js";
import { commitEncoder, decodeCommit } from "ts-mls/commit.js";
import { applyUpdatePathSecret } from "ts-mls/createCommit.js";
import { refhash } from "ts-mls/crypto/hash.js";
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js";
import { createConfirmationTag } from "ts-mls/framedContent.js";
import { decodeGroupContext, type GroupContext, groupContextEncoder } from "ts-mls/groupContext.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { decodeGroupSecrets, groupSecretsEncoder } from "ts-mls/groupSecrets.js";
import { type KeyPackage, makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { decodeProposal, proposalEncoder } from "ts-mls/proposal.js";
import { accumulatePskSecret } from "ts-mls/pskIndex.js";
import {
  addLeafNode,
  decodeRatchetTree,
  type RatchetTree,
  ratchetTreeEncoder,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from "ts-mls/ratchetTree.js";
import type { SecretTreeNode } from "ts-mls/secretTree.js";
import { expandSenderDataKey, expandSenderDataNonce } from "ts-mls/sender.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import { treeHash, treeHashRoot } from "ts-mls/treeHash.js";
import { leafWidth, left, nodeWidth, parent, right, root, sibling, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { applyUpdatePath, decodeUpdatePath } from "ts-mls/updatePath.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";
import { createContext } from "./group.ts";
import { decodePrivate, openSenderData } from "./private-message.ts";
import { take } from "./ratchet.ts";
import { createSecretTree } from "./secret-tree.ts";
import { type Suite, suiteOf } from "./suite.ts";
import { nowMs, providers } from "./testing/people.ts";
import { treeIsValid } from "./tree.ts";
import { unprotect } from "./unprotect.ts";

const folder = process.env["MLS_VECTORS"] ?? join(import.meta.dir, "../../../../shared/vectors/mls");

// Vectors are read as they are; what is missing in one fails the test that needs it.
// biome-ignore lint/suspicious/noExplicitAny: the shape of each file is the RFC's, and each test checks what it reads
type Vector = any;

function vectorTest(file: string, title: string, run: (vector: Vector) => Promise<void> | void): void {
  const path = join(folder, `${file}.json`);
  test.skipIf(!existsSync(path))(
    `[GR13] ${title}`,
    async () => {
      const vectors = JSON.parse(readFileSync(path, "utf8")) as Vector[];
      expect(vectors.length).toBeGreaterThan(0);
      for (const vector of vectors) await run(vector);
    },
    60_000,
  );
}

/** A tree for secrets alone: somebody stands there. */
const leafOfNobody = { nodeType: "leaf" } as RatchetTree[number];

const hex = (text: string): Bytes => fromHex(text);

function whole<T>(decoded: [T, number] | undefined, length: number): T {
  if (decoded === undefined || decoded[1] !== length) throw new Error("does not decode to its end");
  return decoded[0];
}

function message(text: string) {
  const bytes = hex(text);
  return whole(decodeMlsMessage(bytes, 0), bytes.length);
}

function keyPackageIn(text: string): KeyPackage {
  const decoded = message(text);
  if (decoded.wireformat !== "mls_key_package") throw new Error("not a key package");
  return decoded.keyPackage;
}

function welcomeIn(text: string) {
  const decoded = message(text);
  if (decoded.wireformat !== "mls_welcome") throw new Error("not a Welcome");
  return decoded.welcome;
}

function treeIn(text: string): RatchetTree {
  const bytes = hex(text);
  return whole(decodeRatchetTree(bytes, 0), bytes.length);
}

vectorTest("tree-math", "tree math", (vector) => {
  const leaves = vector.n_leaves as number;
  expect(nodeWidth(leaves)).toBe(vector.n_nodes);
  expect(Number(root(leaves))).toBe(vector.root);
  const orNull = (find: () => number): number | null => {
    try {
      return Number(find());
    } catch {
      return null;
    }
  };
  for (let node = 0; node < vector.n_nodes; node++) {
    const at = toNodeIndex(node);
    expect(orNull(() => left(at))).toBe(vector.left[node]);
    expect(orNull(() => right(at))).toBe(vector.right[node]);
    expect(orNull(() => parent(at, leaves))).toBe(vector.parent[node]);
    expect(orNull(() => sibling(at, leaves))).toBe(vector.sibling[node]);
  }
});

vectorTest("deserialization", "variable-length headers", (vector) => {
  expect(determineLength(hex(vector.vlbytes_header)).length).toBe(vector.length);
});

vectorTest("messages", "messages decode and encode to the same bytes", (vector) => {
  for (const kind of [
    "mls_welcome",
    "mls_group_info",
    "mls_key_package",
    "public_message_application",
    "public_message_proposal",
    "public_message_commit",
    "private_message",
  ])
    expect(toHex(encodeMlsMessage(message(vector[kind])))).toBe(vector[kind]);
  const same = <T>(
    text: string,
    decode: (bytes: Bytes, at: number) => [T, number] | undefined,
    write: (value: T) => Bytes,
  ) => expect(toHex(write(whole(decode(hex(text), 0), text.length / 2)))).toBe(text);
  same(vector.ratchet_tree, decodeRatchetTree, encode(ratchetTreeEncoder));
  same(vector.group_secrets, decodeGroupSecrets, encode(groupSecretsEncoder));
  same(vector.commit, decodeCommit, encode(commitEncoder));
  for (const [kind, type] of [
    ["add", 1],
    ["update", 2],
    ["remove", 3],
    ["pre_shared_key", 4],
    ["re_init", 5],
    ["external_init", 6],
    ["group_context_extensions", 7],
  ] as const)
    same(`000${type}${vector[`${kind}_proposal`]}`, decodeProposal, encode(proposalEncoder));
});

describe.each(providers)("%s provider", (name, make) => {
  const crypto = make();
  const suite: Suite = suiteOf(crypto);
  const context = createContext(crypto, () => nowMs);

  vectorTest("crypto-basics", `${name}: crypto basics`, async (vector) => {
    const { ref_hash, expand_with_label, derive_secret, derive_tree_secret, sign_with_label, encrypt_with_label } =
      vector;
    expect(toHex(await refhash(ref_hash.label, hex(ref_hash.value), suite.hash))).toBe(ref_hash.out);
    const { label, context: with_, length, secret } = expand_with_label;
    expect(toHex(await expandWithLabel(hex(secret), label, hex(with_), length, suite.kdf))).toBe(expand_with_label.out);
    expect(toHex(await deriveSecret(hex(derive_secret.secret), derive_secret.label, suite.kdf))).toBe(
      derive_secret.out,
    );
    const tree = derive_tree_secret;
    expect(toHex(await deriveTreeSecret(hex(tree.secret), tree.label, tree.generation, tree.length, suite.kdf))).toBe(
      tree.out,
    );
    const signed = sign_with_label;
    const signature = await signWithLabel(hex(signed.priv), signed.label, hex(signed.content), suite.signature);
    for (const each of [signature, hex(signed.signature)])
      expect(await verifyWithLabel(hex(signed.pub), signed.label, hex(signed.content), each, suite.signature)).toBe(
        true,
      );
    expect(await verifyWithLabel(hex(signed.pub), signed.label, utf8("else"), signature, suite.signature)).toBe(false);
    const sealed = encrypt_with_label;
    const key = await suite.hpke.importPrivateKey(hex(sealed.priv));
    const opened = await decryptWithLabel(
      key,
      sealed.label,
      hex(sealed.context),
      hex(sealed.kem_output),
      hex(sealed.ciphertext),
      suite.hpke,
    );
    expect(toHex(opened)).toBe(sealed.plaintext);
    const again = await encryptWithLabel(
      await suite.hpke.importPublicKey(hex(sealed.pub)),
      sealed.label,
      hex(sealed.context),
      opened,
      suite.hpke,
    );
    expect(toHex(await decryptWithLabel(key, sealed.label, hex(sealed.context), again.enc, again.ct, suite.hpke))).toBe(
      sealed.plaintext,
    );
  });

  vectorTest("secret-tree", `${name}: secret tree`, async (vector) => {
    const { sender_data: sent } = vector;
    expect(toHex(await expandSenderDataKey(suite, hex(sent.sender_data_secret), hex(sent.ciphertext)))).toBe(sent.key);
    expect(toHex(await expandSenderDataNonce(suite, hex(sent.sender_data_secret), hex(sent.ciphertext)))).toBe(
      sent.nonce,
    );
    const leaves = Array.from({ length: 2 * vector.leaves.length - 1 }, (_, i) =>
      i % 2 === 0 ? leafOfNobody : undefined,
    );
    const tree = createSecretTree(suite, leaves, hex(vector.encryption_secret));
    const taken = (leaf: number, which: "application" | "handshake", generation: number) => {
      const found = take(suite, tree[2 * leaf] as SecretTreeNode, which, generation);
      if (found === undefined || found === "gone") throw new Error("no key");
      return [toHex(found.key.key), toHex(found.key.nonce)];
    };
    for (const [leaf, generations] of vector.leaves.entries())
      for (const each of generations) {
        expect(taken(leaf, "application", each.generation)).toEqual([each.application_key, each.application_nonce]);
        expect(taken(leaf, "handshake", each.generation)).toEqual([each.handshake_key, each.handshake_nonce]);
      }
  });

  vectorTest("key-schedule", `${name}: key schedule`, async (vector) => {
    let init = hex(vector.initial_init_secret);
    for (const [epoch, each] of vector.epochs.entries()) {
      const groupContext: GroupContext = {
        version: "mls10",
        cipherSuite: suite.name,
        groupId: hex(vector.group_id),
        epoch: BigInt(epoch),
        treeHash: hex(each.tree_hash),
        confirmedTranscriptHash: hex(each.confirmed_transcript_hash),
        extensions: [],
      };
      expect(toHex(encode(groupContextEncoder)(groupContext))).toBe(each.group_context);
      expect(decodeGroupContext(hex(each.group_context), 0)?.[0]).toEqual(groupContext);
      const made = await initializeEpoch(init, hex(each.commit_secret), groupContext, hex(each.psk_secret), suite.kdf);
      expect(toHex(made.joinerSecret)).toBe(each.joiner_secret);
      expect(toHex(made.welcomeSecret)).toBe(each.welcome_secret);
      expect(toHex(made.encryptionSecret)).toBe(each.encryption_secret);
      expect(toHex(made.keySchedule.initSecret)).toBe(each.init_secret);
      expect(toHex(made.keySchedule.senderDataSecret)).toBe(each.sender_data_secret);
      expect(toHex(made.keySchedule.exporterSecret)).toBe(each.exporter_secret);
      expect(toHex(made.keySchedule.epochAuthenticator)).toBe(each.epoch_authenticator);
      expect(toHex(made.keySchedule.externalSecret)).toBe(each.external_secret);
      expect(toHex(made.keySchedule.confirmationKey)).toBe(each.confirmation_key);
      expect(toHex(made.keySchedule.membershipKey)).toBe(each.membership_key);
      expect(toHex(made.keySchedule.resumptionPsk)).toBe(each.resumption_psk);
      const external = await suite.hpke.deriveKeyPair(made.keySchedule.externalSecret);
      expect(toHex(await suite.hpke.exportPublicKey(external.publicKey))).toBe(each.external_pub);
      const { label, context: with_, length, secret } = each.exporter;
      expect(toHex(await mlsExporter(made.keySchedule.exporterSecret, label, hex(with_), length, suite))).toBe(secret);
      init = made.keySchedule.initSecret;
    }
  });

  vectorTest("transcript-hashes", `${name}: transcript hashes`, async (vector) => {
    const bytes = hex(vector.authenticated_content);
    const { wireformat, content, auth } = whole(decodeAuthenticatedContent(bytes, 0), bytes.length);
    if (auth.contentType !== "commit" || content.contentType !== "commit") throw new Error("a commit");
    const input = { wireformat, content, signature: auth.signature };
    const confirmed = await createConfirmedHash(hex(vector.interim_transcript_hash_before), input, suite.hash);
    expect(toHex(confirmed)).toBe(vector.confirmed_transcript_hash_after);
    const interim = await createInterimHash(confirmed, auth.confirmationTag, suite.hash);
    expect(toHex(interim)).toBe(vector.interim_transcript_hash_after);
    const tag = await createConfirmationTag(hex(vector.confirmation_key), confirmed, suite.hash);
    expect(toHex(tag)).toBe(toHex(auth.confirmationTag));
  });

  vectorTest("welcome", `${name}: Welcome`, async (vector) => {
    const welcome = welcomeIn(vector.welcome);
    const ref = await makeKeyPackageRef(keyPackageIn(vector.key_package), suite.hash);
    const key = await suite.hpke.importPrivateKey(hex(vector.init_priv));
    const secrets = await decryptGroupSecrets(key, ref, welcome, suite.hpke);
    if (secrets === undefined) throw new Error("no secrets");
    const psk = new Uint8Array(32);
    const info = await decryptGroupInfo(welcome, secrets.joinerSecret, psk, suite);
    if (info === undefined) throw new Error("no group info");
    expect(await verifyGroupInfoSignature(info, hex(vector.signer_pub), suite.signature)).toBe(true);
    expect(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, psk, suite)).toBe(true);
  });

  vectorTest("message-protection", `${name}: message protection`, async (vector) => {
    const groupContext: GroupContext = {
      version: "mls10",
      cipherSuite: suite.name,
      groupId: hex(vector.group_id),
      epoch: BigInt(vector.epoch),
      treeHash: hex(vector.tree_hash),
      confirmedTranscriptHash: hex(vector.confirmed_transcript_hash),
      extensions: [],
    };
    const leaf = { nodeType: "leaf", leaf: { signaturePublicKey: hex(vector.signature_pub) } };
    const tree = [leaf, undefined, leaf] as unknown as RatchetTree;
    const secretTree = createSecretTree(suite, tree, hex(vector.encryption_secret));
    for (const kind of ["application", "proposal", "commit"] as const) {
      const sealed = message(vector[`${kind}_priv`]);
      if (sealed.wireformat !== "mls_private_message") throw new Error("a PrivateMessage");
      expect(decodePrivate(hex(vector[`${kind}_priv`]))).toEqual(sealed.privateMessage);
      const sent = await openSenderData(suite, hex(vector.sender_data_secret), sealed.privateMessage);
      const node = secretTree[2 * sent.leafIndex] as SecretTreeNode;
      const taken = take(suite, node, kind === "application" ? "application" : "handshake", sent.generation);
      if (taken === undefined || taken === "gone") throw new Error("no key");
      const opened = await unprotect(
        context,
        { ratchetTree: tree, groupContext },
        sealed.privateMessage,
        sent,
        taken.key,
      );
      expect(await opened.signed).toBe(true);
      const { content } = opened;
      expect(payload(content)).toBe(vector[kind]);
      if (kind === "application") continue;
      const open = message(vector[`${kind}_pub`]);
      if (open.wireformat !== "mls_public_message") throw new Error("a PublicMessage");
      const read = await unprotectPublicMessage(
        hex(vector.membership_key),
        groupContext,
        tree,
        open.publicMessage,
        suite,
      );
      expect(payload(read.content)).toBe(vector[kind]);
    }
  });

  vectorTest("tree-operations", `${name}: tree operations`, async (vector) => {
    const before = treeIn(vector.tree_before);
    expect(toHex(await treeHashRoot(before, suite.hash))).toBe(vector.tree_hash_before);
    const proposal = whole(decodeProposal(hex(vector.proposal), 0), vector.proposal.length / 2);
    let after: RatchetTree;
    if ("add" in proposal) [after] = addLeafNode(before, proposal.add.keyPackage.leafNode);
    else if ("remove" in proposal) after = removeLeafNode(before, toLeafIndex(proposal.remove.removed));
    else if ("update" in proposal)
      after = updateLeafNode(before, proposal.update.leafNode, toLeafIndex(vector.proposal_sender));
    else throw new Error("another proposal");
    expect(toHex(encode(ratchetTreeEncoder)(after))).toBe(vector.tree_after);
    expect(toHex(await treeHashRoot(after, suite.hash))).toBe(vector.tree_hash_after);
  });

  vectorTest("tree-validation", `${name}: trees are valid by our own check`, async (vector) => {
    const tree = treeIn(vector.tree);
    for (const [node, expected] of vector.tree_hashes.entries())
      expect(toHex(await treeHash(tree, toNodeIndex(node), suite.hash))).toBe(expected);
    for (const [node, expected] of vector.resolutions.entries())
      expect(resolution(tree, toNodeIndex(node)).map(Number)).toEqual(expected);
    const groupContext = {
      groupId: hex(vector.group_id),
      treeHash: await treeHashRoot(tree, suite.hash),
    } as GroupContext;
    expect(await treeIsValid(context, tree, groupContext)).toBe(true);
    const spoilt = tree.map((node) =>
      node?.nodeType === "parent" ? { ...node, parent: { ...node.parent, parentHash: utf8("x") } } : node,
    );
    const hash = await treeHashRoot(spoilt, suite.hash);
    const hasParents = tree.some((node) => node?.nodeType === "parent");
    expect(await treeIsValid(context, spoilt, { ...groupContext, treeHash: hash })).toBe(!hasParents);
  });

  vectorTest("treekem", `${name}: TreeKEM`, async (vector) => {
    const tree = treeIn(vector.ratchet_tree);
    for (const each of vector.update_paths) {
      const path = whole(decodeUpdatePath(hex(each.update_path), 0), each.update_path.length / 2);
      const sender = toLeafIndex(each.sender);
      const updated = await applyUpdatePath(tree, sender, path, suite.hash);
      const newTreeHash = await treeHashRoot(updated, suite.hash);
      expect(toHex(newTreeHash)).toBe(each.tree_hash_after);
      const groupContext: GroupContext = {
        version: "mls10",
        cipherSuite: suite.name,
        groupId: hex(vector.group_id),
        epoch: BigInt(vector.epoch),
        treeHash: newTreeHash,
        confirmedTranscriptHash: hex(vector.confirmed_transcript_hash),
        extensions: [],
      };
      for (const own of vector.leaves_private) {
        const expected = each.path_secrets[own.index];
        if (own.index === each.sender || expected === null) continue;
        let keys: PrivateKeyPath = { leafIndex: own.index, privateKeys: { [2 * own.index]: hex(own.encryption_priv) } };
        const known = Object.fromEntries(own.path_secrets.map((one: Vector) => [one.node, hex(one.path_secret)]));
        keys = mergePrivateKeyPaths(keys, await toPrivateKeyPath(known, own.index, suite));
        const { nodeIndex, pathSecret } = await applyUpdatePathSecret(
          updated,
          keys,
          sender,
          groupContext,
          path,
          [],
          suite,
        );
        expect(toHex(pathSecret)).toBe(expected);
        const secrets = await pathToRoot(updated, toNodeIndex(nodeIndex), pathSecret, suite.kdf);
        const top = secrets[root(leafWidth(updated.length))];
        expect(top && toHex(await deriveSecret(top, "path", suite.kdf))).toBe(each.commit_secret);
      }
    }
  });

  vectorTest("psk_secret", `${name}: PSK secret`, async (vector) => {
    const ids = vector.psks.map((one: Vector) => ({
      psktype: "external" as const,
      pskId: hex(one.psk_id),
      pskNonce: hex(one.psk_nonce),
    }));
    const byId = Object.fromEntries(vector.psks.map((one: Vector) => [bytesToBase64(hex(one.psk_id)), hex(one.psk)]));
    const [secret] = await accumulatePskSecret(ids, makePskIndex(undefined, byId), suite, new Uint8Array(32));
    expect(toHex(secret)).toBe(vector.psk_secret);
  });

  for (const file of ["passive-client-welcome", "passive-client-handling-commit", "passive-client-random"])
    vectorTest(file, `${name}: ${file}`, async (vector) => {
      const byId = Object.fromEntries(
        vector.external_psks.map((one: Vector) => [bytesToBase64(hex(one.psk_id)), hex(one.psk)]),
      );
      const keys = {
        initPrivateKey: hex(vector.init_priv),
        hpkePrivateKey: hex(vector.encryption_priv),
        signaturePrivateKey: hex(vector.signature_priv),
      };
      const tree = vector.ratchet_tree === null ? undefined : treeIn(vector.ratchet_tree);
      const welcome = welcomeIn(vector.welcome);
      let state: ClientState = await joinGroup(
        welcome,
        keyPackageIn(vector.key_package),
        keys,
        makePskIndex(undefined, byId),
        suite,
        tree,
      );
      expect(toHex(state.keySchedule.epochAuthenticator)).toBe(vector.initial_epoch_authenticator);
      expect(await treeIsValid(context, state.ratchetTree, state.groupContext)).toBe(true);
      for (const epoch of vector.epochs) {
        for (const text of [...epoch.proposals, epoch.commit]) {
          const each = message(text);
          if (each.wireformat !== "mls_private_message" && each.wireformat !== "mls_public_message")
            throw new Error("a message");
          const result = await processMessage(each, state, makePskIndex(state, byId), acceptAll, suite);
          state = result.newState;
        }
        expect(toHex(state.keySchedule.epochAuthenticator)).toBe(epoch.epoch_authenticator);
      }
    });
});

function payload(content: Vector): string {
  if (content.contentType === "application") return toHex(content.applicationData);
  if (content.contentType === "proposal") return toHex(encode(proposalEncoder)(content.proposal));
  return toHex(encode(commitEncoder)(content.commit));
}
