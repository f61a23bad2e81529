/** Calls (docs/spec/calls.md CA20–CA23): the message that rings, which is the record as well, and how it ended. */
import { bool, fixed, list, oneOf, struct, uint } from "@yanshu/wire";
import { body, contentFeature, ephemeralSignal, mark, signal, synced } from "../../feature.ts";
import { account, conversation, device, messageName } from "../../fields/ids.ts";

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
    /**
     * Said by a member who is in a group's call, from `device`: it rings these as well. The name is that of the call's
     * message; with `secret` it rings those who came into the group after that message, too.
     */
    callRing: {
      ...ephemeralSignal(
        struct(
          { ...messageName, rings: list(account, callLimits.ringsMax) },
          { device, media: oneOf(...callMedia), secret: fixed(callLimits.secretBytes) },
        ),
      ),
      asKept: ({ secret: _, ...rest }) => rest,
    },
  },
  marks: {
    callEnd: mark(struct(outcome)),
    /** One's own: a device of this account was in it. */
    callIn: mark(struct({})),
    /** One's own, on what stands for a `callRing`: the message of the call that it rings for. */
    callOf: mark(struct(messageName)),
  },
  /** A device of this account sits in the group's call of this message. */
  synced: { callIn: synced(struct({ conversation, ...messageName, stampMs: uint() })) },
});
