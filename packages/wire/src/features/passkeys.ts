/**
 * Passkeys (docs/spec/identity.md ID35): home keeps a secret that a passkey unwraps, and gives it to a client with the
 * tag that is derived from the passkey's secret.
 */
import { account, call, nothing, signature } from "../call.ts";
import { idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { bool, fixed, struct } from "../schema.ts";

const passkeyTag = fixed(idBytes.hash);
const passkeyWrap = fixed(limits.passkeyWrapBytes);

export const passkeys = {
  /**
   * Replaces the account's only passkey. `signature`: by the root, over `passkeyProofBytes` of this connection.
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
  /** Returns the wrapped secret with this tag, if there is one. */
  findPasskey: call("anonymous", struct({ tag: passkeyTag }), struct({}, { wrap: passkeyWrap })),
  /** Whether this account has a passkey. */
  passkeyState: call("signed-in", nothing, struct({ isKept: bool })),
} as const;
