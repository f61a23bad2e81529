/** Sight: what a device shows of a saying, for invariants that features bring. */
import type { TimelineItem } from "@yanshu/client";
import type { Person } from "../world/person.ts";
import type { Said } from "./ledger.ts";
import type { Simulation } from "./simulation.ts";

/** A device that was there all the time, and what it shows of a saying. */
export type Sight = { readonly person: Person; readonly item: TimelineItem | undefined };

/** False where the doer is out, or was: it may have been done in a place from which nothing goes out any more. */
export function isStillThere(
  sim: Simulation,
  act: { readonly by: Person; readonly exits: number; readonly said: Said },
  sights: readonly Sight[],
): boolean {
  return (
    sights.some(({ person }) => person === act.by) && sim.faults.exitsOf(act.by, act.said.conversation) === act.exits
  );
}
