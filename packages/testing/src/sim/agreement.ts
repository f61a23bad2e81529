/**
 * Agreement (docs/spec/simulation.md I9–I14): what was done with a message is the same for everybody who was there all
 * the time. Features say what that is. Left out is a device that still misses something there, for a gap shows it.
 */
import type { Hex, TimelineItem } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import { testFeatures } from "../features/index.ts";
import { filesIn } from "../features.ts";
import type { Person } from "../world/person.ts";
import type { Broken, Invariant } from "./breaks.ts";
import { severedIn } from "./disk.ts";
import type { Said } from "./ledger.ts";
import { titleOf } from "./screen.ts";
import type { Sight } from "./sight.ts";
import type { Simulation } from "./simulation.ts";
import { fileBytes } from "./words.ts";

/** @param stayed devices that were in the conversation from before it was said until the end. */
export async function disagreements(
  sim: Simulation,
  stayed: (said: Said) => readonly Person[],
): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const severed = severedIn(sim.people);
  const items = screens(sim);
  for (const said of sim.ledger.said) {
    if (severed.has(said.conversation)) continue;
    const sights = stayed(said)
      .filter((person) => missesNothing(sim, person, said))
      .map((person): Sight => ({ person, item: items(person, said.conversation).get(said.text) }));
    broken.push(...different(said, sights), ...testFeatures.flatMap(({ holds }) => holds?.(sim, said, sights) ?? []));
    if (sim.world.blobs !== undefined) broken.push(...(await unread(sim, said, sights)));
  }
  return broken;
}

function screens(sim: Simulation): (person: Person, conversation: Hex) => ReadonlyMap<string, TimelineItem> {
  const read = new Map<string, ReadonlyMap<string, TimelineItem>>();
  return (person, conversation) => {
    const key = `${sim.people.indexOf(person)}:${conversation}`;
    const held =
      read.get(key) ?? new Map(person.items(conversation).flatMap((item) => [[titleOf(item) ?? "", item] as const]));
    read.set(key, held);
    return held;
  };
}

function missesNothing(sim: Simulation, person: Person, said: Said): boolean {
  const gap = person.disk.get("SELECT 1 FROM gaps WHERE conversation = ? LIMIT 1", bytesOf(said.conversation));
  return gap === undefined && (sim.ledger.drops.get(person) ?? 0) === 0;
}

function bytesOf(hex: Hex): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

const alike = testFeatures.flatMap(
  (feature) => Object.entries(feature.alike ?? {}) as [Invariant, (item: TimelineItem) => string][],
);

/** All show the same words, reactions, tallies and lines. */
function different(said: Said, sights: readonly Sight[]): readonly Broken[] {
  const shown = sights.flatMap(({ person, item }) => (item === undefined ? [] : [{ person, item }]));
  const [first, ...others] = shown;
  if (first === undefined) return [];
  return others.flatMap(({ person, item }) =>
    alike
      .filter(([, show]) => show(item) !== show(first.item))
      .map(
        ([invariant, show]): Broken => ({
          invariant,
          why: `"${said.text}": ${first.person.device} shows [${show(first.item)}], ${person.device} [${show(item)}]`,
        }),
      ),
  );
}

/** I14: what was sent is there to be read, as it was. */
async function unread(sim: Simulation, said: Said, sights: readonly Sight[]): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  for (const { person, item } of sights) {
    if (item === undefined || (item.mine && item.state !== "sent")) continue;
    const got = await read(sim, person, item);
    if (got === undefined) continue;
    const size = got.length < 4 ? 0 : new DataView(got.buffer, got.byteOffset).getUint32(0);
    const isWhole = size === got.length && toHex(got) === toHex(fileBytes(said.text, size));
    if (!isWhole) broken.push({ invariant: "I14", why: `${person.device} cannot read the file of "${said.text}"` });
  }
  return broken;
}

/** Undefined when there is no file in it. */
async function read(sim: Simulation, person: Person, { body }: TimelineItem): Promise<Uint8Array | undefined> {
  const [{ file, inline } = {}] = filesIn(body);
  if (inline !== undefined) return inline;
  if (file === undefined) return undefined;
  return sim.world.during(person.api.readFile(file.handle, 0, file.bytes)).catch(() => new Uint8Array());
}
