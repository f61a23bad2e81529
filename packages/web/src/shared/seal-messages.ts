/** Messages between the page and the sealing worker of a group call (docs/spec/calls.md CA92, CA100, CA101). */
export type SealOptions = {
  readonly side: "seal" | "open";
  readonly index: number;
  readonly kind: "voice" | "picture";
};
export type ToSeal =
  /** The port by which the client's worker sends keys (`FrameKeysView`); the page does not read it. */
  | { readonly kind: "keys"; readonly port: MessagePort }
  /** The page shows the owners that were reported last; no picture is under another person's name any more. */
  | { readonly kind: "shown" };
export type SealCounts = {
  readonly sealed: number;
  readonly opened: number;
  readonly refused: number;
  readonly replayed: number;
  readonly noKey: number;
};
export type FromSeal =
  /** For each slot, the seat whose key opened its last frame. */
  | { readonly kind: "owners"; readonly seats: readonly (readonly [slot: number, seat: number])[] }
  | ({ readonly kind: "counts" } & SealCounts);
