/** What a view of a feature is read from (feature.ts). */
import type { ReadContext } from "../feature.ts";
import type { ViewContext } from "./context.ts";
import { peopleIn, peopleOf } from "./people.ts";

export function readContext(context: ViewContext): ReadContext {
  const { database, own, nowMs } = context;
  return {
    database,
    own,
    nowMs,
    peopleIn: (conversation) => {
      const people = peopleOf(context);
      return conversation === undefined ? people : peopleIn(context, people, conversation);
    },
  };
}
