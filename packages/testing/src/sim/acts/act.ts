/** Act: one step that somebody, or misfortune, takes. */
import type { ConversationView, Hex, TimelineItem } from "@yanshu/client";
import type { Person } from "../../world/person.ts";
import { type Standing, standings } from "../disk.ts";
import type { Said } from "../ledger.ts";
import type { Simulation } from "../simulation.ts";

/** Undefined: there was nothing to do it with. */
export type Act = (sim: Simulation, somewhere: Somewhere) => string | undefined | Promise<string | undefined>;

/** One that needs no message. */
export type PlainAct = (sim: Simulation) => ReturnType<Act>;

/** A message of this run on somebody's screen, in a conversation where something can be said. */
export type Place = {
  readonly person: Person;
  readonly conversation: Hex;
  readonly item: TimelineItem;
  readonly said: Said;
};
/** Draws one that fits. */
export type Somewhere = (fits: (item: TimelineItem, person: Person) => boolean) => Place | undefined;

export const refOf = ({ item }: Place) => ({ author: item.from.account, id: item.id });
export const isText = ({ body }: TimelineItem) => body.kind === "text";

/** A person whose device is on and has an account. */
export function anybody(sim: Simulation, fits: (person: Person) => boolean = () => true): Person | undefined {
  const awake = sim.people.filter((person) => isAwake(person) && fits(person));
  return awake.length === 0 ? undefined : sim.chance.pick(awake);
}

export function isAwake(person: Person): boolean {
  return person.isOn && person.client.phase() === "ready";
}

/** A conversation on the device of a person who is awake. */
export function anywhere(
  sim: Simulation,
  fits: (standing: Standing, person: Person) => boolean,
): { person: Person; standing: Standing } | undefined {
  const person = anybody(sim, (one) => standings(one.disk).some((standing) => fits(standing, one)));
  if (person === undefined) return undefined;
  const standing = sim.chance.pick(standings(person.disk).filter((one) => fits(one, person)));
  return { person, standing };
}

export function label(conversation: Hex): string {
  return conversation.slice(0, 6);
}

export type GroupPlace = { readonly person: Person; readonly conversation: Hex; readonly view: ConversationView };

/** A group on the screen of a member who may do something there. */
export function groupWhere(sim: Simulation, may: (view: ConversationView) => boolean): GroupPlace | undefined {
  const viewOf = (person: Person, conversation: Hex) => person.view("conversation", conversation);
  const at = anywhere(sim, ({ kind, state, conversation }, person) => {
    const view = kind === "group" && state === "open" ? viewOf(person, conversation) : undefined;
    return view !== undefined && may(view);
  });
  const view = at && viewOf(at.person, at.standing.conversation);
  return at === undefined || view === undefined
    ? undefined
    : { person: at.person, conversation: at.standing.conversation, view };
}
