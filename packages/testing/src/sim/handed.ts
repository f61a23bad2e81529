/**
 * Handed (docs/spec/simulation.md I16): what newcomers are to have of before they came, held against their screens at
 * the end.
 */
import type { TimelineItem } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import { label } from "./acts/act.ts";
import type { Broken } from "./breaks.ts";
import { accountOf, isAlive, standings } from "./disk.ts";
import type { Handover } from "./ledger.ts";
import { titleOf } from "./screen.ts";
import type { Simulation } from "./simulation.ts";

/** I16: it is on every screen of the newcomer once, by the word of who handed it over. */
export function notHanded(sim: Simulation): readonly Broken[] {
  return sim.ledger.handovers.flatMap((handover, i) => {
    if (!hasStayed(sim, handover, handover.by)) return [];
    const isLatest = !sim.ledger.handovers
      .slice(i + 1)
      .some(({ conversation, account }) => conversation === handover.conversation && account === handover.account);
    if (!isLatest) return [];
    const readers = sim.people.filter((person) => isNewcomer(sim, handover, person));
    return readers.flatMap((reader) => wrongFor(sim, handover, reader));
  });
}

function isNewcomer(sim: Simulation, handover: Handover, person: Person): boolean {
  const account = accountOf(person.disk);
  return account !== undefined && toHex(account) === handover.account && hasStayed(sim, handover, person);
}

/** On it, and never out since: what was dropped for it may be missing for good. */
function hasStayed(sim: Simulation, { conversation, exits }: Handover, person: Person): boolean {
  return (
    person.isOn &&
    isAlive(sim.world, person) &&
    (sim.ledger.drops.get(person) ?? 0) === 0 &&
    !sim.losses.some((loss) => loss.person === person) &&
    standings(person.disk).some((one) => one.conversation === conversation && one.inside && one.frozen === null) &&
    (exits.get(person) ?? 0) === sim.faults.exitsOf(person, conversation)
  );
}

function wrongFor(sim: Simulation, handover: Handover, reader: Person): readonly Broken[] {
  const { conversation, by, account } = handover;
  const items = new Map<string, TimelineItem[]>();
  for (const item of reader.items(conversation)) {
    const title = titleOf(item) ?? "";
    items.set(title, [...(items.get(title) ?? []), item]);
  }
  const broken = (text: string, what: string): Broken => ({
    invariant: "I16",
    why: `${by.device} handed "${text}" in ${label(conversation)} to ${reader.device}, where it ${what}`,
  });
  return handover.texts.flatMap((text): readonly Broken[] => {
    const said = sim.ledger.find(text);
    if (said === undefined || sim.ledger.perhapsRecalled.has(text)) return [];
    if (sim.ledger.accountOf(said.by) === account) return []; // What one said oneself is not taken from others.
    const shown = items.get(text) ?? [];
    if (shown.length !== 1) return [broken(text, shown.length === 0 ? "is not" : `stands ${shown.length} times`)];
    const [item] = shown;
    const wasNew = !knewOf(sim, handover, said.stood);
    if (wasNew && item?.handedBy?.account !== sim.ledger.accountOf(by))
      return [broken(text, `stands by the word of ${item?.handedBy?.name ?? "its author"}`)];
    return [];
  });
}

/** Whether the newcomer may have heard it from its author: they were there before, as far as anybody can tell. */
function knewOf(sim: Simulation, handover: Handover, stood: ReadonlyMap<Person, unknown>): boolean {
  const isTheirs = (person: Person) => sim.ledger.accountOf(person) === handover.account;
  return (
    [...stood.keys()].some(isTheirs) ||
    sim.ledger.handovers.some(
      (other) =>
        other !== handover && other.conversation === handover.conversation && other.account === handover.account,
    )
  );
}
