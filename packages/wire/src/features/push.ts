/** Push (docs/spec/push.md PU2, PU5, PU7): wakes a device that has no connection. */
import { address, call, nothing } from "../call.ts";
import { limits } from "../limits.ts";
import { fixed, list, oneOf, struct, text } from "../schema.ts";

/**
 * The outcome of a wake-up. `gone`: the push service does not know the subscription any more. `busy`: it asks for a
 * pause. `refused`: it rejects the wake-up. `unreachable`: it did not respond.
 */
export const pushOutcomes = ["sent", "gone", "busy", "refused", "unreachable", "not-subscribed", "too-soon"] as const;
export type PushOutcome = (typeof pushOutcomes)[number];

export const push = {
  /** The server's key for subscribing at a push service; absent if the server sends no wake-ups. */
  pushKey: call("signed-in", nothing, struct({}, { key: fixed(limits.pushKeyBytes) })),
  /**
   * Replaces this device's subscription. Refused as `malformed` for an endpoint that the server would never call.
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
  /** Ends the subscription, and unmarks all the device's addresses. */
  pushUnsubscribe: call("signed-in", nothing, nothing),
  /** Marks and unmarks the addresses whose messages wake this device. An unknown address is no error. */
  pushWaking: call(
    "signed-in",
    struct({ add: list(address, limits.addressesPerCallMax), remove: list(address, limits.addressesPerCallMax) }),
    nothing,
  ),
  /** Wakes this device now, and returns the outcome. */
  pushTest: call("signed-in", nothing, struct({ outcome: oneOf(...pushOutcomes) })),
} as const;
