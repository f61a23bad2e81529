/** Groups: made, peopled, named, left and dissolved, by those whom the screen lets. */
import type { Client, ConversationView, Hex } from "@yanshu/client";
import { testFeature } from "../feature.ts";
import { type Act, anybody, type GroupPlace, groupWhere, label } from "../sim/acts/act.ts";
import type { Act as Undertaking } from "../sim/ledger.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { Person } from "../world/person.ts";

const groupsMax = 3;

function contactsOutside(person: Person, view: ConversationView | undefined): readonly Hex[] {
  return person
    .view("contacts")
    .filter((contact) => !contact.blocked && view?.members.some(({ account }) => account === contact.account) !== true)
    .map((contact) => contact.account);
}

function undertake(
  sim: Simulation,
  { person, conversation }: GroupPlace,
  kind: Undertaking["kind"],
  account: Hex,
  work: (api: Client["api"]) => Promise<void>,
): void {
  const act: Undertaking = { kind, by: person, conversation, account, taken: false };
  sim.ledger.acts.push(act);
  sim.ask(person, kind, work, () => {
    act.taken = true;
  });
}

const create: Act = (sim) => {
  const groups = new Set(
    sim.people
      .flatMap((one) =>
        one.disk.all<{ c: Uint8Array }>("SELECT conversation AS c FROM conversations WHERE kind = 'group'"),
      )
      .map(({ c }) => label(Buffer.from(c).toString("hex"))),
  );
  if (groups.size >= groupsMax) return undefined;
  const person = anybody(sim, (one) => contactsOutside(one, undefined).length > 0);
  if (person === undefined) return undefined;
  const contacts = contactsOutside(person, undefined).filter(() => sim.chance.next() < 0.8);
  if (contacts.length === 0) return undefined;
  sim.ask(person, "create", (api) => api.createGroup({ name: `group ${sim.step}`, accounts: contacts }));
  return `${person.device} creates group ${sim.step} with ${contacts.length}`;
};

const add: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.add);
  const outside = at === undefined ? [] : contactsOutside(at.person, at.view);
  if (at === undefined || outside.length === 0) return undefined;
  const account = sim.chance.pick(outside);
  undertake(sim, at, "add", account, (api) => api.addMembers(at.conversation, [account]));
  return `${at.person.device} adds ${label(account)} to ${label(at.conversation)}`;
};

const remove: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.remove && view.members.length > 2);
  const others = at?.view.members.filter(({ isMe, role }) => !isMe && role !== "owner") ?? [];
  if (at === undefined || others.length === 0) return undefined;
  const { account } = sim.chance.pick(others);
  undertake(sim, at, "remove", account, (api) => api.removeMember(at.conversation, account));
  return `${at.person.device} removes ${label(account)} from ${label(at.conversation)}`;
};

const leave: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.leave && view.members.length > 2);
  if (at === undefined) return undefined;
  const { account } = at.person;
  undertake(sim, at, "leave", account, (api) => api.leaveGroup(at.conversation));
  return `${at.person.device} leaves ${label(at.conversation)}`;
};

const rename: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.edit);
  if (at === undefined) return undefined;
  const name = `name ${sim.step}`;
  sim.ask(at.person, "rename", (api) => api.renameGroup(at.conversation, name));
  return `${at.person.device} calls ${label(at.conversation)} "${name}"`;
};

const appoint: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.appoint && view.members.length > 1);
  const others = at?.view.members.filter(({ isMe }) => !isMe) ?? [];
  if (at === undefined || others.length === 0) return undefined;
  const { account } = sim.chance.pick(others);
  const role = sim.chance.pick(["admin", "admin", "member", "owner"] as const);
  undertake(sim, at, "role", account, (api) => api.setRole(at.conversation, account, role));
  return `${at.person.device} makes ${label(account)} ${role} of ${label(at.conversation)}`;
};

/** Two members change the group at the same instant: one commit is taken, the other made anew. */
const race: Act = (sim) => {
  const one = groupWhere(sim, (view) => view.may.edit);
  if (one === undefined) return undefined;
  const racers = sim.people.filter(
    (person) => person.isOn && person.view("conversation", one.conversation)?.may.edit === true,
  );
  for (const racer of racers)
    sim.ask(racer, "race", (api) => api.renameGroup(one.conversation, `race ${sim.step} ${racer.device}`));
  return `${racers.length} race in ${label(one.conversation)}`;
};

/** Seldom: with it the group is gone from the mix. */
const dissolve: Act = (sim) => {
  const at = groupWhere(sim, (view) => view.may.dissolve);
  if (at === undefined) return undefined;
  sim.ask(at.person, "dissolve", (api) => api.dissolveGroup(at.conversation));
  return `${at.person.device} dissolves ${label(at.conversation)}`;
};

export const groups = testFeature({
  acts: [
    [2, "groups", create],
    [3, "groups", add],
    [3, "groups", remove],
    [1, "groups", leave],
    [3, "groups", rename],
    [2, "groups", appoint],
    [3, "groups", race],
    [0.3, "links", dissolve],
  ],
});
