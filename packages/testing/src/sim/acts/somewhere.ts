/** Somewhere: draws a message of this run, for acts that do something with one. */
import { titleOf } from "../screen.ts";
import type { Simulation } from "../simulation.ts";
import { anybody, type Place, type Somewhere } from "./act.ts";

/** What is older is as good as what is new, and there is more of it with every step. */
const recentMs = 1_200_000;

export function somewhereIn(sim: Simulation): Somewhere {
  return (fits) => {
    const person = anybody(sim);
    if (person === undefined) return undefined;
    const nowMs = sim.world.clock.nowMs() + person.skewMs;
    const places = person
      .view("chats")
      .filter(({ conversation }) => person.view("conversation", conversation)?.state === "open")
      .flatMap(({ conversation }) =>
        person.items(conversation).flatMap((item): Place[] => {
          const said = sim.ledger.find(titleOf(item));
          return said !== undefined && item.atMs > nowMs - recentMs && fits(item, person)
            ? [{ person, conversation, item, said }]
            : [];
        }),
      );
    return places.length === 0 ? undefined : sim.chance.pick(places);
  };
}
