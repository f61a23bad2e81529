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
