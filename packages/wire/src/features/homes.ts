/**
 * Homes (docs/spec/homes.md): an account comes to another home with its device list, is told there where it is, and
 * leaves the one before.
 */
import { account, call, nothing, signature } from "../call.ts";
import { idBytes } from "../ids.ts";
import { limits } from "../limits.ts";
import { blob, bool, fixed, list, struct, uint } from "../schema.ts";

const record = blob(limits.homeRecordBytesMax);
const history = struct({
  inception: blob(limits.inceptionBytesMax),
  entries: list(blob(limits.entryBytesMax), limits.entriesMax),
});
/** By which a wish to leave is known again, and is stopped. */
const request = fixed(idBytes.content);

export const homes = {
  /**
   * The account comes here: `token` as for `register`, `signature` over `arriveProofBytes` of this connection by `key`,
   * a device of the list's head or the root. Its devices may sign in from then on. Repeating it is safe.
   */
  arrive: call(
    "anonymous",
    struct({ token: fixed(idBytes.token), history, key: fixed(idBytes.publicKey), signature }, { record }),
    nothing,
  ),
  /** The home record that counts, as far as this device knows. One that is outranked is no error. */
  sayHome: call("signed-in", struct({ record }), nothing),
  /**
   * Whether this account is arriving, what was said here of where it is, and whether it is leaving, and in how many
   * milliseconds it will have left.
   */
  homeState: call(
    "signed-in",
    nothing,
    struct({ isArriving: bool }, { record, leaving: struct({ request, waitMs: uint() }) }),
  ),
  /** The account is here: it arrives no more. `record` is said with it, in one step. */
  settle: call("signed-in", struct({}, { record }), nothing),
  /** Where the account is that this capability draws from, as far as this home was told. */
  findHome: call(
    "anonymous",
    struct({ capability: fixed(idBytes.capability) }),
    struct({ account, history }, { record }),
  ),
  /** The account is to leave this home after a delay. The same request again tells how long it still is. */
  leave: call("signed-in", struct({ request }), struct({ waitMs: uint() })),
  /** It does not leave. A request that is not there is no error. */
  stopLeaving: call("signed-in", struct({ request }), nothing),
  /** It leaves at once, as its root says: `signature` is over `leaveProofBytes` of this connection. */
  leaveNow: call("anonymous", struct({ account, signature }), nothing),
} as const;
