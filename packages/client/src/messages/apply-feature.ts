/** Runs the features' handlers for a message of their kind, both for messages sent here and for those received. */
import type { Body } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import { type Engine, kindOf } from "../core/engine.ts";
import type { BodyKind, GroupFacts, Said } from "../feature.ts";
import { roleOf } from "../group-state/store-group.ts";
import type { Calls } from "../values/mentions.ts";

/** Inside a transaction. Returns false if no feature handles the kind. */
export function applyByFeature(engine: Engine, group: Group | undefined, said: Omit<Said<BodyKind>, "group">): boolean {
  const apply = engine.features.applies.get(said.body.kind);
  apply?.(engine.context, { ...said, group: group && factsOf(engine, group) });
  return apply !== undefined;
}

/** The body that the timeline shows for a signal, if any. Inside a transaction. */
export function placeOfSignal(engine: Engine, group: Group, said: Omit<Said<BodyKind>, "group">): Body | undefined {
  return engine.features.standsAs.get(said.body.kind)?.(engine.context, { ...said, group: factsOf(engine, group) });
}

/**
 * Runs what a message does beside being shown. Returns whether it counts as the answer to a contact request. Inside a
 * transaction.
 */
export function tellBeside(engine: Engine, group: Group, said: Omit<Said<BodyKind>, "group">): boolean {
  const told = engine.features.told.get(said.body.kind);
  return told?.(engine.context, { ...said, group: factsOf(engine, group) })?.isAnswer !== false;
}

/** The body that the timeline shows for a message, and whom it mentions. Inside a transaction. */
export function judgedByFeature(
  engine: Engine,
  group: Group | undefined,
  said: Omit<Said<BodyKind>, "group">,
): { readonly body: Body; readonly calls?: Calls } {
  const asShown = engine.features.asShown.get(said.body.kind);
  if (asShown === undefined) return { body: said.body };
  const judged = asShown(engine.context, { ...said, group: group && factsOf(engine, group) });
  return { ...judged, body: { ...judged.body, kind: said.body.kind } as Body };
}

/** Tells the feature after the transaction, when the message is stored. */
export function tellFeature(engine: Engine, group: Group, said: Omit<Said<BodyKind>, "group">): void {
  const heard = engine.features.heard.get(said.body.kind);
  if (heard !== undefined)
    engine.ports.after(0, () => heard(engine.context, { ...said, group: factsOf(engine, group) }));
}

export function factsOf(engine: Engine, group: Group): GroupFacts {
  const { settings } = group.state;
  return {
    kind: kindOf(engine, group.state),
    leads: (account) => roleOf(group, account) !== undefined,
    adminsOnlyEdit: settings.adminsOnlyEdit,
  };
}
