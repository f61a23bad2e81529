/** Api of places. Degrees, WGS 84. */
import type { Hex } from "./hex.ts";

export type PlaceItemBody = {
  readonly kind: "location";
  /** Both, or neither: a place that is only named. */
  readonly lat?: number;
  readonly lon?: number;
  readonly name: string;
};

export type PlaceApi = {
  /** Rejects with `empty` where there is neither a name nor a position. */
  readonly sendLocation: (
    conversation: Hex,
    place: { readonly lat?: number; readonly lon?: number; readonly name: string },
  ) => Promise<Hex>;
};
