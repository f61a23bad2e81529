/**
 * Decrypts the content of a PrivateMessage whose sender data is already decrypted (RFC 9420 §6.3.1). The library's own
 * function decrypts the sender data again, and advances the ratchet differently (ratchet.ts).
 */
import type { Bytes } from "@yanshu/wire";
import type { PrivateMessage } from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import type { ClientState } from "ts-mls/clientState.js";
import { verifyFramedContentSignature } from "ts-mls/framedContent.js";
import { decodePrivateMessageContent, toAuthenticatedContent } from "ts-mls/privateMessage.js";
import type { SenderData } from "ts-mls/sender.js";
import type { Context } from "./group.ts";
import { contentPlace, readApplication, signedApplication } from "./private-message.ts";
import type { MessageKey } from "./secret-tree.ts";

export type Unprotected = AuthenticatedContent & {
  /** Resolves to whether the sender's leaf signed the content. Do not use the content before. */
  readonly signed: Promise<boolean>;
};

/**
 * @param sealedBy the key of the message's generation. @param isOneOfMany whether the signatures of many application
 * messages are verified together. @throws Error if the content does not open or is malformed
 */
export async function unprotect(
  { suite }: Context,
  { ratchetTree, groupContext }: Pick<ClientState, "ratchetTree" | "groupContext">,
  framed: PrivateMessage,
  sent: SenderData,
  sealedBy: MessageKey,
  isOneOfMany = false,
): Promise<Unprotected> {
  const leaf = ratchetTree[2 * sent.leafIndex];
  if (leaf?.nodeType !== "leaf") throw new Error("not a member");
  const { contentType, ciphertext } = framed;
  const nonce = guarded(sealedBy.nonce, sent.reuseGuard);
  const padded = await suite.hpke.decryptAead(sealedBy.key, nonce, contentPlace(framed), ciphertext);
  const { signaturePublicKey } = leaf.leaf;
  if (contentType === "application") {
    const { data, signature } = readApplication(padded);
    const said = signedApplication(groupContext, framed, sent.leafIndex, data);
    const read = { contentType, applicationData: data, auth: { contentType, signature } };
    const opened = toAuthenticatedContent(read, framed, sent.leafIndex);
    const verify = isOneOfMany ? suite.verifyOneOfMany : suite.signature.verify;
    return { ...opened, signed: verify(signaturePublicKey, said, signature) };
  }
  const read = decodePrivateMessageContent(contentType)(padded, 0)?.[0];
  if (read === undefined) throw new Error("not a PrivateMessageContent");
  const opened = toAuthenticatedContent(read, framed, sent.leafIndex);
  const signed = verifyFramedContentSignature(
    signaturePublicKey,
    "mls_private_message",
    opened.content,
    opened.auth,
    groupContext,
    suite.signature,
  );
  return { ...opened, signed };
}

/** XORs the reuse guard into the first four bytes (RFC 9420 §6.3.1). */
function guarded(nonce: Bytes, guard: Bytes): Bytes {
  const mixed = nonce.slice();
  for (let i = 0; i < 4; i++) mixed[i] = (mixed[i] as number) ^ (guard[i] as number);
  return mixed;
}
