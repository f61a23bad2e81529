/**
 * What a mini program shares with the members of a chat, and what it asks of the account that gave it
 * (docs/spec/programs.md PR20, PR22, PR53).
 */
import { line, struct, text } from "@yanshu/wire";
import { body, contentFeature, ephemeralSignal } from "../feature.ts";
import { messageName } from "../fields/ids.ts";

export const programStateLimits = {
  /** Characters of JSON. */
  payloadMax: 128_000,
  infoMax: 200,
  summaryMax: 60,
  /** Characters of what is asked of the account that gave a program, and of its answer. */
  askedMax: 120_000,
} as const;

/** Nobody waits for it a minute later, so nothing of its words is kept (PR55). */
const passing = body({
  ...ephemeralSignal(struct({ ...messageName, words: text(programStateLimits.askedMax) })),
  asKept: (said) => ({ ...said, words: "" }),
  isAside: true,
});

/** `author` and `id` name the message that brought the program. `payload`: JSON, as the program said it. */
const said = { ...messageName, payload: text(programStateLimits.payloadMax) };
/** The newest stands on the program's card. */
const onCard = { summary: line(programStateLimits.summaryMax) };

export const programs = contentFeature({
  bodies: {
    /** The program alone reads it. */
    programUpdate: body({
      schema: struct(said, onCard),
      disposition: "notice",
      goesLast: true,
      isSharedWithNewcomers: true,
      fallback: () => "小程序 Mini program",
    }),
    /** The same, with a line for people. */
    programInfo: body({
      schema: struct({ ...said, info: text(programStateLimits.infoMax) }, onCard),
      disposition: "notice",
      isLine: true,
      isSharedWithNewcomers: true,
      text: ({ info }) => info,
      fallback: ({ info }) => `小程序 Mini program: ${info}`,
    }),
    /**
     * A program asks the account that gave it; `author` and `id` name what brought the program (PR53). Without words:
     * it was withdrawn.
     */
    programAsk: passing,
    /** `author` and `id` name what was asked. */
    programAnswer: passing,
  },
});
