/** What tests of Channels say, and what they see of it. */
import type { ChannelFilmView, ChannelsTab, Hex, Ports } from "@yanshu/client";
import type { Server } from "@yanshu/server";
import type { Bytes } from "@yanshu/wire";
import type { Person, WrapPorts } from "./person.ts";
import { homeFill, World, type WorldOptions } from "./world.ts";

const packMs = 60_000;
/** Of the key by which a test's home signs packs. */
export const homeSeed = new Uint8Array(32).fill(homeFill);

/** A home with Channels, and people who are strangers to each other. */
export async function home(
  options: WorldOptions,
  ...names: readonly string[]
): Promise<{ readonly world: World; readonly people: readonly Person[] }> {
  const config = { packMsMin: packMs, ...options.config };
  const world = new World({ files: true, ...options, config });
  const people: Person[] = [];
  for (const name of names) people.push(await world.person(name));
  return { world, people };
}

/** Bytes of no meaning, so many. */
export const bytes = (length: number, step = 251) =>
  new Blob([Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) % step)]);

export const film = (title: string, length = 300_000, step = 251) => ({
  title,
  film: {
    source: bytes(length, step),
    mime: "video/mp4" as const,
    width: 540,
    height: 960,
    durationMs: 12_000,
    loudness: -21.8,
  },
  poster: { source: bytes(4_000, step), mime: "image/webp" as const, width: 540, height: 960 },
  thumbhash: new Uint8Array(25).fill(7),
});

export const photo = (title: string) => ({
  title,
  pictures: [{ source: bytes(500, title.length + 200), mime: "image/webp" as const, width: 4, height: 3 }],
  thumbhash: new Uint8Array(),
});

/** What the operator of that server does. */
export async function operates(
  server: Server | undefined,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const act = server?.featureActs()[name];
  if (act === undefined) throw new Error(`the operator cannot ${name}`);
  return act(args);
}

/** Whatever waits goes to home, a pack is made, and everybody reads it. */
export async function published(world: World, ...people: readonly Person[]): Promise<void> {
  for (const person of people) await world.during(person.api.lookAtChannels());
  await world.pass(packMs + 5_000);
  for (const person of people) await world.during(person.api.lookAtChannels());
}

export const feed = (person: Person, tab: ChannelsTab = "for-you"): readonly ChannelFilmView[] =>
  person.view("channelsFeed", { tab, limit: 100 }).films;
export const titles = (person: Person, tab: ChannelsTab = "for-you"): readonly string[] =>
  feed(person, tab).map(({ title }) => title);
export const entryOf = (person: Person, title: string): Hex => {
  const found = feed(person).find((one) => one.title === title);
  if (found === undefined) throw new Error(`${person.device} has no film "${title}"`);
  return found.entry;
};
export const found = (person: Person): readonly string[] => person.view("channelsLog").found.map(({ what }) => what);

/** What one person's devices ask home for over HTTP, and what they are given. */
export class PublicLine {
  /** Paths, in their order. */
  readonly asked: string[] = [];
  /** What an operator makes of it. */
  change: (path: string, body: Bytes) => Bytes | Promise<Bytes> = (_, body) => body;
  private readonly of: string;

  constructor(of: string) {
    this.of = of;
  }

  readonly wrap: WrapPorts = (ports: Ports, person: Person) => {
    const { media } = ports;
    if (media === undefined || person.name !== this.of) return ports;
    return {
      ...ports,
      media: {
        ...media,
        request: async (server, asked) => {
          this.asked.push(asked.path);
          const answer = await media.request(server, asked);
          return answer.status === 200 ? { ...answer, body: await this.change(asked.path, answer.body) } : answer;
        },
      },
    };
  };
}
