/** Often: whom one writes to most, for a home screen of faces. */
import type { Hex } from "./hex.ts";

export type OftenViews = {
  /** Direct conversations, those first in which this person said most of late; at most twelve. */
  readonly often: { readonly args: readonly []; readonly value: readonly Hex[] };
};
