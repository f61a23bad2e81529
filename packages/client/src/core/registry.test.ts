/** The registry: every kind belongs to the core or to one feature (docs/spec/rooms.md). */
import { expect, test } from "bun:test";
import { bodyKinds, syncItemKinds } from "@yanshu/content";
import { coreKinds } from "../core-rooms.ts";
import { type ClientFeature, clientFeature, type Kind } from "../feature.ts";
import { clientFeatures } from "../features/index.ts";
import { registryOf } from "./registry.ts";

test("[SY7] each kind that content has belongs to the core or to one feature, and no other kind to anybody", () => {
  const features: readonly ClientFeature[] = clientFeatures;
  const claimed = [...coreKinds, ...features.flatMap(({ kinds = [] }) => kinds)];
  expect(claimed.toSorted()).toEqual([...new Set([...bodyKinds, ...syncItemKinds] as Kind[])].toSorted());
});

test("[SY7] what a feature does is done for the kinds that it claims, and for no kind that another has", () => {
  const apply = { poll: () => undefined, vote: () => undefined };
  const some = registryOf([clientFeature({ kinds: ["poll"], apply })]);
  expect(some.knows("poll")).toBe(true);
  expect(some.knows("vote")).toBe(false);
  expect([...some.applies.keys()]).toEqual(["poll"]);
  const twice = [clientFeature({ kinds: ["poll"] }), clientFeature({ kinds: ["poll"] })];
  expect(() => registryOf(twice)).toThrow("two features claim the kind poll");
});
