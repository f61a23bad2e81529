/** Talk: what people say, tap and read. */

import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { standings } from "../disk.ts";
import { titleOf } from "../screen.ts";
import type { Simulation } from "../simulation.ts";
import type { Act } from "./act.ts";
import { anywhere, label } from "./act.ts";

const writable: ReadonlySet<string> = new Set(["open", "request-out", "forming"]);

export function sayIn(sim: Simulation, person: Person, conversation: Hex): string {
  const said = sim.ledger.say(sim, person, conversation);
  sim.ask(person, "say", (api) => api.sendText(conversation, said.text));
  return said.text;
}

export const say: Act = (sim) => {
  const at = anywhere(sim, ({ state, kind }) => kind !== "own" && writable.has(state));
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const times = sim.chance.next() < 0.2 ? 1 + sim.chance.below(4) : 1;
  const texts = Array.from({ length: times }, () => sayIn(sim, person, standing.conversation));
  return `say ${texts.at(-1)}${times > 1 ? ` (${times})` : ""}`;
};

/** Conversations in which something waits for its person's tap. Asked of everybody at every moment of quiet. */
export function waiting(person: Person): ReadonlySet<Hex> {
  const sql = "SELECT DISTINCT conversation FROM messages WHERE state IN ('waiting-tap', 'failed')";
  const rows = person.disk.all<{ conversation: Uint8Array }>(sql);
  return new Set(rows.map(({ conversation }) => toHex(conversation)));
}

/** Everything that waits for a person's tap is sent. */
export function tapAll(sim: Simulation, person: Person): number {
  let taps = 0;
  const where = waiting(person);
  if (where.size === 0) return taps;
  for (const { conversation, bytes, state } of standings(person.disk)) {
    if (!writable.has(state) || !where.has(conversation)) continue;
    for (const item of person.items(conversation)) {
      if (!item.mine || (item.state !== "waiting-tap" && item.state !== "failed")) continue;
      const title = titleOf(item);
      if (title !== undefined) sim.ledger.tap(title, person, bytes);
      if (title !== undefined && item.state === "failed") sim.ledger.saidAgain.add(title);
      sim.ask(person, "resend", (api) => api.resend(item.id));
      taps++;
    }
  }
  return taps;
}

export const tap: Act = (sim) => {
  const at = anywhere(sim, (_, person) => waiting(person).size > 0);
  return at === undefined ? undefined : `${at.person.device} taps ${tapAll(sim, at.person)}`;
};

export const read: Act = (sim) => {
  const at = anywhere(sim, ({ kind, state }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  sim.ask(at.person, "read", (api) => api.markRead(at.standing.conversation));
  return `${at.person.device} reads ${label(at.standing.conversation)}`;
};

export const rename: Act = (sim) => {
  const at = anywhere(sim, () => true);
  if (at === undefined) return undefined;
  const name = `${at.person.name} ${sim.step}`;
  sim.ask(at.person, "profile", (api) => api.setProfile({ name }));
  return `${at.person.device} is called ${name}`;
};
