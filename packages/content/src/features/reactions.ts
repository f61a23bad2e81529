/** Reactions: an emoji under a message, set and taken back (docs/spec/actions.md AC5). */
import { bool, struct, text } from "@yanshu/wire";
import { contentFeature, mark, signal } from "../feature.ts";
import { messageName } from "../fields/ids.ts";

/** In UTF-16 units: enough for one emoji that is joined from several. */
export const reactionLimits = { emojiMax: 32 } as const;

export const reactions = contentFeature({
  bodies: {
    /** Sets the emoji (`on`) or takes it back, on the message that its author and id name. */
    react: signal(struct({ ...messageName, emoji: text(reactionLimits.emojiMax), on: bool })),
  },
  /** The key is the emoji. The value says whether it is set. */
  marks: { reaction: mark(bool, { isKey: (key) => key.length <= reactionLimits.emojiMax }) },
});
