/** Restoring an account: from its card (docs/spec/identity.md ID30), by a passkey (ID33), or by its family (ID36). */
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { Hex } from "./hex.ts";

/**
 * The 24 words, English and in both scripts of Chinese: any of them brings the account back. `code` is the text for the
 * card's QR.
 */
export type RecoveryCard = {
  readonly words: readonly string[];
  readonly inChinese: { readonly "zh-Hans": readonly string[]; readonly "zh-Hant": readonly string[] };
  readonly code: string;
};

/** Words that may belong where others were written, one or two, by their places from 0. */
export type CardGuess = readonly { readonly place: number; readonly word: string }[];

/**
 * The words that may stand on a card, 2,048 in each script; a place of the lists is the same word in all. `sounds`:
 * syllables without their tone, and the places of the Chinese words that are read so.
 */
export type CardWordLists = Readonly<Record<"en" | "zh-Hans" | "zh-Hant", readonly string[]>> & {
  readonly sounds: Readonly<Record<string, readonly number[]>>;
};

/** What a card that was read says, before anybody is asked; `word` names the one that is no card's word, from 0. */
export type CardFault =
  | { readonly kind: "word"; readonly place: number; readonly word: string }
  /** Words that are there, of 24. */
  | { readonly kind: "count"; readonly count: number }
  /**
   * Words that do not fit together, and with which others they would; the likeliest first, and none where nothing is
   * likely.
   */
  | { readonly kind: "sum"; readonly guesses: readonly CardGuess[] }
  | { readonly kind: "code" }
  /** It belongs to another home. */
  | { readonly kind: "server"; readonly server: string };

/** What a passkey gave: a secret of 32 bytes that it answers here alone, and the account that it was made for. */
export type Passkey = { readonly secret: Bytes; readonly account: Hex };

/** What gives the root key where it is not on the device. */
export type RootBy = { readonly card: string } | { readonly passkey: Passkey };

/** What an account comes back by; `family`: what two helpers handed over here, once the delay is over (ID38). */
export type ComingBack = RootBy | { readonly family: true };

/**
 * What was believed of the record of people and groups that home had (docs/spec/vault.md VA26). `vouched`: all of it,
 * as a device of the account said at `asOfMs`; else nothing. `removed`: a device had signed it that was put out since.
 * `unvouched`: none had.
 */
export type CameBack =
  | { readonly kind: "vouched" | "removed"; readonly asOfMs: UnixMs }
  | { readonly kind: "unvouched" | "unreadable" | "missing" };

export type RecoveryApi = {
  readonly allCardWords: () => Promise<CardWordLists>;
  /** @param text 24 words, English or Chinese, or the card's code. Undefined: it can be used here. */
  readonly checkCard: (text: string) => Promise<CardFault | undefined>;
  /**
   * The account lives on this device from the answer on. With `areOthersLost` its other devices are signed out. Rejects
   * with `no-account` where home does not know it, or keeps nothing for this passkey, `too-often`, `not-allowed` when
   * there are too many devices to keep.
   */
  readonly restoreAccount: (
    args: ComingBack & {
      readonly areOthersLost: boolean;
      /** The account is at this home, though the card's code names another: it was there when the card was made. */
      readonly isHere?: boolean;
    },
  ) => Promise<void>;
  /**
   * From now on this passkey brings the account back, and none of before. It takes the master key that is still on this
   * device, or else the card's; then the key leaves the device. Rejects with `bad-card` when the card is another
   * account's, `too-often`.
   */
  readonly keepPasskey: (args: { readonly secret: Bytes; readonly card?: string }) => Promise<void>;
  /** The person read what was believed of the record: it is shown no more. */
  readonly noteCameBack: () => Promise<void>;
  /** What the device had said that was put out since is taken all the same; nobody in it counts as verified. */
  readonly believeRemoved: () => Promise<void>;
  /**
   * Another card, to be written down: nothing changes until it is confirmed. `by` gives the key of the one that counts,
   * where it is not on this device. Rejects with `not-allowed`, `bad-card`, `no-account`.
   */
  readonly newCard: (by?: RootBy) => Promise<RecoveryCard>;
  /**
   * Two of its words, asked back by their place (from 0). From then on it counts, and the card, the passkey and the
   * helpers of before bring nobody back. Rejects with `offline`, `server-unreachable`, `refused`.
   */
  readonly confirmNewCard: (answers: readonly { place: number; word: string }[]) => Promise<boolean>;
  /** Whether home keeps a passkey of this account. */
  readonly hasPasskey: () => Promise<boolean>;
};
