/**
 * R2.7: who wrote with whom, guessed by scripts of an analyst: from what is left on disk, and from the line as it
 * passes.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeClientFrame, toHex } from "@yanshu/wire";
import { chanceFrom } from "../../world/chance.ts";
import { worldOfPeers } from "../../world/peer-homes.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { type Check, limitOf } from "../check.ts";

const peopleCount = 12;
const friendships = 20;
const friendshipsApart = 10;
/** No better than a guess. */
const aucMax = 0.55;

export type Pair = readonly [a: number, b: number];
export type Score = (pair: Pair) => number;

export async function socialGraph(): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-graph-"));
  try {
    return await guess(join(folder, "home.db"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function guess(logPath: string): Promise<Check> {
  const world = new World({ seed: 602, logPath, keyPackagesKept: 8 });
  const people: Person[] = [];
  for (let i = 0; i < peopleCount; i++) people.push(await world.person(`P${i}`));
  const all = people.flatMap((_, a) => people.slice(a + 1).map((_other, i): Pair => [a, a + 1 + i]));
  const together = drawn(all, friendships, 602);
  const posted: (readonly string[])[] = [];
  world.network.overhear = (_connection, _owner, frame) => posted.push(addressesIn(frame));
  await write(world, people, together);
  await world.pass(60_000);
  world.server.flush();
  world.log.tidy();

  const disk = new Database(logPath, { readonly: true });
  const accounts = people.map(({ account }) => account);
  const held = readDisk(disk, accounts);
  const left = disk.query<{ count: number }, []>("SELECT count(*) AS count FROM envelopes").get()?.count ?? -1;
  disk.close();
  const { best, words } = atRest(held, all, together);
  const live = areaUnder(all, together, byLists(held, posted));
  return limitOf(
    "P2.graph",
    "who wrote with whom, guessed from what home keeps (AUC 0.5: no better than a coin), and by who watches it live",
    { "no message is left to guess by": left === 0, "nothing at rest names a pair": best < 0.95 },
    { value: Math.max(best, live), unit: "AUC", goal: `<= ${aucMax}`, isKept: Math.max(best, live) <= aucMax },
    together.size === friendships,
    `at rest ${words}; ` +
      `live ${live.toFixed(2)} by the lists of addresses that are posted to (${all.length} pairs, ${friendships} of them write)`,
  );
}

/**
 * The same where the two live at two homes, from both disks at once: as if one had seized both.
 *
 * @param isCut for the tests of the evidence itself: the line between the homes is cut before the last word.
 */
export async function socialGraphOfHomes(isCut = false): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-graph-"));
  const paths = [join(folder, "yan.db"), join(folder, "ben.db")] as const;
  try {
    const [logPath, logPathThere] = paths;
    const { world, wires, there, personThere } = worldOfPeers({ seed: 608, logPath, logPathThere, keyPackagesKept: 8 });
    const half = peopleCount / 2;
    const [here, far]: [Person[], Person[]] = [[], []];
    for (let i = 0; i < half; i++) {
      here.push(await world.person(`H${i}`));
      far.push(await personThere(`F${i}`));
    }
    const people = [...here, ...far];
    const all = here.flatMap((_, a) => far.map((_other, b): Pair => [a, half + b]));
    const together = drawn(all, friendshipsApart, 608);
    await write(world, people, together);
    if (isCut) {
      wires.cut();
      const [[a, b] = [0, half]] = together;
      const friend = people[b]?.account;
      const chat = people[a]?.view("contacts").find(({ account }) => account === friend)?.conversation ?? "";
      await people[a]?.say(chat, "你还在吗");
    }
    await world.pass(60_000);
    for (const { server, log } of [world, { server: there.running, log: there.log }]) {
      server?.flush();
      log.tidy();
    }
    const disks = paths.map((path) => new Database(path, { readonly: true }));
    const accounts = people.map(({ account }) => account);
    const heldBy = disks.map((disk) => readDisk(disk, accounts));
    const count = (table: string) =>
      disks.reduce((sum, disk) => {
        const row = disk.query<{ count: number }, []>(`SELECT count(*) AS count FROM ${table}`).get();
        return sum + (row?.count ?? Number.NaN);
      }, 0);
    const left = ["envelopes", "peer_rows", "peer_lists", "peer_envelopes"].map(count);
    for (const disk of disks) disk.close();
    const held: Held = {
      addresses: people.map((_, i) => new Set(heldBy.flatMap(({ addresses }) => [...(addresses[i] ?? [])]))),
      packages: people.map((_, i) => heldBy.flatMap(({ packages }) => packages[i] ?? [])),
    };
    const { best, words } = atRest(held, all, together);
    return limitOf(
      "P2.graph-homes",
      "who wrote with whom at another home, guessed from what both homes keep together",
      { "nothing waits to guess by": left.every((one) => one === 0), "nothing at rest names a pair": best < 0.95 },
      { value: best, unit: "AUC", goal: `<= ${aucMax}`, isKept: best <= aucMax },
      together.size === friendshipsApart && held.addresses.every(({ size }) => size > 0),
      `at rest ${words} (${all.length} pairs of two homes, ${friendshipsApart} of them write)`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** So many pairs of these, by chance. */
function drawn(all: readonly Pair[], count: number, seed: number): ReadonlySet<Pair> {
  const chance = chanceFrom(seed);
  const pairs = new Set<Pair>();
  while (pairs.size < count) pairs.add(chance.pick(all));
  return pairs;
}

/** Each of these pairs become friends, and both say something. */
async function write(world: World, people: readonly Person[], together: ReadonlySet<Pair>): Promise<void> {
  for (const [a, b] of together) {
    const chat = await world.befriend(people[a] as Person, people[b] as Person);
    await (people[a] as Person).say(chat, "吃了吗？");
    await (people[b] as Person).say(chat, "吃了");
    await world.pass(2_000);
  }
}

function addressesIn(frame: Uint8Array): readonly string[] {
  try {
    const decoded = decodeClientFrame(frame);
    if (decoded.type === "call" && decoded.name === "uploadList")
      return (decoded.args as { addresses: readonly Uint8Array[] }).addresses.map(toHex);
  } catch {
    // A frame that is none.
  }
  return [];
}

type Held = {
  /** Of each person: addresses on disk, and the running numbers of key packages. */
  readonly addresses: readonly ReadonlySet<string>[];
  readonly packages: readonly (readonly number[])[];
};

function readDisk(disk: Database, accounts: readonly string[]): Held {
  const of = <Row>(sql: string, account: string) => disk.query<Row, [Uint8Array]>(sql).all(Buffer.from(account, "hex"));
  const devices = "SELECT d.ref FROM devices d JOIN accounts a ON a.ref = d.account WHERE a.id = ?";
  return {
    addresses: accounts.map(
      (account) =>
        new Set(
          of<{ address: Uint8Array }>(`SELECT address FROM addresses WHERE device IN (${devices})`, account).map(
            ({ address }) => toHex(address),
          ),
        ),
    ),
    packages: accounts.map((account) =>
      of<{ ref: number }>(`SELECT ref FROM packages WHERE device IN (${devices})`, account).map(({ ref }) => ref),
    ),
  };
}

/** Who has many addresses writes with many. */
function byAddresses({ addresses }: Held): Score {
  return ([a, b]) => (addresses[a]?.size ?? 0) * (addresses[b]?.size ?? 0);
}

/** Packages that were made anew one after the other were drawn one after the other. */
function byPackages({ packages }: Held): Score {
  return ([a, b]) =>
    (packages[a] ?? []).reduce(
      (sum, ref) => sum + (packages[b] ?? []).filter((other) => Math.abs(other - ref) <= 2).length,
      0,
    );
}

/** The best guess by what is at rest, and each of them in words. */
function atRest(held: Held, all: readonly Pair[], together: ReadonlySet<Pair>) {
  const addresses = areaUnder(all, together, byAddresses(held));
  const packages = areaUnder(all, together, byPackages(held));
  return {
    best: Math.max(addresses, packages),
    words: `${addresses.toFixed(2)} by how many addresses each has, ${packages.toFixed(2)} by the order of key packages`,
  };
}

/** Whose addresses stand in one list. */
function byLists({ addresses }: Held, posted: readonly (readonly string[])[]): Score {
  const holds = (person: number, list: readonly string[]) => list.some((one) => addresses[person]?.has(one) === true);
  return ([a, b]) => posted.filter((list) => holds(a, list) && holds(b, list)).length;
}

/** How often a pair that writes is ranked above one that does not; a tie is half. */
export function areaUnder(all: readonly Pair[], together: ReadonlySet<Pair>, score: Score): number {
  const scores = all.map((pair) => ({ writes: together.has(pair), score: score(pair) }));
  const yes = scores.filter(({ writes }) => writes);
  const no = scores.filter(({ writes }) => !writes);
  const wins = yes.reduce(
    (sum, one) =>
      sum + no.reduce((part, other) => part + (one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0), 0),
    0,
  );
  return wins / (yes.length * no.length);
}
