/** Api of contact cards: introducing somebody to somebody (docs/spec/identity.md ID24–ID26). */
import type { Hex } from "./hex.ts";
import type { Face } from "./people.ts";

/** Where somebody stands with this person. */
export type Standing = "new" | "contact" | "requested" | "blocked" | "self";

export type CardItemBody = {
  readonly kind: "card";
  readonly account: Hex;
  /** As they are called here, or as the one who sent the card knows them. */
  readonly name: string;
  readonly face: Face;
  readonly standing: Standing;
  /** The conversation there already is, if any. */
  readonly conversation?: Hex;
};

export type CardsApi = {
  /** Rejects with `not-passed-on` when they do not want it, and `unknown-contact` when they are no contact. */
  readonly sendCard: (conversation: Hex, account: Hex) => Promise<Hex>;
  /**
   * Asks whom a card that was said here introduces. Answers the conversation. Rejects with `card-over` when its person
   * takes nobody by it any more.
   */
  readonly requestByCard: (args: {
    readonly conversation: Hex;
    readonly author: Hex;
    readonly id: Hex;
    readonly greeting: string;
  }) => Promise<Hex>;
  /** Whether others may pass on the own card. Cards that were passed on lead nowhere once they may not. */
  readonly setPassedOn: (isOn: boolean) => Promise<void>;
};
