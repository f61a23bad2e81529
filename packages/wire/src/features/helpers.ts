/**
 * Helpers (family; docs/spec/identity.md ID37, ID38): what the pieces open together that an account's helpers keep, and
 * the wait before it is given.
 */
import { account, call, nothing, signature } from "../call.ts";
import { idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { bool, fixed, oneOf, struct, uint } from "../schema.ts";

const familyTag = fixed(idBytes.hash);
const familyWrap = fixed(limits.familyWrapBytes);
/** By which a device that asks to come back is known again, and is stopped. */
const familyRequest = fixed(idBytes.content);

export const helpers = {
  /**
   * What the pieces open that an account's family keeps, in the place of the one before, or nothing any more; as its
   * root says: `signature` is over `familyProofBytes` of this connection. A device that was asking has to ask anew.
   */
  keepFamily: call(
    "anonymous",
    struct({ account, signature }, { kept: struct({ tag: familyTag, wrap: familyWrap }) }),
    nothing,
  ),
  /**
   * What the pieces open that have this tag together: not before the delay is over. `isNew` begins one, in the place of
   * any other; without it the same is asked again. `waiting`: for `waitMs`. `over`: there is no such request any more.
   */
  askFamily: call(
    "anonymous",
    struct({ tag: familyTag, request: familyRequest, isNew: bool }),
    struct({ state: oneOf("none", "waiting", "given", "stopped", "over"), waitMs: uint() }, { wrap: familyWrap }),
  ),
  /** Whether this account's family keeps pieces, and who asks to come back by them now. */
  familyState: call(
    "signed-in",
    nothing,
    struct({ isKept: bool }, { asked: struct({ request: familyRequest, waitMs: uint() }) }),
  ),
  /** That one does not come back. One that is not there is no error. */
  stopFamily: call("signed-in", struct({ request: familyRequest }), nothing),
} as const;
