/**
 * Unprotect: the content of a PrivateMessage whose sender data is open already (RFC 9420 §6.3.1). The library's own
 * function opens the sender data a second time; these are its other steps.
 */
import type { PrivateMessage } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import type { ClientState } from "ts-mls/clientState.js";
import { verifyFramedContentSignature } from "ts-mls/framedContent.js";
import { decodePrivateMessageContent, encodePrivateContentAAD, toAuthenticatedContent } from "ts-mls/privateMessage.js";
import { ratchetToGeneration, type SecretTree } from "ts-mls/secretTree.js";
import type { SenderData } from "ts-mls/sender.js";
import type { Context } from "./group.ts";

export type Unprotected = {
  readonly content: AuthenticatedContent["content"];
  readonly tree: SecretTree;
  /** Whether the sender's leaf signed it. Until then nothing of it counts. */
  readonly signed: Promise<boolean>;
};

/** @param tree whose ratchet of the sender stands at the message's generation, or behind it. @throws as the library does */
export async function unprotect(
  { suite, config }: Context,
  { ratchetTree, groupContext }: ClientState,
  framed: PrivateMessage,
  sent: SenderData,
  tree: SecretTree,
): Promise<Unprotected> {
  const leaf = ratchetTree[2 * sent.leafIndex];
  if (leaf?.nodeType !== "leaf") throw new Error("not a member");
  const { contentType, ciphertext } = framed;
  const { key, nonce, newTree } = await ratchetToGeneration(tree, sent, contentType, config.keyRetentionConfig, suite);
  const padded = await suite.hpke.decryptAead(key, nonce, encodePrivateContentAAD(framed), ciphertext);
  const read = decodePrivateMessageContent(contentType)(padded, 0)?.[0];
  if (read === undefined) throw new Error("not a PrivateMessageContent");
  const { content, auth } = toAuthenticatedContent(read, framed, sent.leafIndex);
  const { signaturePublicKey } = leaf.leaf;
  return {
    content,
    tree: newTree,
    signed: verifyFramedContentSignature(
      signaturePublicKey,
      "mls_private_message",
      content,
      auth,
      groupContext,
      suite.signature,
    ),
  };
}
