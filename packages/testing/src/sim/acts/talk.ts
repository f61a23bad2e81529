/** Talk: what people say, tap and read. */

import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { standings } from "../disk.ts";
import { titleOf } from "../screen.ts";
import type { Town } from "../town.ts";
import type { Act } from "./act.ts";
import { anywhere, label } from "./act.ts";

const writable: ReadonlySet<string> = new Set(["open", "request-out", "forming"]);

export function sayIn(town: Town, person: Person, conversation: Hex): string {
  const said = town.ledger.say(town, person, conversation);
  town.ask(person, "say", (api) => api.sendText(conversation, said.text));
  return said.text;
}

export const say: Act = (town) => {
  const at = anywhere(town, ({ state, kind }) => kind !== "own" && writable.has(state));
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const times = town.chance.next() < 0.2 ? 1 + town.chance.below(4) : 1;
  const texts = Array.from({ length: times }, () => sayIn(town, person, standing.conversation));
  return `say ${texts.at(-1)}${times > 1 ? ` (${times})` : ""}`;
};

/** Conversations in which something waits for its person's tap. Asked of everybody at every moment of quiet. */
export function waiting(person: Person): ReadonlySet<Hex> {
  const sql = "SELECT DISTINCT conversation FROM messages WHERE state IN ('waiting-tap', 'failed')";
  const rows = person.disk.all<{ conversation: Uint8Array }>(sql);
  return new Set(rows.map(({ conversation }) => toHex(conversation)));
}

/** Everything that waits for a person's tap is sent. */
export function tapAll(town: Town, person: Person): number {
  let taps = 0;
  const where = waiting(person);
  if (where.size === 0) return taps;
  for (const { conversation, bytes, state } of standings(person.disk)) {
    if (!writable.has(state) || !where.has(conversation)) continue;
    for (const item of person.items(conversation)) {
      if (!item.mine || (item.state !== "waiting-tap" && item.state !== "failed")) continue;
      const title = titleOf(item);
      if (title !== undefined) town.ledger.tap(title, person, bytes);
      if (title !== undefined && item.state === "failed") town.ledger.saidAgain.add(title);
      town.ask(person, "resend", (api) => api.resend(item.id));
      taps++;
    }
  }
  return taps;
}

export const tap: Act = (town) => {
  const at = anywhere(town, (_, person) => waiting(person).size > 0);
  return at === undefined ? undefined : `${at.person.device} taps ${tapAll(town, at.person)}`;
};

export const read: Act = (town) => {
  const at = anywhere(town, ({ kind, state }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  town.ask(at.person, "read", (api) => api.markRead(at.standing.conversation));
  return `${at.person.device} reads ${label(at.standing.conversation)}`;
};

export const rename: Act = (town) => {
  const at = anywhere(town, () => true);
  if (at === undefined) return undefined;
  const name = `${at.person.name} ${town.step}`;
  town.ask(at.person, "profile", (api) => api.setProfile({ name }));
  return `${at.person.device} is called ${name}`;
};
