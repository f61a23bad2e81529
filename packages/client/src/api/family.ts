/**
 * Coming back by the family's help (docs/spec/identity.md ID36-ID39): two of three helpers, and a day in which one may
 * say no.
 */
import type { UnixMs } from "@yanshu/wire";
import type { Hex } from "./hex.ts";
import type { Face } from "./people.ts";
import type { RootBy } from "./recovery.ts";

export type FamilyPerson = { readonly account: Hex; readonly name: string; readonly face: Face };

/** Why nothing came of a meeting, or of what a helper handed over. */
export type FamilyFault =
  | "words-differ"
  | "link-expired"
  | "declined"
  /** That helper's piece is here already. */
  | "same-helper"
  /** Their piece is another person's. */
  | "another-person"
  /** The two do not belong together: one is of an earlier choice, or broken. Both are forgotten. */
  | "does-not-fit";

/** The helper's side. */
export type HelpingView =
  | { readonly step: "none" }
  | { readonly step: "waiting" | "done"; readonly who: FamilyPerson }
  /** Word numbers 0-63, in order; the other device shows the same four. */
  | { readonly step: "compare"; readonly who: FamilyPerson; readonly words: readonly number[] }
  | { readonly step: "stopped"; readonly who: FamilyPerson; readonly why: FamilyFault };

/** Where a helper is met: by a code that is shown until somebody opened it, then by words that are compared. */
export type FamilyMeeting =
  | { readonly kind: "code"; readonly link: string; readonly expiresAtMs: UnixMs }
  /** `by`: what the helper is called, and `called` whom they mean to help, by their own word. */
  | { readonly kind: "compare"; readonly words: readonly number[]; readonly by: string; readonly called: string };

/** The side of the one who lost their devices. */
export type FamilyBackView =
  | { readonly step: "none" }
  /** Until two helped: who did. Without a meeting none is under way. */
  | {
      readonly step: "pieces";
      readonly helped: readonly string[];
      readonly meeting?: FamilyMeeting;
      readonly fault?: FamilyFault;
    }
  /** Home was asked, and answers no sooner; undefined until it was reached. */
  | { readonly step: "waiting"; readonly helped: readonly string[]; readonly dueAtMs?: UnixMs }
  | { readonly step: "ready"; readonly helped: readonly string[] }
  /**
   * `stopped`: a device of the account said no. `none`: others help now, or nobody. `over`: another device asked since,
   * or it was too long ago.
   */
  | { readonly step: "over"; readonly helped: readonly string[]; readonly why: "stopped" | "none" | "over" };

export type FamilyView = {
  /**
   * Who helps this account; nobody: it was not chosen. `isKept`: their piece arrived; `isGone`: they cannot help any
   * more (ID40).
   */
  readonly helpers: readonly (FamilyPerson & { readonly isKept: boolean; readonly isGone: boolean })[];
  /** Home has lost what the pieces open: it has to be chosen anew. */
  readonly isLost: boolean;
  /** The master key is on this device, so that nothing else is needed to choose. */
  readonly canChoose: boolean;
  /** Whom this account helps. */
  readonly keptFor: readonly FamilyPerson[];
  readonly helping: HelpingView;
  readonly back: FamilyBackView;
};

export type FamilyViews = { readonly family: { readonly args: readonly []; readonly value: FamilyView } };

export type FamilyApi = {
  /**
   * From now on these three contacts help, and nobody of before. It takes the master key that is on this device, or
   * else the card's or the passkey's. Rejects with `unknown-contact` when one is no contact with an open chat.
   */
  readonly chooseFamily: (args: { readonly helpers: readonly Hex[]; readonly by?: RootBy }) => Promise<void>;
  /** Nobody helps any more. */
  readonly endFamily: (args: { readonly by?: RootBy }) => Promise<void>;
  /** Anyone who is coming back now does not. */
  readonly stopFamily: () => Promise<void>;

  /** The helper opens the code of `account`, who lost their devices. A code before it is over. */
  readonly helpBack: (args: { readonly account: Hex; readonly link: string }) => Promise<void>;
  /** The helper heard their voice and compared the four words. False stops both sides. */
  readonly confirmHelp: (same: boolean) => Promise<void>;
  readonly cancelHelp: () => Promise<void>;

  /** On a device where nobody lives, or whose account was signed out: shows a code for a helper. */
  readonly meetHelper: () => Promise<void>;
  /** All that helpers handed over here is forgotten. */
  readonly cancelFamilyBack: () => Promise<void>;
  /** Home is asked once more after it said no; the delay begins anew. */
  readonly askFamilyAgain: () => Promise<void>;
};
