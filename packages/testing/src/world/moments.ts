/** What tests of Moments say, and what they see of it. */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MomentAudience, MomentView } from "@yanshu/client";
import { type Bytes, utf8 } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { World, type WorldOptions } from "./world.ts";

export const all: MomentAudience = { who: "all" };
export const range = { limit: 50 };

/** A post of words alone. */
export const words = (text: string, audience: MomentAudience = all) => ({ text, pictures: [], audience });

/** Of 3,000 bytes, to be posted. */
export const picture = () => ({
  source: new Blob([Uint8Array.from({ length: 3_000 }, (_, at) => at % 251)]),
  type: "image/webp" as const,
  width: 40,
  height: 30,
  placeholder: new Uint8Array(20),
});

export const feed = (person: Person): readonly MomentView[] => person.view("momentsFeed", range).posts;
export const texts = (person: Person): readonly string[] => feed(person).map(({ text }) => text);

/** Everybody looks, some times over: what one says is there when the next looks. */
export async function looked(world: World, ...people: readonly Person[]): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await world.pass(2_000);
    for (const person of people) await world.during(person.api.lookAtMoments());
  }
  await world.pass(2_000);
}

/**
 * Time in which no device is on: one that is on looks four times an hour, and days of that cost a test more than all
 * else. Who was on is on again afterwards.
 */
export async function nobodyLooks(world: World, ms: number): Promise<void> {
  const wereOn = world.people.filter(({ isOn }) => isOn);
  for (const one of wereOn) one.crash();
  await world.pass(ms);
  await Promise.all(wereOn.map((one) => one.switchOn()));
  await world.pass(60_000);
}

/** As many friends of the first as are named. @param options or the seed alone. */
export async function friends(
  options: WorldOptions | number,
  ...names: readonly string[]
): Promise<{ readonly world: World; readonly people: readonly Person[] }> {
  const world = new World({ files: true, ...(typeof options === "number" ? { seed: options } : options) });
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  for (const other of people.slice(1)) await world.befriend(people[0] as Person, other);
  return { world, people };
}

/** Ports of those for whom home has no room for files, as long as `isFull`. */
export const withoutRoom =
  (isFull: (name: string) => boolean): NonNullable<WorldOptions["wrapPorts"]> =>
  (ports, { name }) => {
    const { media } = ports;
    if (media === undefined) return ports;
    return {
      ...ports,
      media: {
        ...media,
        request: async (server, asked) =>
          isFull(name) && asked.path.startsWith("/blobs/")
            ? { status: 507, body: utf8("storage-full") }
            : await media.request(server, asked),
      },
    };
  };

/** The home that has it open too makes its file anew now and then, in a thread of its own. */
function opened(path: string): Database {
  const db = new Database(path);
  db.run("PRAGMA busy_timeout = 10000");
  return db;
}

/** A home of which every hole can be reached, as by who runs it. */
export class OpenHome {
  private readonly folder = mkdtempSync(join(tmpdir(), "yanshu-moments-"));
  readonly path = join(this.folder, "log.sqlite");
  private held: Database | undefined;
  get db(): Database {
    this.held ??= opened(this.path);
    return this.held;
  }
  lay(name: Bytes, value: Bytes): void {
    this.db.run("INSERT OR REPLACE INTO holes (hole, value, expires_day) VALUES (?, ?, 100000)", [name, value]);
  }
  value(name: Bytes): Bytes | undefined {
    return (this.db.query("SELECT value FROM holes WHERE hole = ?").get(name) as { value: Bytes } | null)?.value;
  }
  withhold(name: Bytes): void {
    this.db.run("DELETE FROM holes WHERE hole = ?", [name]);
  }
  end(): void {
    this.held?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
