/** Reactions: an emoji under a message, set and taken back (docs/spec/actions.md AC5). */
import { bool, struct, text } from "@yanshu/wire";
import { contentFeature, mark, signal } from "../feature.ts";
import { messageName } from "../fields/ids.ts";

/** One emoji with its joiners. */
export const reactionLimits = { emojiMax: 32 } as const;

export const reactions = contentFeature({
  bodies: {
    react: signal(struct({ ...messageName, emoji: text(reactionLimits.emojiMax), on: bool })),
  },
  /** By its emoji; whether it is set. */
  marks: { reaction: mark(bool, { isKey: (key) => key.length <= reactionLimits.emojiMax }) },
});
