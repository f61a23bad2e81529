/**
 * Pages (docs/spec/channels.md CH13): what everybody is offered, as a function of what everybody holds. Home and
 * clients run this code, so a film that an operator lifted is seen, and nothing that a device asks for depends on its
 * person.
 */
import { type Bytes, compareBytes, toHex } from "../bytes.ts";
import type { Primitives } from "../signing.ts";
import { labelled, u53 } from "./label.ts";
import { publicLimits } from "./limits.ts";

/** An entry that a page may have: neither removed nor withdrawn, and of a kind that is shown by itself. */
export type Offered = {
  readonly hash: Bytes;
  readonly channel: Bytes;
  /** The number of the pack that published it, and its day: an author's own day may be false. */
  readonly n: number;
  readonly day: number;
  readonly likes: number;
  readonly views: number;
};

/** How many of a page are chosen in each way; the sum is 72. */
export const pageParts = { newest: 24, liked: 24, longAgo: 12, drawn: 12 } as const;
/** Only entries of that many days are offered, so that a client need not hold more. */
export const pageDays = 90;
const longAgoDays = 30;
const drawnDays = 7;
const longAgoMax = 200;

/**
 * The entries of a page, in their order: the newest, those with the most likes a view, some of long ago, and some drawn
 * evenly from the last week, so that a newcomer is seen; one of each channel. A home with fewer channels than places
 * fills the rest with its newest. The order of `offered` does not matter.
 *
 * @param day the day of the newest pack. @param seed its hash.
 */
export function pageOf(
  sha256: Primitives["sha256"],
  offered: readonly Offered[],
  day: number,
  seed: Bytes,
): readonly Offered[] {
  const all = offered
    .filter((one) => one.day > day - pageDays && one.day <= day)
    .map((one) => ({ one, channel: toHex(one.channel) }))
    .sort((a, b) => compareBytes(a.one.hash, b.one.hash));
  const random = chance(sha256, seed);
  const taken = new Set<(typeof all)[number]>();
  const channels = new Set<string>();
  const take = (from: Iterable<(typeof all)[number]>, most: number, isOnePerChannel = true) => {
    let left = most;
    for (const film of from) {
      if (left === 0) return;
      if (taken.has(film) || (isOnePerChannel && channels.has(film.channel))) continue;
      channels.add(film.channel);
      taken.add(film);
      left--;
    }
  };
  // Sorting is stable, and `all` is in the order of hashes: so ties are in that order for everybody.
  const newest = all.toSorted((a, b) => b.one.n - a.one.n);
  take(newest, pageParts.newest);
  take(
    all.toSorted((a, b) => rate(b.one) - rate(a.one)),
    pageParts.liked,
  );
  const old = all.filter(({ one }) => one.day <= day - longAgoDays).sort((a, b) => b.one.likes - a.one.likes);
  take(drawn(old.slice(0, longAgoMax), random), pageParts.longAgo);
  take(
    drawn(
      all.filter(({ one }) => one.day > day - drawnDays),
      random,
    ),
    pageParts.drawn,
  );
  take(newest, publicLimits.pageMax - taken.size);
  take(newest, publicLimits.pageMax - taken.size, false);
  return [...taken].map(({ one }) => one);
}

/** Likes a view, as if each had one like and twenty views more (Laplace): a few views are not yet a measure. */
function rate({ likes, views }: Offered): number {
  return (likes + 1) / (Math.max(views, likes) + 20);
}

/** All items in a random order, drawn one by one as they are asked for. */
function* drawn<T>(from: readonly T[], random: (below: number) => number): Iterable<T> {
  const left = [...from];
  while (left.length > 0) {
    const at = random(left.length);
    const [one, last] = [left[at] as T, left.pop() as T];
    if (at < left.length) left[at] = last;
    yield one;
  }
}

/** Numbers from a public seed. Of 48 bits, so that the remainder is even enough for lists of any length. */
function chance(sha256: Primitives["sha256"], seed: Bytes): (below: number) => number {
  let n = 0;
  return (below) => {
    const bytes = sha256(labelled("page", seed, u53(n++)));
    let value = 0;
    for (const byte of bytes.subarray(0, 6)) value = value * 256 + byte;
    return value % below;
  };
}
