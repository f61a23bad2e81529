/** Recall: what was recalled is nowhere any more. */

import { testFeature } from "../feature.ts";
import type { Act } from "../sim/acts/act.ts";
import type { Broken } from "../sim/breaks.ts";
import { isStillThere } from "../sim/sight.ts";
import type { Person } from "../world/person.ts";

const recallOne: Act = (sim, somewhere) => {
  const at = somewhere((item) => item.mine && (item.recallUntilMs ?? 0) > 0);
  if (at === undefined) return undefined;
  const { person, conversation, item, said } = at;
  const exits = sim.faults.exitsOf(person, conversation);
  sim.ledger.perhapsRecalled.add(said.text);
  sim.ask(
    person,
    "recall",
    (api) => api.recall(conversation, item.id),
    () => sim.ledger.recalls.push({ said, by: person, exits }),
  );
  return `${person.device} recalls ${said.text}`;
};

const tables = ["messages.body", "edits.body", "marks.value", "sent.message", "outbox.body", "uploads.body"] as const;

function isIn({ disk }: Person, place: (typeof tables)[number], words: string): boolean {
  const [table, column] = place.split(".");
  return disk.get(`SELECT 1 FROM ${table} WHERE instr(${column}, ?) > 0 LIMIT 1`, Buffer.from(words)) !== undefined;
}

export const recall = testFeature({
  acts: [[2, "actions", recallOne]],

  /** I9: the words of what was recalled are on no screen, and in no row of any table that holds words. */
  holds(sim, said, sights) {
    const recall = sim.ledger.recalls.find((one) => one.said === said);
    if (recall === undefined || !isStillThere(sim, recall, sights)) return [];
    return sights.flatMap(({ person, item }) => {
      const where = item !== undefined ? ["screen"] : tables.filter((table) => isIn(person, table, said.text));
      return where.map(
        (place): Broken => ({ invariant: "I9", why: `${person.device} has "${said.text}", recalled, in its ${place}` }),
      );
    });
  },

  async evidence({ canaries, group, granny }) {
    const gone = await granny.api.sendText(group, `发错了 ${canaries.text("recalled text")}`);
    await granny.api.recall(group, gone);
    return undefined;
  },
});
