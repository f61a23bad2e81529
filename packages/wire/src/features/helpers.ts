/**
 * Helpers (family; docs/spec/identity.md ID37, ID38): home keeps a wrapped secret, which the helpers' pieces open
 * together, and gives it out after a delay.
 */
import { account, call, nothing, signature } from "../call.ts";
import { idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { bool, fixed, oneOf, struct, uint } from "../schema.ts";

const familyTag = fixed(idBytes.hash);
const familyWrap = fixed(limits.familyWrapBytes);
/** Identifies one request to come back, for repeating and stopping it. */
const familyRequest = fixed(idBytes.content);

export const helpers = {
  /**
   * Replaces the account's wrapped secret, or deletes it without `kept`. `signature`: by the root, over
   * `familyProofBytes` of this connection. A device that was waiting has to ask again.
   */
  keepFamily: call(
    "anonymous",
    struct({ account, signature }, { kept: struct({ tag: familyTag, wrap: familyWrap }) }),
    nothing,
  ),
  /**
   * Asks for the wrapped secret with this tag, which is given once the delay is over. `isNew` begins a delay, and ends
   * that of any other request; without it the request is repeated. `waiting`: for `waitMs` more. `over`: the request
   * does not exist any more.
   */
  askFamily: call(
    "anonymous",
    struct({ tag: familyTag, request: familyRequest, isNew: bool }),
    struct({ state: oneOf("none", "waiting", "given", "stopped", "over"), waitMs: uint() }, { wrap: familyWrap }),
  ),
  /** Whether a wrapped secret is kept for this account, and the request that is waiting for it, if any. */
  familyState: call(
    "signed-in",
    nothing,
    struct({ isKept: bool }, { asked: struct({ request: familyRequest, waitMs: uint() }) }),
  ),
  /** Stops a request to come back. A request that does not exist is no error. */
  stopFamily: call("signed-in", struct({ request: familyRequest }), nothing),
} as const;
