/** Calls (docs/spec/calls.md CA20–CA23): the message that rings and stays as the call's record, and its outcome. */
import { bool, fixed, line, list, oneOf, struct, uint } from "@yanshu/wire";
import { body, contentFeature, ephemeralSignal, mark, signal, synced } from "../../feature.ts";
import { account, conversation, device, messageName } from "../../fields/ids.ts";

const callLimits = {
  secretBytes: 32,
  /** Whom a call in a group rings. */
  ringsMax: 16,
  secondsMax: 24 * 3_600,
  homeMax: 255,
} as const;

const callMedia = ["voice", "video"] as const;
export type CallMedia = (typeof callMedia)[number];

/** The caller's device decides the outcome. `busy` and `missed`: nobody answered. */
const callOutcomes = ["ended", "declined", "cancelled", "missed", "busy", "lost", "failed", "unproven"] as const;
export type CallOutcome = (typeof callOutcomes)[number];

const outcome = { as: oneOf(...callOutcomes), seconds: uint(callLimits.secondsMax) };

export const calls = contentFeature({
  bodies: {
    /**
     * Rings the accounts in `rings`. `device`: the calling device. `secret`: gives the room its name and the keys for
     * its says; it is deleted from the record when the call is over. `relayOnly`: the caller hides its IP address.
     * `home`: where the room is, if the leaf of the calling device names another server.
     */
    call: body({
      schema: struct(
        { device, media: oneOf(...callMedia), rings: list(account, callLimits.ringsMax) },
        { secret: fixed(callLimits.secretBytes), relayOnly: bool, home: line(callLimits.homeMax) },
      ),
      disposition: "message",
      text: () => "",
      fallback: ({ media }) => (media === "video" ? "📹 视频通话 · Video call" : "📞 语音通话 · Voice call"),
    }),
    callEnd: signal(struct({ ...messageName, ...outcome })),
    /**
     * Rings more accounts to a group's call, from a member in it, on `device`. It names the call's message. With
     * `secret`, it also rings those who joined the group after that message. `home`: as the message has it.
     */
    callRing: {
      ...ephemeralSignal(
        struct(
          { ...messageName, rings: list(account, callLimits.ringsMax) },
          { device, media: oneOf(...callMedia), secret: fixed(callLimits.secretBytes), home: line(callLimits.homeMax) },
        ),
      ),
      asKept: ({ secret: _, ...rest }) => rest,
    },
  },
  marks: {
    callEnd: mark(struct(outcome)),
    /** For own devices: a device of this account was in the call. */
    callIn: mark(struct({})),
    /** For own devices, on the entry of a `callRing`: names the message of its call. */
    callOf: mark(struct(messageName)),
  },
  /** A device of this account has been in the group call of this message. */
  synced: { callIn: synced(struct({ conversation, ...messageName, stampMs: uint() })) },
});
