/**
 * Agreement (docs/spec/simulation.md I9–I14): what was done with a message is the same for everybody who was there all
 * the time. Left out is who still misses something there, for a gap shows it to them.
 */
import type { Hex, TimelineItem } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { Broken, Invariant } from "./breaks.ts";
import { severedIn } from "./disk.ts";
import type { Said } from "./ledger.ts";
import { type Face, faceOf, fileBytes, titleOf } from "./screen.ts";
import type { Town } from "./town.ts";

/** A device that was there all the time, and what it shows of a saying. */
type Sight = { readonly person: Person; readonly item: TimelineItem | undefined };

/** @param stayed devices that were in the conversation from before it was said until the end. */
export async function disagreements(town: Town, stayed: (said: Said) => readonly Person[]): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const severed = severedIn(town.people);
  const items = screens(town);
  for (const said of town.ledger.said) {
    if (severed.has(said.conversation)) continue;
    const sights = stayed(said)
      .filter((person) => missesNothing(town, person, said))
      .map((person): Sight => ({ person, item: items(person, said.conversation).get(said.text) }));
    broken.push(...remembered(town, said, sights), ...different(said, sights), ...lostLines(town, said, sights));
    if (town.world.blobs !== undefined) broken.push(...(await unread(town, said, sights)));
  }
  return broken;
}

function screens(town: Town): (person: Person, conversation: Hex) => ReadonlyMap<string, TimelineItem> {
  const read = new Map<string, ReadonlyMap<string, TimelineItem>>();
  return (person, conversation) => {
    const key = `${town.people.indexOf(person)}:${conversation}`;
    const held =
      read.get(key) ?? new Map(person.items(conversation).flatMap((item) => [[titleOf(item) ?? "", item] as const]));
    read.set(key, held);
    return held;
  };
}

function missesNothing(town: Town, person: Person, said: Said): boolean {
  const gap = person.disk.get("SELECT 1 FROM gaps WHERE conversation = ? LIMIT 1", bytesOf(said.conversation));
  return gap === undefined && (town.ledger.drops.get(person) ?? 0) === 0;
}

function bytesOf(hex: Hex): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** I9: the words of what was recalled are on no screen, and in no row of any table that holds words. */
function remembered(town: Town, said: Said, sights: readonly Sight[]): readonly Broken[] {
  const recall = town.ledger.recalls.find((one) => one.said === said);
  if (recall === undefined || !isStillThere(town, recall, sights)) return [];
  return sights.flatMap(({ person, item }) => {
    const where = item !== undefined ? ["screen"] : tables.filter((table) => holds(person, table, said.text));
    return where.map(
      (place): Broken => ({ invariant: "I9", why: `${person.device} has "${said.text}", recalled, in its ${place}` }),
    );
  });
}

const tables = ["messages.body", "edits.body", "marks.value", "sent.message", "outbox.body", "uploads.body"] as const;

function holds({ disk }: Person, place: (typeof tables)[number], words: string): boolean {
  const [table, column] = place.split(".");
  return disk.get(`SELECT 1 FROM ${table} WHERE instr(${column}, ?) > 0 LIMIT 1`, Buffer.from(words)) !== undefined;
}

/** Whoever is out, or was, may have done it in a place from which nothing goes out any more. */
function isStillThere(town: Town, deed: { by: Person; exits: number; said: Said }, sights: readonly Sight[]): boolean {
  return (
    sights.some(({ person }) => person === deed.by) &&
    town.faults.exitsOf(deed.by, deed.said.conversation) === deed.exits
  );
}

const agreements: readonly (readonly [Invariant, (face: Face) => string])[] = [
  ["I10", ({ words }) => words],
  ["I11", ({ reactions }) => reactions],
  ["I12", ({ tally }) => tally],
  ["I13", ({ lines }) => lines.map(({ by, text }) => `${by} ${text}`).join(" | ")],
];

/** I10 to I13: the same words, reactions, tallies and lines. */
function different(said: Said, sights: readonly Sight[]): readonly Broken[] {
  const faces = sights.flatMap(({ person, item }) => (item === undefined ? [] : [{ person, face: faceOf(item) }]));
  const [first, ...others] = faces;
  if (first === undefined) return [];
  return others.flatMap(({ person, face }) =>
    agreements
      .filter(([, show]) => show(face) !== show(first.face))
      .map(
        ([invariant, show]): Broken => ({
          invariant,
          why: `"${said.text}": ${first.person.device} shows [${show(first.face)}], ${person.device} [${show(face)}]`,
        }),
      ),
  );
}

/** I13: a line that was written and not taken out stands once. */
function lostLines(town: Town, said: Said, sights: readonly Sight[]): readonly Broken[] {
  return town.ledger.lines
    .filter((line) => line.said === said && isStillThere(town, line, sights))
    .flatMap((line) =>
      sights.flatMap(({ person, item }): readonly Broken[] => {
        if (item?.body.kind !== "chain") return [];
        const times = item.body.lines.filter(({ text }) => line.texts.has(text)).length;
        if (times === 1 || (times === 0 && line.isOut)) return [];
        const [text] = line.texts;
        return [
          { invariant: "I13", why: `${person.device} shows the line "${text}" of "${said.text}" ${times} times` },
        ];
      }),
    );
}

/** I14: what was sent is there to be read, as it was. */
async function unread(town: Town, said: Said, sights: readonly Sight[]): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  for (const { person, item } of sights) {
    if (item === undefined || (item.mine && item.state !== "sent")) continue;
    const got = await read(town, person, item);
    if (got === undefined) continue;
    const size = got.length < 4 ? 0 : new DataView(got.buffer, got.byteOffset).getUint32(0);
    const isWhole = size === got.length && toHex(got) === toHex(fileBytes(said.text, size));
    if (!isWhole) broken.push({ invariant: "I14", why: `${person.device} cannot read the file of "${said.text}"` });
  }
  return broken;
}

/** Undefined when there is no file in it. */
async function read(town: Town, person: Person, { body }: TimelineItem): Promise<Uint8Array | undefined> {
  const picture = body.kind === "photos" ? body.pictures[0] : undefined;
  if (picture?.inline !== undefined) return picture.inline;
  const file = body.kind === "file" ? body.file : picture?.file;
  if (file === undefined) return undefined;
  return town.world.during(person.api.readFile(file.handle, 0, file.bytes)).catch(() => new Uint8Array());
}
