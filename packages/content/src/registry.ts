/** Registry: of all features what they have of one sort, as a table, and as the type that follows from the list. */
import type { ContentFeature } from "./feature.ts";
import { contentFeatures } from "./features/index.ts";

type Sort = keyof ContentFeature;
type Feature = (typeof contentFeatures)[number];
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer A) => void ? A : never;

/** By kind, what a feature says of it. */
export type TableOf<S extends Sort> = All<Extract<Feature, { readonly [P in S]: unknown }>[S]>;
type Entry<S extends Sort> = NonNullable<ContentFeature[S]>[string];

/** In the order of the list. @param features another version's, where the tests play one. */
export function tableOf<S extends Sort>(
  sort: S,
  features: readonly ContentFeature[] = contentFeatures,
): ReadonlyMap<string, Entry<S>> {
  return new Map(features.flatMap((feature) => Object.entries((feature[sort] ?? {}) as Record<string, Entry<S>>)));
}
