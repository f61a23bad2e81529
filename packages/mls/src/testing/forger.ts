/**
 * A member who breaks the rules: messages that are signed and encrypted correctly, with forbidden content.
 */
import type { Bytes } from "@yanshu/wire";
import { decodeMlsMessage, encodeMlsMessage, type PrivateMessage, type Proposal } from "ts-mls";
import type { Commit } from "ts-mls/commit.js";
import { createContentCommitSignature } from "ts-mls/framedContent.js";
import type { LeafNode } from "ts-mls/leafNode.js";
import { protect } from "ts-mls/messageProtection.js";
import { buildCommit } from "../commit.ts";
import { type Context, createContext, stateOf } from "../group.ts";
import type { Crypto, Group } from "../index.ts";
import { type Suite, suiteOf } from "../suite.ts";
import { type Device, nowMs } from "./people.ts";

export function contextOf(one: Device): Context {
  return createContext(one.mls.crypto, () => nowMs);
}

export function leafOf(group: Group, leaf: number): LeafNode {
  const node = stateOf(group).ratchetTree[2 * leaf];
  if (node?.nodeType !== "leaf") throw new Error("no such leaf");
  return node.leaf;
}

/** Makes a commit with correct keys and tags, without asking `allowed`. */
export async function forgesCommit(
  one: Device,
  group: Group,
  proposals: readonly Proposal[],
  {
    ownLeaf = leafOf(group, group.ownLeaf),
    withPath = true,
    suite,
  }: { ownLeaf?: LeafNode; withPath?: boolean; suite?: Suite } = {},
) {
  const context = contextOf(one);
  return buildCommit({ ...context, suite: suite ?? context.suite }, stateOf(group), proposals, ownLeaf, withPath);
}

/** Signs and encrypts the given commit, with a confirmation tag of zeros. `unsigned`: with a signature of zeros. */
export async function forgesContent(
  crypto: Crypto,
  group: Group,
  commit: Commit,
  unsigned?: "unsigned",
): Promise<Bytes> {
  const suite = suiteOf(crypto);
  const state = stateOf(group);
  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    "mls_private_message",
    commit,
    { senderType: "member", leafIndex: group.ownLeaf },
    new Uint8Array(),
    state.signaturePrivateKey,
    suite.signature,
  );
  const { privateMessage } = await protect(
    state.keySchedule.senderDataSecret,
    new Uint8Array(),
    state.groupContext,
    state.secretTree,
    {
      ...framedContent,
      auth: {
        contentType: "commit",
        signature: unsigned === undefined ? signature : new Uint8Array(64),
        confirmationTag: new Uint8Array(32),
      },
    },
    group.ownLeaf,
    state.clientConfig.paddingConfig,
    suite,
  );
  return privateBytes(privateMessage);
}

export function privateBytes(privateMessage: PrivateMessage): Bytes {
  return encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage });
}

export function privateOf(message: Bytes): PrivateMessage {
  const decoded = decodeMlsMessage(message, 0)?.[0];
  if (decoded?.wireformat !== "mls_private_message") throw new Error("a PrivateMessage");
  return decoded.privateMessage;
}

/** A suite that breaks the ciphertexts for which `spoils` is true. `place` counts the calls of `seal` from 0. */
export function spoilingSeals(suite: Suite, spoils: (place: number) => boolean): Suite {
  let place = 0;
  return {
    ...suite,
    hpke: {
      ...suite.hpke,
      seal: async (...given) => {
        const sealed = await suite.hpke.seal(...given);
        if (spoils(place++)) sealed.ct[0] = (sealed.ct[0] as number) ^ 1;
        return sealed;
      },
    },
  };
}
