/** Groups: made, peopled, named and left, by whoever the screen lets. */
import type { ConversationView, Hex } from "@yanshu/client";
import type { Person } from "../../world/person.ts";
import type { Town } from "../town.ts";
import { type Act, anybody, anywhere, label } from "./act.ts";

type Place = { readonly person: Person; readonly conversation: Hex; readonly view: ConversationView };

const groupsMax = 3;

function groupWhere(town: Town, may: (view: ConversationView) => boolean): Place | undefined {
  const viewOf = (person: Person, conversation: Hex) => person.view("conversation", conversation);
  const at = anywhere(town, ({ kind, state, conversation }, person) => {
    const view = kind === "group" && state === "open" ? viewOf(person, conversation) : undefined;
    return view !== undefined && may(view);
  });
  const view = at && viewOf(at.person, at.standing.conversation);
  return at === undefined || view === undefined
    ? undefined
    : { person: at.person, conversation: at.standing.conversation, view };
}

function contactsOutside(person: Person, view: ConversationView | undefined): readonly Hex[] {
  return person
    .view("contacts")
    .filter((contact) => !contact.blocked && view?.members.some(({ account }) => account === contact.account) !== true)
    .map((contact) => contact.account);
}

export const create: Act = (town) => {
  const groups = new Set(
    town.people
      .flatMap((one) =>
        one.disk.all<{ c: Uint8Array }>("SELECT conversation AS c FROM conversations WHERE kind = 'group'"),
      )
      .map(({ c }) => label(Buffer.from(c).toString("hex"))),
  );
  if (groups.size >= groupsMax) return undefined;
  const person = anybody(town, (one) => contactsOutside(one, undefined).length > 0);
  if (person === undefined) return undefined;
  const contacts = contactsOutside(person, undefined).filter(() => town.chance.next() < 0.8);
  if (contacts.length === 0) return undefined;
  town.ask(person, "create", (api) => api.createGroup({ name: `group ${town.step}`, accounts: contacts }));
  return `${person.device} creates group ${town.step} with ${contacts.length}`;
};

export const add: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.add);
  const outside = at === undefined ? [] : contactsOutside(at.person, at.view);
  if (at === undefined || outside.length === 0) return undefined;
  const account = town.chance.pick(outside);
  town.ledger.acts.push({ kind: "add", by: at.person, conversation: at.conversation, account });
  town.ask(at.person, "add", (api) => api.addMembers(at.conversation, [account]));
  return `${at.person.device} adds ${label(account)} to ${label(at.conversation)}`;
};

export const remove: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.remove && view.members.length > 2);
  const others = at?.view.members.filter(({ isMe, role }) => !isMe && role !== "owner") ?? [];
  if (at === undefined || others.length === 0) return undefined;
  const { account } = town.chance.pick(others);
  town.ledger.acts.push({ kind: "remove", by: at.person, conversation: at.conversation, account });
  town.ask(at.person, "remove", (api) => api.removeMember(at.conversation, account));
  return `${at.person.device} removes ${label(account)} from ${label(at.conversation)}`;
};

export const leave: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.leave && view.members.length > 2);
  if (at === undefined) return undefined;
  const { account } = at.person;
  town.ledger.acts.push({ kind: "leave", by: at.person, conversation: at.conversation, account });
  town.ask(at.person, "leave", (api) => api.leaveGroup(at.conversation));
  return `${at.person.device} leaves ${label(at.conversation)}`;
};

export const rename: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.edit);
  if (at === undefined) return undefined;
  const name = `name ${town.step}`;
  town.ask(at.person, "rename", (api) => api.renameGroup(at.conversation, name));
  return `${at.person.device} calls ${label(at.conversation)} "${name}"`;
};

export const appoint: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.appoint && view.members.length > 1);
  const others = at?.view.members.filter(({ isMe }) => !isMe) ?? [];
  if (at === undefined || others.length === 0) return undefined;
  const { account } = town.chance.pick(others);
  const role = town.chance.pick(["admin", "admin", "member", "owner"] as const);
  town.ledger.acts.push({ kind: "role", by: at.person, conversation: at.conversation, account });
  town.ask(at.person, "appoint", (api) => api.setRole(at.conversation, account, role));
  return `${at.person.device} makes ${label(account)} ${role} of ${label(at.conversation)}`;
};

/** Two members change the group at the same instant: one commit is taken, the other made anew. */
export const race: Act = (town) => {
  const one = groupWhere(town, (view) => view.may.edit);
  if (one === undefined) return undefined;
  const racers = town.people.filter(
    (person) => person.isOn && person.view("conversation", one.conversation)?.may.edit === true,
  );
  for (const racer of racers)
    town.ask(racer, "race", (api) => api.renameGroup(one.conversation, `race ${town.step} ${racer.device}`));
  return `${racers.length} race in ${label(one.conversation)}`;
};
