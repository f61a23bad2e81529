/**
 * Homes (docs/spec/homes.md): an account arrives at another home with its device list, publishes there on which homes
 * it is, and leaves the old one.
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
/** Identifies one request to leave, for repeating and stopping it. */
const request = fixed(idBytes.content);

export const homes = {
  /**
   * The account arrives here. `token`: as for `register`. `signature`: over `arriveProofBytes` of this connection, by
   * `key`, which is the root or a device of the list's head. Its devices may sign in afterwards. Repeating it is safe.
   */
  arrive: call(
    "anonymous",
    struct({ token: fixed(idBytes.token), history, key: fixed(idBytes.publicKey), signature }, { record }),
    nothing,
  ),
  /** Gives the home the newest home record that this device knows. A record that is outranked is no error. */
  sayHome: call("signed-in", struct({ record }), nothing),
  /**
   * Whether this account is arriving; the home record held here; and the request to leave, with the milliseconds until
   * it takes effect.
   */
  homeState: call(
    "signed-in",
    nothing,
    struct({ isArriving: bool }, { record, leaving: struct({ request, waitMs: uint() }) }),
  ),
  /** Ends the arrival. `record` is stored in the same step. */
  settle: call("signed-in", struct({}, { record }), nothing),
  /** The account of this capability, and its home record, if this home has one. */
  findHome: call(
    "anonymous",
    struct({ capability: fixed(idBytes.capability) }),
    struct({ account, history }, { record }),
  ),
  /** Begins to leave this home, which takes effect after a delay. The same request again returns the time left. */
  leave: call("signed-in", struct({ request }), struct({ waitMs: uint() })),
  /** Stops a request to leave. A request that does not exist is no error. */
  stopLeaving: call("signed-in", struct({ request }), nothing),
  /** The account leaves at once. `signature`: by the root, over `leaveProofBytes` of this connection. */
  leaveNow: call("anonymous", struct({ account, signature }), nothing),
} as const;
