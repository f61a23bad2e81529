/** What the page and the sealing worker of a group call tell each other (docs/spec/calls.md CA92, CA100, CA101). */
export type SealOptions = {
  readonly side: "seal" | "open";
  readonly index: number;
  readonly kind: "voice" | "picture";
};
export type ToSeal =
  /** By it the client's worker tells keys (`FrameKeysView`); the page has no part in it. */
  | { readonly kind: "keys"; readonly port: MessagePort }
  /** What stood under another name does no more. */
  | { readonly kind: "shown" };
export type SealCounts = {
  readonly sealed: number;
  readonly opened: number;
  readonly refused: number;
  readonly replayed: number;
  readonly noKey: number;
};
export type FromSeal =
  /** Slots, and the seat of the key that each was opened by last. */
  | { readonly kind: "owners"; readonly seats: readonly (readonly [slot: number, seat: number])[] }
  | ({ readonly kind: "counts" } & SealCounts);
