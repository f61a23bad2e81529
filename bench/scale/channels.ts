/**
 * What the public channels of one home need (docs/spec/channels.md): arithmetic over what was measured and what is
 * assumed, as in model.ts, for a home of 1,000 channels, 100,000 films and 10,000 people who watch.
 */
import type { Figure } from "./figures.ts";

/** Each undefined as long as no whole run has it in the results. */
export type ChannelCosts = {
  /** CPU of the server a GB of films, in seconds. */
  readonly filmCpu: Figure | undefined;
  /** Of the bytes that a device fetches, those that nobody watches, in percent. */
  readonly wasted: Figure | undefined;
};

export function channelCostsOf(figures: ReadonlyMap<string, Figure>): ChannelCosts {
  return {
    filmCpu: figures.get("feed: server CPU a GB of films"),
    wasted: figures.get("feed: bytes fetched and not watched"),
  };
}

export type ChannelAssumptions = {
  readonly channels: number;
  readonly films: number;
  readonly viewers: number;
  readonly daysKept: number;
  readonly filmBytes: number;
  readonly filmBits: number;
  readonly entryBytes: number;
  readonly rootBytes: number;
  readonly packsADay: number;
  readonly countedFilms: number;
  readonly countBytes: number;
  readonly minutesADay: number;
  readonly peak: number;
  readonly filmCpu: number;
  readonly wasted: number;
  readonly markSeconds: number;
  readonly wireBits: number;
};

export type ChannelNeeds = {
  readonly filmsADay: number;
  readonly filmsOfAChannel: number;
  readonly filmDiskBytes: number;
  readonly packBytesADay: number;
  /** What a device reads that begins today. */
  readonly beginBytes: number;
  readonly watching: number;
  readonly filmBitsASecond: number;
  readonly packBitsASecond: number;
  readonly cores: number;
  readonly markCores: number;
  /** Of the machine's network: 1 is full. */
  readonly network: number;
};

const daySeconds = 86_400;
const monthDays = 30;
const dayMinutes = 1_440;

export function channelNeedsOf({ filmCpu, wasted }: ChannelCosts, it: ChannelAssumptions): ChannelNeeds {
  const filmsADay = it.films / it.daysKept;
  const packBytesADay = filmsADay * (it.entryBytes + it.rootBytes) + it.packsADay * it.countedFilms * it.countBytes;
  const watching = (it.viewers * it.minutesADay * it.peak) / dayMinutes;
  const seen = 1 - (wasted?.value ?? it.wasted) / 100;
  const filmBitsASecond = (watching * it.filmBits) / seen;
  const packBitsASecond = (packBytesADay * it.viewers * 8 * it.peak) / daySeconds;
  return {
    filmsADay,
    filmsOfAChannel: it.films / it.channels,
    filmDiskBytes: it.films * it.filmBytes,
    packBytesADay,
    beginBytes: packBytesADay * it.daysKept,
    watching,
    filmBitsASecond,
    packBitsASecond,
    cores: (filmBitsASecond / 8e9) * (filmCpu?.value ?? it.filmCpu),
    markCores: (it.viewers * it.markSeconds) / (monthDays * daySeconds),
    network: (filmBitsASecond + packBitsASecond) / it.wireBits,
  };
}
