/** I20: every account is at one home, by the same word, wherever it is known (docs/spec/simulation.md SIM17). */
import { openHomeRecord, toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { Broken } from "./breaks.ts";
import { accountOf, isAlive } from "./disk.ts";
import type { Simulation } from "./simulation.ts";

export function dividedAccounts(sim: Simulation): readonly Broken[] {
  const { world, homes } = sim;
  if (homes === undefined) return [];
  const living = sim.people.filter((person) => person.isOn && isAlive(world, person));
  const byAccount = Map.groupBy(living, (person) => toHex(accountOf(person.disk) ?? new Uint8Array()));
  return [...byAccount.values()].flatMap((devices) => dividedIn(sim, devices));
}

function dividedIn({ world }: Simulation, devices: readonly Person[]): readonly Broken[] {
  const [first] = devices as [Person, ...Person[]];
  const broken = (why: string): Broken => ({ invariant: "I20", why: `${first.name}: ${why}` });
  const at = [...new Set(devices.map((person) => person.view("homes").home))];
  if (at.length > 1) return [broken(`devices are at ${at.join(" and ")}`)];
  const account = accountOf(first.disk);
  const said = [world, ...world.beside].flatMap(({ domain, log: { accounts, features } }) => {
    const row = account === undefined ? undefined : accounts.find(account);
    return row === undefined ? [] : [{ domain, record: features.homes.of(row.ref)?.record }];
  });
  const [home = ""] = at;
  const held = said.find(({ domain }) => domain === home);
  if (held === undefined) return [broken(`its home ${home} does not know it`)];
  if (held.record === undefined) return said.length > 1 ? [broken(`${home} was told no record`)] : [];
  const named = openHomeRecord(held.record)?.body.homes ?? [];
  if (named[0] !== home) return [broken(`it is at ${home}, which was told ${named.join(", ")}`)];
  const hex = toHex(held.record);
  return said
    .filter(({ domain, record }) => named.includes(domain) && (record === undefined || toHex(record) !== hex))
    .map(({ domain }) => broken(`${domain} was told another record than ${home}`));
}
