/**
 * R2.7 of Moments: who shares Moments with whom, guessed from all that home keeps, and by who watches it live
 * (docs/spec/moments.md HO4, HO5). All chat with all, so that nothing but Moments tells one pair from another.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holeName } from "@yanshu/client/moments";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, decodeClientFrame, fromHex, toHex } from "@yanshu/wire";
import { chanceFrom } from "../../world/chance.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { type Check, limitOf } from "../check.ts";
import { areaUnder, type Pair, type Score } from "./graph.ts";

const crypto = createBunCrypto();
const peopleCount = 6;
const sharing = 6;
/** No better than a guess. */
const aucMax = 0.55;
const nameBytes = 16;
const dayMs = 86_400_000;

/** @param writesDown for the test of the evidence: home keeps which account put and read which hole. */
export async function momentsGraph(writesDown = false): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-moments-graph-"));
  try {
    return await guess(join(folder, "home.db"), writesDown);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function guess(logPath: string, writesDown: boolean): Promise<Check> {
  const world = new World({ seed: 620, logPath, files: true });
  const people: Person[] = [];
  for (let i = 0; i < peopleCount; i++) people.push(await world.person(`P${i}`));
  const all = people.flatMap((_, a) => people.slice(a + 1).map((_other, i): Pair => [a, a + 1 + i]));
  const chance = chanceFrom(620);
  const together = new Set<Pair>();
  while (together.size < sharing) together.add(chance.pick(all));
  for (const pair of all) {
    const [one, other] = pair.map((at) => people[at]) as [Person, Person];
    await world.befriend(one, other);
    // Decided of everybody, so that the decision itself tells no pair.
    const chatsOnly = !together.has(pair);
    await one.api.setMomentsWith(other.account, { chatsOnly });
    await other.api.setMomentsWith(one.account, { chatsOnly });
  }
  const live = people.map(() => new Set<string>());
  world.network.overhear = (_connection, owner, frame) => {
    const at = people.findIndex(({ device }) => device === owner);
    for (const name of namesIn(frame)) live[at]?.add(toHex(name));
  };
  for (const person of people)
    await world.during(person.api.postMoment({ text: "吃了吗", pictures: [], audience: { who: "all" } }));
  for (let look = 0; look < 2; look++) {
    await world.pass(3_000);
    for (const person of people) await world.during(person.api.lookAtMoments());
  }
  for (const person of people)
    for (const { id, mine } of person.view("momentsFeed", { limit: 50 }).posts)
      if (mine === undefined) await world.during(person.api.likeMoment(id));
  const reads = (person: Person) => person.view("momentsFeed", { limit: 50 }).posts.length;
  const isShared = people.every((person, at) => {
    const friends = [...together].filter((pair) => pair.includes(at)).length;
    return reads(person) === 1 + friends;
  });
  await world.pass(dayMs); // Home has made the table anew since.
  world.server.flush();
  world.log.tidy();

  const disk = new Database(logPath);
  const holes = (disk.query("SELECT hole FROM holes").all() as { hole: Bytes }[]).map(({ hole }) => toHex(hole));
  if (writesDown) {
    disk.run("CREATE TABLE looked (account BLOB, hole BLOB)");
    for (const [at, names] of live.entries())
      for (const name of names)
        disk.run("INSERT INTO looked VALUES (?, ?)", [fromHex(people[at]?.account ?? ""), fromHex(name)]);
  }
  const ids = people.map((person) => idsOf(disk, person));
  const kept = besideIds(disk, ids, new Set(holes));
  disk.close();
  const auc = (score: Score) => areaUnder(all, together, score);
  const shared = (of: readonly ReadonlySet<string>[]): Score => {
    return ([a, b]) => [...(of[a] ?? [])].filter((name) => of[b]?.has(name) === true).length;
  };
  const [value, watched] = [auc(shared(kept)), auc(shared(live))];
  return limitOf(
    "P2.moments",
    "who shares Moments with whom, guessed from the holes that home keeps (AUC 0.5: no better than a coin)",
    { "no row names a hole beside a person": kept.every(({ size }) => size === 0) },
    { value, unit: "AUC", goal: `<= ${aucMax}`, isKept: value <= aucMax },
    together.size === sharing && isShared && holes.length > 32 * peopleCount && watched > 0.95,
    `at rest ${value.toFixed(2)} by the holes that stand beside anybody's ids, among ${holes.length}; by who watches ` +
      `live ${watched.toFixed(2)} (${all.length} pairs that chat, ${sharing} of them share Moments)`,
  );
}

/** Names of holes that are put or read. */
function namesIn(frame: Uint8Array): readonly Bytes[] {
  try {
    const decoded = decodeClientFrame(frame);
    if (decoded.type !== "call") return [];
    if (decoded.name === "putHoles")
      return (decoded.args as { holes: readonly { secret: Bytes }[] }).holes.map(({ secret }) =>
        holeName(crypto, secret),
      );
    if (decoded.name !== "readHoles") return [];
    const { names } = decoded.args as { names: Bytes };
    return Array.from({ length: names.length / nameBytes }, (_, at) =>
      names.slice(at * nameBytes, (at + 1) * nameBytes),
    );
  } catch {
    return []; // A frame that is none.
  }
}

/** What stands for a person in home's tables: the account, its devices, and the numbers that tables call them by. */
type Ids = { readonly bytes: ReadonlySet<string>; readonly account: number; readonly devices: ReadonlySet<number> };

function idsOf(disk: Database, person: Person): Ids {
  const account = fromHex(person.account);
  const row = disk.query("SELECT ref FROM accounts WHERE id = ?").get(account) as { ref: number };
  const devices = disk.query("SELECT ref, id FROM devices WHERE account = ?").all(row.ref) as {
    ref: number;
    id: Uint8Array;
  }[];
  return {
    bytes: new Set([person.account, ...devices.map(({ id }) => toHex(id))]),
    account: row.ref,
    devices: new Set(devices.map(({ ref }) => ref)),
  };
}

/** Of each person: holes that stand in one row with something of them, in whatever table. */
function besideIds(disk: Database, people: readonly Ids[], holes: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  const names = people.map(() => new Set<string>());
  const tables = disk.query("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
  for (const { name } of tables)
    for (const row of disk.query(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[]) {
      const columns = Object.entries(row);
      const bytes = columns.flatMap(([, value]) => (value instanceof Uint8Array ? [toHex(value)] : []));
      for (const [at, { bytes: own, account, devices }] of people.entries()) {
        const isNamed =
          bytes.some((one) => own.has(one)) ||
          columns.some(
            ([column, value]) =>
              (column === "account" && value === account) || (column === "device" && devices.has(value as number)),
          );
        for (const one of isNamed ? bytes : []) if (holes.has(one)) names[at]?.add(one);
      }
    }
  return names;
}
