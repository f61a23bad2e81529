/** Push (docs/spec/push.md PU2, PU5, PU7): how a device without a connection is woken. */
import { address, call, nothing } from "../call.ts";
import { limits } from "../limits.ts";
import { fixed, list, oneOf, struct, text } from "../schema.ts";

/**
 * What became of a wake-up: `gone`: the push service knows the subscription no more. `busy`: it asks for patience.
 * `refused`: it does not take ours. `unreachable`: it did not answer the server.
 */
export const pushOutcomes = ["sent", "gone", "busy", "refused", "unreachable", "not-subscribed", "too-soon"] as const;
export type PushOutcome = (typeof pushOutcomes)[number];

export const push = {
  /** What a device needs to subscribe at its push service; absent where the server sends no wake-ups. */
  pushKey: call("signed-in", nothing, struct({}, { key: fixed(limits.pushKeyBytes) })),
  /**
   * This device's subscription takes the place of an older one. Refused as `malformed`: an endpoint that is never
   * called.
   */
  pushSubscribe: call(
    "signed-in",
    struct({
      endpoint: text(limits.pushEndpointBytesMax),
      key: fixed(limits.pushKeyBytes),
      secret: fixed(limits.pushSecretBytes),
    }),
    nothing,
  ),
  /** No wake-ups any more, and none of the device's addresses is marked. */
  pushUnsubscribe: call("signed-in", nothing, nothing),
  /** Messages to which of the device's addresses wake it; an unknown one is no error. */
  pushWaking: call(
    "signed-in",
    struct({ add: list(address, limits.addressesPerCallMax), remove: list(address, limits.addressesPerCallMax) }),
    nothing,
  ),
  /** Wakes this device now, and says how that went. */
  pushTest: call("signed-in", nothing, struct({ outcome: oneOf(...pushOutcomes) })),
} as const;
