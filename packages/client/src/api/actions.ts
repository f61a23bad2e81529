/**
 * What a person may do with a message, and what they see of what others did (docs/spec/actions.md).
 * A message is named by its author's account and its id, as a timeline item has them.
 */
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { Hex } from "./hex.ts";
import type { PersonRef } from "./people.ts";

export type MessageRef = { readonly author: Hex; readonly id: Hex };

/** The UTF-16 units from `at` name `account`, or everybody when it is absent. */
export type MentionRange = { readonly at: number; readonly length: number; readonly account?: Hex };

/** What a text carries beside its words. */
export type TextExtras = {
  readonly quote?: MessageRef;
  readonly mentions?: readonly MentionRange[];
  readonly link?: LinkView;
};

/** What an address in the text leads to, by the word of who sent it. Nobody fetched it. */
export type LinkView = {
  readonly url: string;
  readonly title: string;
  /** A small square picture, WebP or JPEG. */
  readonly thumb?: Bytes;
};

export type QuoteView = {
  readonly author: Hex;
  readonly id: Hex;
  readonly from: PersonRef;
  /** Kind of the quoted: `text`, or what else it was. */
  readonly of: string;
  readonly words: string;
  /** `here`: one can jump to it. `gone`: this device does not have it. */
  readonly standing: "here" | "gone" | "recalled";
};

export type ReactionView = {
  readonly emoji: string;
  readonly people: readonly PersonRef[];
  readonly mine: boolean;
};

/** What timeline items have beside what was said. */
export type ItemActions = {
  readonly reactions?: readonly ReactionView[];
  /** The text was changed; `history` shows how. */
  readonly isEdited?: boolean;
  /** Until when one may, by this device's clock; absent where one never may. */
  readonly recallUntilMs?: UnixMs;
  readonly editUntilMs?: UnixMs;
  /** The words of what one recalled oneself, to write them again until then. */
  readonly again?: { readonly words: string; readonly untilMs: UnixMs };
};

export type TextActions = {
  readonly quote?: QuoteView;
  /** Where somebody is named; `isMe` also where everybody is. */
  readonly mentions?: readonly { readonly at: number; readonly length: number; readonly isMe: boolean }[];
  readonly link?: LinkView;
};

export type ActionLine =
  | { readonly kind: "recalled"; readonly who: PersonRef }
  /** `suffix` is what the patted one wants to follow their name. */
  | { readonly kind: "pat"; readonly by: PersonRef; readonly who: PersonRef; readonly suffix: string }
  /** A mini program said it, in the chat of its user. `program`: as its card is called; empty: the card is not here. */
  | { readonly kind: "program-said"; readonly by: PersonRef; readonly program: string; readonly text: string }
  /** Without a text it was taken down. */
  | { readonly kind: "announced"; readonly by: PersonRef; readonly text: string };
