/** Small values of Channels that have one form. */
import type { YouthLimits } from "@yanshu/content";
import { type ChannelEntryRow, readChannelValue, writeChannelValue } from "@yanshu/store";
import { type AccountId, type Bytes, channelLimits, type FilmRef, isDomain, isServerName } from "@yanshu/wire";
import { type FeatureContext, type Hex, pack, unpack } from "../../feature.ts";

export const dayMs = 86_400_000;
export const dayOf = (ms: number) => Math.floor(ms / dayMs);
/** Since 1970, as this device's clock on the wall has it: a person's day begins at their midnight. */
export const localDayOf = (ms: number) => dayOf(ms - localOffsetMs(ms));
/** Since that midnight. */
export const localMinuteOf = (ms: number) => Math.floor(((ms - localOffsetMs(ms)) % dayMs) / 60_000);
const localOffsetMs = (ms: number) => new Date(ms).getTimezoneOffset() * 60_000;
export const none: Bytes = new Uint8Array();
/** Captions of a film, as WebVTT. */
export const captionsBytesMax = 64 << 10;

/** What a screen shows of an entry, as it lies in the store. */
export type ShownEntry = {
  readonly text: string;
  readonly tags: readonly string[];
  readonly films: readonly FilmRef[];
  readonly sound?: Bytes;
  /** Of a comment: the one that it answers. */
  readonly to?: Bytes;
  /** By its author's clock. */
  readonly day: number;
};

/** Files of an entry; none where it shows nothing any more. */
export function filmsShown(row: Pick<ChannelEntryRow, "shown"> | undefined): readonly FilmRef[] {
  return row === undefined || row.shown.length === 0 ? [] : unpack<ShownEntry>(row.shown).films;
}

/** A host of the internet by its name, with a port or none. @checks CH74 */
export function isMirrorName(name: string): boolean {
  const [host = ""] = name.split(":");
  return isServerName(name) && isDomain(host);
}

/** Single values of this device, by name. */
export type ChannelValues = {
  /** Whose packs are held, and by which key it signs them. */
  readonly home: { readonly name: string; readonly key: Bytes };
  readonly terms: { readonly filmBytesMax: number; readonly filmMsMax: number; readonly mayPublish: boolean };
  readonly looked: number;
  /** Where packs came from last while home was away; empty: from home. */
  readonly mirror: string;
  /** Packs of which a mirror gave not all, and that are read again, the oldest first (CH85). */
  readonly again: readonly number[];
  /** Packs whose empty places are to be looked at once they were read (CH130); absent: all that are held. */
  readonly unsettled: readonly number[];
  /** Up to when the person saw what does not hold. */
  readonly alarmSeen: number;
  /** Since when home shows an older head than is held here; 0: it does not. */
  readonly behind: number;
  /** Since when home did not answer, or not with all; 0: it did. */
  readonly silent: number;
  /** Somebody opened Channels here: before that nothing of it is asked for. */
  readonly used: boolean;
  readonly order: "taste" | "time";
  readonly tellsFriends: { readonly isOn: boolean; readonly stampMs: number };
  /** Films of a page are fetched whole, in its order, by this device (FY14). */
  readonly wholePage: boolean;
  /** By the day of `localDayOf`; and what other own devices told of theirs. */
  readonly watched: { readonly day: number; readonly ms: number };
  readonly watchedElsewhere: {
    readonly day: number;
    readonly of: readonly { readonly by: Hex; readonly ms: number }[];
  };
  /** What these Channels are held to, and who alone may change it. */
  readonly guard: { readonly limits: YouthLimits; readonly stampMs: number; readonly guardian?: AccountId };
  /** The day on which friends were last told of the newest pack. */
  readonly told: number;
  /** When the marks of a month are to be drawn, unless they are here. */
  readonly drawAt: { readonly month: number; readonly atMs: number };
  /** Of a month, the hash of the keys of its marks that packs tell everybody (CH32). */
  readonly markKeys: { readonly month: number; readonly hash: Bytes };
  /** Marks that were asked for: the same are asked for again, where the answer was lost. */
  readonly asked: { readonly month: number; readonly marks: readonly BlindedMark[] };
};
export type BlindedMark = { readonly input: Bytes; readonly blind: Bytes; readonly blinded: Bytes };

export function readValue<N extends keyof ChannelValues>(
  { db }: Pick<FeatureContext, "db">,
  name: N,
): ChannelValues[N] | undefined {
  const bytes = readChannelValue(db, name);
  return bytes && unpack<{ readonly v: ChannelValues[N] }>(bytes).v;
}

export function writeValue<N extends keyof ChannelValues>(
  { db }: Pick<FeatureContext, "db">,
  name: N,
  value: ChannelValues[N],
): void {
  writeChannelValue(db, name, pack({ v: value }));
}

/** A word after `#`; `#春节#` ends with one more, `#春节 ` with anything that is no word. */
const hashtag = /#([\p{L}\p{N}\p{M}_·・ー-]+)#?/gu;

/** Hashtags of a text, each once, as they were written (CH43). */
export function hashtagsIn(text: string): readonly string[] {
  const found = [...text.matchAll(hashtag)].map(([, tag]) => tag as string);
  const all = found.filter((tag) => tag.length <= channelLimits.tagMax);
  return [...new Map(all.map((tag): [string, string] => [tagKey(tag), tag])).values()];
}

/** By what two hashtags are the same. */
export function tagKey(tag: string): string {
  return tag.normalize("NFKC").toLowerCase();
}

/**
 * Two levels (CH57): of each comment the one at the top that it stands below, by hashes; the top stands for itself. A
 * comment that answers none of these is a top. Each link is followed once, however long a chain somebody wrote.
 */
export function topsOf(said: readonly { readonly hash: Hex; readonly to?: Hex }[]): ReadonlyMap<Hex, Hex> {
  const answered = new Map(said.map(({ hash, to }): [Hex, Hex | undefined] => [hash, to]));
  const tops = new Map<Hex, Hex>();
  for (const first of answered.keys()) {
    const way: Hex[] = [];
    let at = first;
    while (!tops.has(at)) {
      tops.set(at, at); // So a circle would end, too.
      way.push(at);
      const next = answered.get(at);
      if (next === undefined || !answered.has(next)) break;
      at = next;
    }
    const top = tops.get(at) ?? at;
    for (const one of way) tops.set(one, top);
  }
  return tops;
}
