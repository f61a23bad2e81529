/** Polls: a question, its options, and one vote an account (docs/spec/actions.md). */
import { webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

export const polls = webFeature({
  labels: { poll: "kind.poll" },
  said: {
    poll: {
      begins: ({ question }) => question,
      content: ({ question, options, isMultiple, isAnonymous }) => ({
        kind: "poll",
        question,
        options: options.map(({ text }) => text),
        multiple: isMultiple,
        anonymous: isAnonymous,
      }),
      exported: ({ question, options }) =>
        [question, ...options.map(({ text, count }) => `· ${text} (${count})`)].join("\n"),
      copied: ({ question, options }) => [question, ...options.map(({ text }) => `· ${text}`)].join("\n"),
    },
  },
  bubbles: { poll: { as: "card", bubble: lazily(() => import("./in-chat.ts").then((m) => m.PollCard)) } },
  inChat: () => import("./in-chat.ts"),
});
