/** Somewhere: draws a message of this run, for acts that do something with one. */
import { titleOf } from "../screen.ts";
import type { Town } from "../town.ts";
import { anybody, type Place, type Somewhere } from "./act.ts";

/** What is older is as good as what is new, and there is more of it with every step. */
const recentMs = 1_200_000;

export function somewhereIn(town: Town): Somewhere {
  return (fits) => {
    const person = anybody(town);
    if (person === undefined) return undefined;
    const nowMs = town.world.clock.nowMs() + person.skewMs;
    const places = person
      .view("chats")
      .filter(({ conversation }) => person.view("conversation", conversation)?.state === "open")
      .flatMap(({ conversation }) =>
        person.items(conversation).flatMap((item): Place[] => {
          const said = town.ledger.find(titleOf(item));
          return said !== undefined && item.atMs > nowMs - recentMs && fits(item, person)
            ? [{ person, conversation, item, said }]
            : [];
        }),
      );
    return places.length === 0 ? undefined : town.chance.pick(places);
  };
}
