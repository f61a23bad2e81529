/** Calls (docs/spec/calls.md CA20–CA23): the message that rings, which is the record as well, and how it ended. */
import { bool, fixed, list, oneOf, struct, uint } from "@yanshu/wire";
import { body, contentFeature, mark, momentarySignal, signal } from "../../feature.ts";
import { account, device, messageName } from "../../fields/ids.ts";

const callLimits = {
  secretBytes: 32,
  /** Whom a call in a group rings. */
  ringsMax: 16,
  secondsMax: 24 * 3_600,
} as const;

const callMedia = ["voice", "video"] as const;
export type CallMedia = (typeof callMedia)[number];

/** By the caller's device. `busy` and `missed`: nobody answered. */
const callOutcomes = ["ended", "declined", "cancelled", "missed", "busy", "lost", "failed", "unproven"] as const;
export type CallOutcome = (typeof callOutcomes)[number];

const outcome = { as: oneOf(...callOutcomes), seconds: uint(callLimits.secondsMax) };

export const calls = contentFeature({
  bodies: {
    /**
     * It rings. `device` is the one that calls. `secret` names the call's room and seals what is said in it; it goes
     * from the record once the call is over. `relayOnly`: the caller does not tell its address to the other.
     */
    call: body({
      schema: struct(
        { device, media: oneOf(...callMedia), rings: list(account, callLimits.ringsMax) },
        { secret: fixed(callLimits.secretBytes), relayOnly: bool },
      ),
      disposition: "message",
      text: () => "",
      fallback: ({ media }) => (media === "video" ? "📹 视频通话 · Video call" : "📞 语音通话 · Voice call"),
    }),
    callEnd: signal(struct({ ...messageName, ...outcome })),
    /** Said by a member who is in a group's call: it rings these as well. The name is that of the call's message. */
    callRing: momentarySignal(struct({ ...messageName, rings: list(account, callLimits.ringsMax) })),
  },
  marks: { callEnd: mark(struct(outcome)) },
});
