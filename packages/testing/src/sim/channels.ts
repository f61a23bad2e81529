/**
 * Channels (docs/spec/simulation.md I22): who reads the same packs shows the same, by what its authors said and took
 * back and home decided in the open; what home leaves out for one device is told there.
 */
import type { Hex } from "@yanshu/client";
import { fromHex, toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { Broken } from "./breaks.ts";
import { type PublicSaid, packMs } from "./channels-ledger.ts";
import { isAlive } from "./disk.ts";
import { lostDiskSince } from "./losses.ts";
import type { Simulation } from "./simulation.ts";

/** Until what waits is published: some of it waits for packs that others' words are in (CH92). */
const roundsMax = 12;

const readersOf = (sim: Simulation) =>
  sim.people.filter(
    (person) =>
      person.isOn && person.client.phase() === "ready" && isAlive(sim.world, person) && !sim.restored.has(person),
  );

/** Everybody looks, until nothing waits to be published, and begins with the newest page. */
export async function readAll(sim: Simulation): Promise<void> {
  const all = (what: string, work: (person: Person) => Promise<unknown>) => {
    for (const person of readersOf(sim)) sim.ask(person, what, () => work(person));
  };
  for (let round = 0; round < roundsMax; round++) {
    all("look", ({ api }) => api.lookAtChannels());
    await sim.world.pass(packMs + 5_000);
    if (round > 2 && readersOf(sim).every((person) => waitingOn(person).length === 0)) break;
  }
  all("look", ({ api }) => api.lookAtChannels());
  await sim.world.pass(5_000);
  all("turn", ({ api }) => api.firstPage());
  await sim.world.pass(1_000);
}

/** Titles of what waits here, refused things apart. */
function waitingOn({ disk }: Person): readonly string[] {
  return disk
    .all<{ title: string }>("SELECT title FROM channel_puts WHERE state <> 'failed'")
    .map(({ title }) => title);
}

type Place = {
  readonly hash: Hex;
  readonly channel: Hex;
  readonly seq: number;
  readonly kind: string;
  readonly pack: number;
  readonly state: string;
  readonly words: string;
  /** CBOR of what a screen shows of it. */
  readonly shown: Uint8Array;
};
type Reader = { readonly person: Person; readonly places: ReadonlyMap<Hex, Place> };

export function wrongChannels(sim: Simulation): readonly Broken[] {
  if (!sim.hasChannels) return [];
  const readers = readersOf(sim).map((person): Reader => ({ person, places: placesOn(person) }));
  return [
    ...readers.flatMap((reader) => [...alarms(sim, reader), ...shownWrongly(sim, reader), ...undecided(sim, reader)]),
    ...disagreeing(sim, readers),
    ...unpublished(sim, readers),
  ].map((why) => ({ invariant: "I22", why }));
}

function placesOn({ disk }: Person): ReadonlyMap<Hex, Place> {
  type Row = Omit<Place, "hash" | "channel"> & { readonly hash: Uint8Array; readonly channel: Uint8Array };
  const rows = disk.all<Row>("SELECT hash, channel, seq, kind, pack, state, words, shown FROM channel_entries");
  return new Map(rows.map((row) => [toHex(row.hash), { ...row, hash: toHex(row.hash), channel: toHex(row.channel) }]));
}

const told = ({ disk }: Person) =>
  disk
    .all<{ what: string; channel: Uint8Array; seq: number }>("SELECT what, channel, seq FROM channel_found")
    .map(({ what, channel, seq }) => ({ what, channel: toHex(channel), seq }));

/** An empty place without a word is told, and nothing else is: this home leaves out what it is told to, and no more. */
function alarms(sim: Simulation, { person, places }: Reader): readonly string[] {
  const gone = [...places.values()].filter(({ state }) => state === "gone");
  const all = told(person);
  const tells = ({ channel, seq }: Place) =>
    all.some((one) => one.what === "entry-gone" && one.channel === channel && one.seq === seq);
  const fits = (one: (typeof all)[number]) =>
    one.what === "entry-gone" && gone.some(({ channel, seq }) => channel === one.channel && seq === one.seq);
  return [
    ...gone.filter((place) => !tells(place)).map(({ seq }) => `${person.device} is not told that entry ${seq} is gone`),
    ...gone
      .filter(({ hash }) => !sim.channels.leavesOut(person, hash))
      .map(({ seq }) => `${person.device} holds nothing of entry ${seq}, which home showed it`),
    ...(sim.channels.wasSkewed(person) ? [] : all.filter((one) => !fits(one))).map(
      ({ what }) => `${person.device} tells of home: ${what}`,
    ),
  ];
}

function filmsShown(person: Person) {
  const ids = person.disk.all<{ id: Uint8Array }>("SELECT id FROM channels").map(({ id }) => toHex(id));
  return ids.flatMap((channel) => (person.view("channel", channel)?.films ?? []).map((film) => ({ channel, film })));
}

/** What is on a screen was said by one of that channel's authors, once, and is not taken back. */
function shownWrongly(sim: Simulation, { person, places }: Reader): readonly string[] {
  const seen = new Set<string>();
  return filmsShown(person).flatMap(({ channel, film }) => {
    const said = sim.channels.find(film.title);
    const here = `${person.device} shows "${film.title}"`;
    const isTwice = seen.has(film.title);
    seen.add(film.title);
    if (said === undefined || said.channel !== channel) return [`${here}, which nobody said there`];
    if (!sim.channels.wasAsked(channel, said.account) && !founded(sim, channel, said.account))
      return [`${here} by one who was no author`];
    if (isTwice) return [`${here} twice`];
    return isWithdrawn(person, places.get(film.entry)) ? [`${here}, which was withdrawn`] : [];
  });
}

/** Channels that a person made, for their first comment too, have their key on that person's devices alone. */
function founded(sim: Simulation, channel: Hex, account: Hex): boolean {
  const own = "SELECT 1 FROM channel_own WHERE id = ?";
  return sim.people.some(
    (person) => sim.ledger.accountOf(person) === account && person.disk.get(own, fromHex(channel)) !== undefined,
  );
}

/** By the packs that this device read. */
function isWithdrawn({ disk }: Person, place: Place | undefined): boolean {
  const sql = "SELECT 1 FROM channel_withdrawn WHERE what = 'delete' AND is_on = 1 AND target = ? AND channel = ?";
  return place !== undefined && disk.get(sql, fromHex(place.hash), fromHex(place.channel)) !== undefined;
}

/** What home decided is shown with its reason and a place to object. */
function undecided(sim: Simulation, { person, places }: Reader): readonly string[] {
  const shown = new Map(filmsShown(person).map(({ film }) => [film.entry, film]));
  return sim.channels.decided.flatMap(({ entry, action, reason }) => {
    const place = places.get(entry);
    if (place === undefined || place.state === "deleted" || sim.channels.leavesOut(person, entry)) return [];
    const film = shown.get(entry);
    const gaps = person.view("channel", place.channel)?.gaps ?? [];
    const gap = gaps.find(({ seq }) => seq === place.seq);
    const isShown =
      action === "remove"
        ? film === undefined && gap?.why === "removed" && gap.decision?.reason === reason && gap.decision.appeal !== ""
        : film !== undefined && film.decision?.reason === (action === "label" ? reason : undefined);
    return isShown ? [] : [`${person.device} does not show that home said "${reason}" to ${action} "${place.words}"`];
  });
}

/** Who reads the same packs holds the same, computes the same page, and without taste has the same order. */
function disagreeing(sim: Simulation, readers: readonly Reader[]): readonly string[] {
  const [first, ...others] = readers;
  if (first === undefined) return [];
  const whole = readers.filter(({ person }) => !sim.channels.hasLeftOut(person));
  return [
    ...others.flatMap((one) => {
      const [own, other] = [packsOn(first.person), packsOn(one.person)];
      return own === other ? [] : [`${first.person.device} and ${one.person.device} hold other packs`];
    }),
    ...different("places", readers, ({ places }) => [...places.keys()].toSorted().join()),
    ...different("entries", whole, ({ places }) =>
      [...places.values()].map(({ hash, pack, state, words }) => `${hash}${pack}${state}${words}`).join(),
    ),
    ...different("channels", readers, ({ person }) => channelsOn(person)),
    ...different("comments", whole, ({ person }) => commentsOn(person)),
    ...different("pages", whole, ({ person }) => pageOf(person)?.all.join() ?? ""),
    ...different(
      "orders without a taste",
      whole.filter(({ person }) => hasNoTaste(person)),
      ({ person }) =>
        person
          .view("channelsFeed", { tab: "for-you", limit: 100 })
          .films.map(({ title }) => title)
          .join(),
    ),
  ];
}

function different(what: string, readers: readonly Reader[], seen: (reader: Reader) => string): readonly string[] {
  const [first, ...others] = readers.map((reader) => ({ reader, is: seen(reader) }));
  return others.flatMap(({ reader, is }) =>
    first === undefined || is === first.is
      ? []
      : [`${first.reader.person.device} and ${reader.person.device} have other ${what}`],
  );
}

const joined = (person: Person, sql: string) =>
  person.disk
    .all<{ row: string }>(sql)
    .map(({ row }) => row)
    .join();
const packsOn = (person: Person) => joined(person, "SELECT n || hex(hash) AS row FROM channel_packs ORDER BY n");
const channelsOn = (person: Person) =>
  joined(person, "SELECT hex(id) || hex(authors) || seq || hex(head) || name AS row FROM channels ORDER BY id");
const pageOf = (person: Person) => person.view("channelsFeed", { tab: "for-you", limit: 100 }).page;
const hasNoTaste = ({ disk }: Person) => disk.get("SELECT 1 FROM channel_taste LIMIT 1") === undefined;

/** What stands below films, hidden things as hidden. */
function commentsOn(person: Person): string {
  return filmsShown(person)
    .toSorted((a, b) => (a.film.entry < b.film.entry ? -1 : 1))
    .flatMap(({ film }) => person.view("channelComments", film.entry).comments)
    .filter(({ state }) => state === "here")
    .map(({ entry, text, isHidden }) => `${entry}${text}${isHidden}`)
    .join();
}

/** What an author's device kept is in the packs, or waits or was refused there, once all is quiet. */
function unpublished(sim: Simulation, readers: readonly Reader[]): readonly string[] {
  const places = readers.flatMap((reader) => [...reader.places.values()]);
  const isPublished = ({ text }: PublicSaid) => places.some(({ shown }) => Buffer.from(shown).includes(text));
  const bare = places.filter(({ state }) => state !== "here");
  const mayBeBare = new Set(bare.map(({ hash }) => hash)).size;
  const lacking = sim.channels.said.filter(
    (said) => said.isKept && !said.isGone && !isPublished(said) && isThere(sim, said, readers),
  );
  // Of what is removed or withdrawn no words are left: so many of these may be it.
  return lacking.length <= mayBeBare ? [] : lacking.map(({ text }) => `"${text}" is in no pack and waits nowhere`);
}

/** Its device is still there, and has nothing of it to be said. */
function isThere(sim: Simulation, { by, atMs, text }: PublicSaid, readers: readonly Reader[]): boolean {
  if (!readers.some(({ person }) => person === by) || lostDiskSince(sim, by, atMs)) return false;
  return by.disk.get("SELECT 1 FROM channel_puts WHERE title = ?", text) === undefined;
}
