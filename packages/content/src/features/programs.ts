/** State that a mini program shares with the members of a chat (docs/spec/programs.md PR20, PR22). */
import { line, struct, text } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { messageName } from "../fields/ids.ts";

export const programStateLimits = {
  /** Characters of JSON. */
  payloadMax: 128_000,
  infoMax: 200,
  summaryMax: 60,
} as const;

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
  },
});
