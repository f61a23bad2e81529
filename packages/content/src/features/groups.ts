/** Groups: leaving one, and what devices tell one another outside it about being in it (docs/spec/groups.md). */
import {
  type Address,
  accountHistory,
  blob,
  envelopeSizes,
  fixed,
  type GateId,
  idBytes,
  limits,
  struct,
  uint,
} from "@yanshu/wire";
import { contentFeature, ephemeralSignal } from "../feature.ts";
import { conversation, device } from "../fields/ids.ts";

export const groups = contentFeature({
  bodies: { leave: ephemeralSignal(struct({})) },
  notes: {
    /** How to open the Welcome that travels beside it. */
    welcome: struct({ tag: fixed(envelopeSizes.tag), key: fixed(envelopeSizes.key) }),
    /** "My state of this conversation is lost or frozen: remove me and add me." Bound to what its sender holds. */
    resync: struct({
      conversation,
      reason: uint(255),
      founding: uint(),
      epoch: uint(),
      /** When it was asked, by the sender's clock: each asking comes after the one before. */
      askedMs: uint(),
      history: accountHistory,
      device,
      /** Its leaf says whose place it takes. */
      keyPackage: blob(limits.keyPackageBytesMax),
      signature: fixed(idBytes.signature),
    }),
    /**
     * The device that asked to be let in again (`resync`) has another leaf there than the one that it wants to replace.
     */
    place: struct({
      conversation,
      /** Which asking this answers. */
      askedMs: uint(),
      /** The address in that leaf. */
      leaf: fixed<Address>(idBytes.address),
    }),
    /**
     * An account is not in the conversation any more: told to a device that was left out of a founding, or that asks
     * (`resync`).
     */
    notAMember: struct({
      conversation,
      /** Of the group that it is not in. */
      founding: uint(),
      gate: fixed<GateId>(idBytes.gate),
      /** Whose device is told: the word is for nobody else. */
      reader: device,
      /** Which asking this answers; 0 when nobody asked. */
      askedMs: uint(),
      history: accountHistory,
      device,
      signature: fixed(idBytes.signature),
    }),
  },
});
