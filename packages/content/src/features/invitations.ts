/** Invitations: requests to join a group by its link, and the responses (docs/spec/groups.md GR26, GR29, GR30). */
import { accountHistory, blob, fixed, idBytes, limits, list, oneOf, struct, text, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal } from "../feature.ts";
import { account, device, fieldLimits } from "../fields/ids.ts";

export const invitations = contentFeature({
  bodies: {
    /** By an owner or admin: refuses the account's requests up to `askedMs`. */
    turnedAway: ephemeralSignal(struct({ account, askedMs: uint() })),
  },
  notes: {
    /** Asks to join by the group's link, with key packages. The response is a Welcome, or `answer`. */
    join: struct({
      secret: fixed(idBytes.token),
      /** The sender's name, for the member who decides. */
      name: text(fieldLimits.nameMax),
      /** Time of the request by the sender's clock; each request has a later one. */
      askedMs: uint(),
      history: accountHistory,
      device,
      keyPackages: list(blob(limits.keyPackageBytesMax), limits.devicesMax),
      signature: fixed(idBytes.signature),
    }),
    /** Sent to the address in the key packages of `join`, which nobody else knows. */
    answer: struct({ verdict: oneOf("waiting", "refused", "expired", "used-up", "reset") }),
  },
});
