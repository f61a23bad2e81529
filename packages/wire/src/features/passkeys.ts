/**
 * Passkeys (docs/spec/identity.md ID35): what a passkey opens, kept as the account's root says, and given to the one
 * who shows the tag that follows from the passkey's secret.
 */
import { account, call, nothing, signature } from "../call.ts";
import { idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { bool, fixed, struct } from "../schema.ts";

const passkeyTag = fixed(idBytes.hash);
const passkeyWrap = fixed(limits.passkeyWrapBytes);

export const passkeys = {
  /**
   * The one passkey of an account, in the place of the one before, as its root says: `signature` is over
   * `passkeyProofBytes` of this connection.
   */
  keepPasskey: call(
    "anonymous",
    struct({
      account,
      tag: passkeyTag,
      wrap: passkeyWrap,
      signature,
    }),
    nothing,
  ),
  /** What the passkey that has this tag opens; none where nobody keeps one. */
  findPasskey: call("anonymous", struct({ tag: passkeyTag }), struct({}, { wrap: passkeyWrap })),
  /** Whether this account has a passkey. */
  passkeyState: call("signed-in", nothing, struct({ isKept: bool })),
} as const;
