/** Contacts: requested by one side or both at once, answered, refused, blocked and taken back. */
import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { accountOf, standings } from "../disk.ts";
import type { Town } from "../town.ts";
import { type Act, anybody, isAwake, label } from "./act.ts";

function strangers(person: Person, other: Person): boolean {
  if (person.name === other.name) return false;
  const account = accountOf(other.disk);
  return account !== undefined && !person.view("contacts").some((contact) => contact.account === toHex(account));
}

function requests(town: Town, person: Person, other: Person): void {
  town.ask(
    other,
    "link",
    (api) => api.myLink(),
    (link) => {
      if (!person.isOn) return;
      town.ask(person, "request", (api) =>
        api.requestContact({ link, greeting: `${person.device} asks in step ${town.step}`, scanned: true }),
      );
    },
  );
}

export const request: Act = (town) => {
  const person = anybody(town);
  const other = anybody(town, (one) => person !== undefined && strangers(person, one));
  if (person === undefined || other === undefined) return undefined;
  requests(town, person, other);
  const both = town.chance.next() < 0.4 && isAwake(other);
  if (both) requests(town, other, person);
  return `${person.device} ${both ? "and" : "asks"} ${other.device}${both ? " ask each other" : ""}`;
};

export const accept: Act = (town) => {
  const person = anybody(town, (one) => one.view("requests").length > 0);
  if (person === undefined) return undefined;
  const { conversation } = town.chance.pick(person.view("requests"));
  town.ask(person, "accept", (api) => api.acceptRequest(conversation));
  return `${person.device} accepts ${label(conversation)}`;
};

/** Two who blocked each other and took it back have no way to each other: they show each other their codes again. */
export function meetAgain(town: Town, person: Person): void {
  for (const { kind, state, groupId, peer, bytes } of standings(person.disk)) {
    if (kind !== "direct" || state !== "open" || groupId !== null) continue;
    const isStuck = person.disk.get("SELECT 1 FROM jobs WHERE conversation = ? AND tries > 2 LIMIT 1", bytes);
    const other = town.people.find((one) => isAwake(one) && one.account === peer);
    if (isStuck !== undefined && other !== undefined) requests(town, person, other);
  }
}

/** In the end nobody is left without an answer. */
export function answerAll(town: Town, person: Person): void {
  for (const { conversation, state } of standings(person.disk))
    if (state === "request-in") town.ask(person, "accept", (api) => api.acceptRequest(conversation));
}

export const decline: Act = (town) => {
  const person = anybody(town, (one) => one.view("requests").length > 0);
  if (person === undefined) return undefined;
  const { conversation } = town.chance.pick(person.view("requests"));
  town.ledger.breach(conversation);
  town.ask(person, "decline", (api) => api.declineRequest(conversation));
  return `${person.device} declines ${label(conversation)}`;
};

function contactWhere(town: Town, blocked: boolean): { person: Person; account: Hex; conversation?: Hex } | undefined {
  const person = anybody(town, (one) => one.view("contacts").some((contact) => contact.blocked === blocked));
  if (person === undefined) return undefined;
  return { person, ...town.chance.pick(person.view("contacts").filter((contact) => contact.blocked === blocked)) };
}

export const block: Act = (town) => {
  const at = contactWhere(town, false);
  if (at?.conversation === undefined) return undefined;
  town.ledger.breach(at.conversation);
  town.ask(at.person, "block", (api) => api.block(at.account));
  return `${at.person.device} blocks ${label(at.account)}`;
};

export const unblock: Act = (town) => {
  const at = contactWhere(town, true);
  if (at?.conversation === undefined) return undefined;
  town.ledger.breach(at.conversation);
  town.ask(at.person, "unblock", (api) => api.unblock(at.account));
  return `${at.person.device} unblocks ${label(at.account)}`;
};
