/** Invitations: a group's link, and coming in by it. */
import type { Hex } from "@yanshu/client";
import { testFeature } from "../feature.ts";
import { type Act, groupWhere, isAwake, label } from "../sim/acts/act.ts";
import type { Person } from "../world/person.ts";

/** A member who may makes a link; a person outside comes by it, and now and then by one that is over. */
const join: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.decide);
  if (at === undefined) return undefined;
  const outside = sim.people.filter((person) => isAwake(person) && !isThere(person, at.conversation));
  if (outside.length === 0) return undefined;
  const asker = sim.chance.pick(outside);
  const { account } = asker;
  if (at.view.link === undefined || sim.chance.next() < 0.2) {
    const uses = sim.chance.next() < 0.3 ? { uses: 1 } : {};
    sim.ask(at.person, "make a link", (api) => api.makeGroupLink(at.conversation, { days: 7, ...uses }));
  }
  sim.ledger.acts.push({ kind: "add", by: asker, conversation: at.conversation, account, taken: true });
  sim.ask(
    at.person,
    "show the link",
    (api) => api.groupLink(at.conversation),
    (link) => {
      if (link !== undefined && asker.isOn) sim.ask(asker, "join", (api) => api.joinGroup(link));
    },
  );
  return `${asker.device} asks to come into ${label(at.conversation)}`;
};

function isThere(person: Person, conversation: Hex): boolean {
  return person.view("conversation", conversation)?.state === "open";
}

export const invitations = testFeature({ acts: [[2, "links", join]] });
