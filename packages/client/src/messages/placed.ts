/**
 * A message was put into the timeline: edits and recalls that came before it take effect now. Inside the same
 * transaction.
 */
import type { Body } from "@yanshu/content";
import type { Engine } from "../core/engine.ts";
import type { BodyKind, Placed } from "../feature.ts";

/** Returns whether the message's body now differs from `body`. */
export function onPlaced({ features, context }: Engine, body: Body, placed: Omit<Placed<BodyKind>, "body">): boolean {
  const told = (features.placed.get(body.kind) ?? []).map((feature) => feature(context, { ...placed, body }));
  return told.includes(true);
}
