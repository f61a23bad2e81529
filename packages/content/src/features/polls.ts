/** Polls (docs/spec/actions.md AC10): a question, its options, and one vote an account. */
import { bool, list, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature, mark, signal } from "../feature.ts";
import { messageName } from "../fields/ids.ts";

export const pollLimits = { questionMax: 200, optionMax: 80, optionsMax: 12 } as const;

const choices = list(uint(pollLimits.optionsMax - 1), pollLimits.optionsMax);

export const polls = contentFeature({
  bodies: {
    /** It lives where it was begun: what is carried elsewhere is what it says. */
    poll: body({
      schema: struct(
        {
          question: text(pollLimits.questionMax),
          options: list(text(pollLimits.optionMax), pollLimits.optionsMax),
          multiple: bool,
          /** Screens show counts alone. It is a courtesy: the votes are their voters' messages. */
          anonymous: bool,
        },
        { closesAtMs: uint() },
      ),
      disposition: "message",
      text: ({ question, options }) => [question, ...options.map((option) => `· ${option}`)].join("\n"),
      summary: ({ question }) => question,
      forward: "text",
      isSharedWithNewcomers: true,
    }),
    /** No choices take the vote back. */
    vote: signal(struct({ ...messageName, choices })),
  },
  marks: { vote: mark(choices) },
});
