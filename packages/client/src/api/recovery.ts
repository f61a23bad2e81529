/** Restoring an account from its card (docs/spec/identity.md ID30). */
/** What a card that was read says, before anybody is asked; `word` names the one that is no card's word, from 0. */
export type CardFault =
  | { readonly kind: "word"; readonly place: number; readonly word: string }
  /** Words that are there, of 24. */
  | { readonly kind: "count"; readonly count: number }
  /** Words that do not fit together. */
  | { readonly kind: "sum" }
  | { readonly kind: "code" }
  /** It belongs to another home. */
  | { readonly kind: "server"; readonly server: string };

export type RecoveryApi = {
  /** The words that may stand on a card, in the order of the alphabet. */
  readonly allCardWords: () => Promise<readonly string[]>;
  /** @param text 24 words, or the card's code. Undefined: it can be used here. */
  readonly checkCard: (text: string) => Promise<CardFault | undefined>;
  /**
   * The account lives on this device from the answer on. With `areOthersLost` its other devices are signed out.
   * Rejects with `no-account` where home does not know it, `too-often`, `not-allowed` when there are too many devices to keep.
   */
  readonly restoreAccount: (args: { readonly card: string; readonly areOthersLost: boolean }) => Promise<void>;
};
