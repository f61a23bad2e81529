/** Api of places. Degrees, WGS 84. */
import type { Hex } from "./hex.ts";

export type PlaceItemBody = {
  readonly kind: "location";
  readonly lat: number;
  readonly lon: number;
  readonly name: string;
};

export type PlaceApi = {
  readonly sendLocation: (
    conversation: Hex,
    place: { readonly lat: number; readonly lon: number; readonly name: string },
  ) => Promise<Hex>;
};
