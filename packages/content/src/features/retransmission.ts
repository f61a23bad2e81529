/** Retransmission: a message that did not open is asked for, and sent again (docs/spec/sync.md SY9, SY10). */
import { blob, list, struct, uint } from "@yanshu/wire";
import { contentFeature, ephemeralSignal } from "../feature.ts";
import { device } from "../fields/ids.ts";

export const resendLimits = { askMax: 64, messageBytesMax: 480 * 1024 } as const;

export const retransmission = contentFeature({
  bodies: {
    /** Please send these again: their author answers `resend`, or `unavailable`. */
    resendRequest: ephemeralSignal(struct({ device, seqs: list(uint(), resendLimits.askMax) })),
    /** One of the sender's own earlier messages, as it was. */
    resend: ephemeralSignal(struct({ seq: uint(), message: blob(resendLimits.messageBytesMax) })),
    /**
     * The same to the one device that asked: sealed to its leaf's key, since by now there are members for whom it was
     * not.
     */
    sealedResend: ephemeralSignal(struct({ seq: uint(), reader: device, sealed: blob(resendLimits.messageBytesMax) })),
    unavailable: ephemeralSignal(struct({ seqs: list(uint(), resendLimits.askMax) })),
  },
});
