/** Contacts: requested by one side or both at once, answered, refused, blocked and taken back. */
import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { accountOf, standings } from "../disk.ts";
import type { Simulation } from "../simulation.ts";
import { type Act, anybody, isAwake, label } from "./act.ts";

function strangers(person: Person, other: Person): boolean {
  if (person.name === other.name) return false;
  const account = accountOf(other.disk);
  return account !== undefined && !person.view("contacts").some((contact) => contact.account === toHex(account));
}

function requests(sim: Simulation, person: Person, other: Person): void {
  sim.ask(
    other,
    "link",
    (api) => api.myLink(),
    (link) => {
      if (!person.isOn) return;
      sim.ask(person, "request", (api) =>
        api.requestContact({ link, greeting: `${person.device} asks in step ${sim.step}`, scanned: true }),
      );
    },
  );
}

export const request: Act = (sim) => {
  const person = anybody(sim);
  const other = anybody(sim, (one) => person !== undefined && strangers(person, one));
  if (person === undefined || other === undefined) return undefined;
  requests(sim, person, other);
  const both = sim.chance.next() < 0.4 && isAwake(other);
  if (both) requests(sim, other, person);
  return `${person.device} ${both ? "and" : "asks"} ${other.device}${both ? " ask each other" : ""}`;
};

export const accept: Act = (sim) => {
  const person = anybody(sim, (one) => one.view("requests").length > 0);
  if (person === undefined) return undefined;
  const { conversation } = sim.chance.pick(person.view("requests"));
  sim.ask(person, "accept", (api) => api.acceptRequest(conversation));
  return `${person.device} accepts ${label(conversation)}`;
};

/** Two who blocked each other and took it back have no way to each other: they show each other their codes again. */
export function meetAgain(sim: Simulation, person: Person): void {
  for (const { kind, state, groupId, peer, bytes } of standings(person.disk)) {
    if (kind !== "direct" || state !== "open" || groupId !== null) continue;
    const isStuck = person.disk.get("SELECT 1 FROM jobs WHERE conversation = ? AND tries > 2 LIMIT 1", bytes);
    const other = sim.people.find((one) => isAwake(one) && one.account === peer);
    if (isStuck !== undefined && other !== undefined) requests(sim, person, other);
  }
}

/** In the end nobody is left without an answer. */
export function answerAll(sim: Simulation, person: Person): void {
  for (const { conversation, state } of standings(person.disk))
    if (state === "request-in") sim.ask(person, "accept", (api) => api.acceptRequest(conversation));
}

export const decline: Act = (sim) => {
  const person = anybody(sim, (one) => one.view("requests").length > 0);
  if (person === undefined) return undefined;
  const { conversation } = sim.chance.pick(person.view("requests"));
  sim.ledger.breach(conversation);
  sim.ask(person, "decline", (api) => api.declineRequest(conversation));
  return `${person.device} declines ${label(conversation)}`;
};

function contactWhere(
  sim: Simulation,
  blocked: boolean,
): { person: Person; account: Hex; conversation?: Hex } | undefined {
  const person = anybody(sim, (one) => one.view("contacts").some((contact) => contact.blocked === blocked));
  if (person === undefined) return undefined;
  return { person, ...sim.chance.pick(person.view("contacts").filter((contact) => contact.blocked === blocked)) };
}

export const block: Act = (sim) => {
  const at = contactWhere(sim, false);
  if (at?.conversation === undefined) return undefined;
  sim.ledger.breach(at.conversation);
  sim.ask(at.person, "block", (api) => api.block(at.account));
  return `${at.person.device} blocks ${label(at.account)}`;
};

export const unblock: Act = (sim) => {
  const at = contactWhere(sim, true);
  if (at?.conversation === undefined) return undefined;
  sim.ledger.breach(at.conversation);
  sim.ask(at.person, "unblock", (api) => api.unblock(at.account));
  return `${at.person.device} unblocks ${label(at.account)}`;
};
