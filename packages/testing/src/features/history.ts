/** What newcomers of a group are handed of before (docs/spec/groups.md GR32). */
import { testFeature } from "../feature.ts";
import { type Act, groupWhere, label } from "../sim/acts/act.ts";

/** An owner or admin says how much of before it is. */
const chooseHistory: Act = (sim) => {
  if (sim.world.blobs === undefined) return undefined; // What is handed over lies at home as a file does.
  const at = groupWhere(sim, (view) => view.may.decide);
  if (at === undefined) return undefined;
  const choice = sim.chance.pick(["all", "all", "week", "none"] as const);
  sim.ask(at.person, "newcomers see", (api) => api.setNewcomersSee(at.conversation, choice));
  return `${at.person.device} lets newcomers of ${label(at.conversation)} see ${choice}`;
};

export const history = testFeature({ acts: [[1, "history", chooseHistory]] });
