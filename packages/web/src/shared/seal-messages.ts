/** What the page and the sealing worker of a group call tell each other (docs/spec/calls.md CA92). */
export type SealOptions = {
  readonly side: "seal" | "open";
  readonly index: number;
  readonly kind: "voice" | "picture";
};
type Key = { readonly kid: number; readonly seat: number; readonly key: Uint8Array };
export type ToSeal = { readonly kind: "keys"; readonly own?: Key | undefined; readonly others: readonly Key[] };
export type SealCounts = {
  readonly sealed: number;
  readonly opened: number;
  readonly refused: number;
  readonly replayed: number;
  readonly noKey: number;
};
/** `seat` of the key that slot `index` was opened by last. */
export type FromSeal =
  | { readonly kind: "from"; readonly index: number; readonly seat: number }
  | ({ readonly kind: "counts" } & SealCounts);
