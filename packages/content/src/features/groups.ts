/** Groups: leaving a group, and sealed notes about membership (docs/spec/groups.md). */
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
    /** Tag and key of the Welcome's envelope, which is in the same post. */
    welcome: struct({ tag: fixed(envelopeSizes.tag), key: fixed(envelopeSizes.key) }),
    /** "My state of this conversation is lost or wrong: remove and add me." Names the state that its sender holds. */
    resync: struct({
      conversation,
      reason: uint(255),
      founding: uint(),
      epoch: uint(),
      /** Time of the request by the sender's clock; each request has a later one. */
      askedMs: uint(),
      history: accountHistory,
      device,
      /** Its leaf names in `replaces` the leaf to remove. */
      keyPackage: blob(limits.keyPackageBytesMax),
      signature: fixed(idBytes.signature),
    }),
    /**
     * Tells a device that sent `resync` that its leaf in the group is another than the one that it wants to replace.
     */
    place: struct({
      conversation,
      /** The `askedMs` of the request. */
      askedMs: uint(),
      /** The address of the device's leaf in the group. */
      leaf: fixed<Address>(idBytes.address),
    }),
    /**
     * Tells a device that its account is not in the conversation any more: one that a founding left out, or that sent
     * `resync`.
     */
    notAMember: struct({
      conversation,
      /** `founding` and `gate`: of the group in which the account is not. */
      founding: uint(),
      gate: fixed<GateId>(idBytes.gate),
      /** The device that this note is for: others ignore it. */
      reader: device,
      /** The `askedMs` of the request; 0 without one. */
      askedMs: uint(),
      history: accountHistory,
      device,
      signature: fixed(idBytes.signature),
    }),
  },
});
