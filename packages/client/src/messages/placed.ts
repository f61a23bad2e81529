/**
 * A message was put into the timeline: what came of it before takes effect. Inside the transaction that put it there.
 */
import type { Body } from "@yanshu/content";
import type { Engine } from "../core/engine.ts";
import type { BodyKind, Placed } from "../feature.ts";

/** Returns whether it reads otherwise than `body` now. */
export function onPlaced({ features, context }: Engine, body: Body, placed: Omit<Placed<BodyKind>, "body">): boolean {
  const told = (features.placed.get(body.kind) ?? []).map((feature) => feature(context, { ...placed, body }));
  return told.includes(true);
}
