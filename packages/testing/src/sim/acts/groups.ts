/** Groups: made, peopled, named and left, by whoever the screen lets. */
import type { Client, ConversationView, Hex } from "@yanshu/client";
import type { Person } from "../../world/person.ts";
import type { Act as Undertaking } from "../ledger.ts";
import type { Town } from "../town.ts";
import { type Act, anybody, anywhere, isAwake, label } from "./act.ts";

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

function undertake(
  town: Town,
  { person, conversation }: Place,
  kind: Undertaking["kind"],
  account: Hex,
  work: (api: Client["api"]) => Promise<void>,
): void {
  const act: Undertaking = { kind, by: person, conversation, account, taken: false };
  town.ledger.acts.push(act);
  town.ask(person, kind, work, () => {
    act.taken = true;
  });
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
  undertake(town, at, "add", account, (api) => api.addMembers(at.conversation, [account]));
  return `${at.person.device} adds ${label(account)} to ${label(at.conversation)}`;
};

export const remove: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.remove && view.members.length > 2);
  const others = at?.view.members.filter(({ isMe, role }) => !isMe && role !== "owner") ?? [];
  if (at === undefined || others.length === 0) return undefined;
  const { account } = town.chance.pick(others);
  undertake(town, at, "remove", account, (api) => api.removeMember(at.conversation, account));
  return `${at.person.device} removes ${label(account)} from ${label(at.conversation)}`;
};

export const leave: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.leave && view.members.length > 2);
  if (at === undefined) return undefined;
  const { account } = at.person;
  undertake(town, at, "leave", account, (api) => api.leaveGroup(at.conversation));
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
  undertake(town, at, "role", account, (api) => api.setRole(at.conversation, account, role));
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

/** Whoever may makes a link; somebody who is outside comes by it, and now and then by one that is over. */
export const join: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.decide);
  if (at === undefined) return undefined;
  const outside = town.people.filter((person) => isAwake(person) && !isThere(person, at.conversation));
  if (outside.length === 0) return undefined;
  const asker = town.chance.pick(outside);
  const { account } = asker;
  if (at.view.link === undefined || town.chance.next() < 0.2) {
    const uses = town.chance.next() < 0.3 ? { uses: 1 } : {};
    town.ask(at.person, "make a link", (api) => api.makeGroupLink(at.conversation, { days: 7, ...uses }));
  }
  town.ledger.acts.push({ kind: "add", by: asker, conversation: at.conversation, account, taken: true });
  town.ask(
    at.person,
    "show the link",
    (api) => api.groupLink(at.conversation),
    (link) => {
      if (link !== undefined && asker.isOn) town.ask(asker, "join", (api) => api.joinGroup(link));
    },
  );
  return `${asker.device} asks to come into ${label(at.conversation)}`;
};

function isThere(person: Person, conversation: Hex): boolean {
  return person.view("conversation", conversation)?.state === "open";
}

/** Who leads says how much of before newcomers are handed (docs/spec/groups.md GR32). */
export const chooseHistory: Act = (town) => {
  if (town.world.blobs === undefined) return undefined; // What is handed over lies at home as a file does.
  const at = groupWhere(town, (view) => view.may.decide);
  if (at === undefined) return undefined;
  const choice = town.chance.pick(["all", "all", "week", "none"] as const);
  town.ask(at.person, "newcomers see", (api) => api.setNewcomersSee(at.conversation, choice));
  return `${at.person.device} lets newcomers of ${label(at.conversation)} see ${choice}`;
};

/** Seldom: with it the group is gone from the mix. */
export const dissolve: Act = (town) => {
  const at = groupWhere(town, (view) => view.may.dissolve);
  if (at === undefined) return undefined;
  town.ask(at.person, "dissolve", (api) => api.dissolveGroup(at.conversation));
  return `${at.person.device} dissolves ${label(at.conversation)}`;
};

/** A device's keys have grown old: it renews them at the next words (docs/spec/groups.md GR25). */
export const age: Act = (town) => {
  const at = anywhere(town, ({ state, groupId }) => state === "open" && groupId !== null);
  if (at === undefined) return undefined;
  at.person.disk.run("UPDATE renewals SET due_ms = 0 WHERE group_id = ?", at.standing.groupId);
  return `the keys of ${at.person.device} in ${label(at.standing.conversation)} are old`;
};
