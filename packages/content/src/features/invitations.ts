/** Invitations: asking to be let into a group by its link, and the answer (docs/spec/groups.md GR26, GR29, GR30). */
import { accountHistory, blob, fixed, idBytes, limits, list, oneOf, struct, text, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal } from "../feature.ts";
import { account, device, fieldLimits } from "../fields/ids.ts";

export const invitations = contentFeature({
  bodies: {
    /** By owner or admin: an account that asked up to then is not let in. */
    turnedAway: ephemeralSignal(struct({ account, askedMs: uint() })),
  },
  notes: {
    /** "I hold the group's link: let me in with these." The answer is a Welcome, or `answer`. */
    join: struct({
      secret: fixed(idBytes.token),
      /** What its sender is called: the member who decides sees it. */
      name: text(fieldLimits.nameMax),
      /** When it was asked, by the sender's clock: each asking comes after the one before. */
      askedMs: uint(),
      history: accountHistory,
      device,
      keyPackages: list(blob(limits.keyPackageBytesMax), limits.devicesMax),
      signature: fixed(idBytes.signature),
    }),
    /** To the address in the packages of `join`, which nobody else knows. */
    answer: struct({ verdict: oneOf("waiting", "refused", "expired", "used-up", "reset") }),
  },
});
