/**
 * Stretch: which rows of a conversation stand in the document. Those in sight do, and some screens of those that come
 * into sight next, where a scroll is heading; they are put there few at a time, so that no frame waits for many.
 * Pure: heights and the place of the scroll come in.
 *
 * Everything is measured from the newest end, where the log is anchored: what is put on top moves nothing.
 */

/** Rows `first` to before `end`, and how high those after them are together. */
export type Stretch = { readonly first: number; readonly end: number; readonly belowPx: number };

export type Sight = {
  /** From the lower edge of what is seen to the newest end. */
  readonly fromEndPx: number;
  readonly heightPx: number;
  readonly heading: "older" | "newer" | "nowhere";
};

/** How far rows reach beyond what is seen: where a scroll is heading, and on both sides while nothing moves. */
const aheadPx = 4_000;
const aroundPx = 2_400;
/** Where rows are taken away again: behind a scroll, and where it is heading. */
const behindPx = 500;
const farPx = 4_800;
/** Rows beyond what is seen that come in one step; more come where one is about to see their end. */
const comingMax = 1;
const comingSoonMax = 5;
/** Rows go many together: each time the browser looks at all that stay. */
const goingLeast = 20;
const goingMax = 24;

/** The next step from `now`. The same object says that there is nothing left to do. */
export function nextStretch(now: Stretch, sight: Sight, count: number, heightOf: (row: number) => number): Stretch {
  const { fromEndPx, heightPx, heading } = sight;
  const reach = (olderPx: number, newerPx: number) =>
    between(now, fromEndPx - newerPx, fromEndPx + heightPx + olderPx, count, heightOf);
  const seen = reach(0, 0);
  // Whatever lies elsewhere goes at once, as after a jump.
  const isElsewhere = now.end <= seen.first || now.first >= seen.end;
  const side = (to: "older" | "newer") =>
    heading === "nowhere" ? [aroundPx, farPx] : heading === to ? [aheadPx, farPx] : [0, behindPx];
  const [[addOlder = 0, keepOlder = 0], [addNewer = 0, keepNewer = 0]] = [side("older"), side("newer")];
  const wanted = reach(addOlder, addNewer);
  const kept = reach(keepOlder, keepNewer);
  const first = isElsewhere ? seen.first : -step(-now.first, -wanted.first, -kept.first, -seen.first);
  const end = isElsewhere ? seen.end : step(now.end, wanted.end, kept.end, seen.end);
  if (first === now.first && end === now.end) return now;
  return { first, end, belowPx: now.belowPx + heightBetween(end, now.end, heightOf) };
}

/** An edge, larger the further out: at least to what is seen, from there in small steps; inwards many at a time. */
function step(from: number, wanted: number, kept: number, seen: number): number {
  if (from > kept) return from - kept < goingLeast ? from : Math.max(kept, from - goingMax);
  if (from >= wanted) return from;
  const atLeast = Math.max(from, seen);
  return Math.min(wanted, atLeast + (atLeast - seen < comingSoonMax ? comingSoonMax : comingMax));
}

/** The rows that lie between two distances from the end, those cut by them included; at least one. */
function between(
  { end, belowPx }: Stretch,
  lowPx: number,
  highPx: number,
  count: number,
  heightOf: (row: number) => number,
): { readonly first: number; readonly end: number } {
  let [last, below] = [end, belowPx];
  while (last < count && below > lowPx) below -= heightOf(last++);
  while (last > 1 && below + heightOf(last - 1) <= lowPx) below += heightOf(--last);
  let [first, above] = [last, below];
  while (first > 0 && (above < highPx || first === last)) above += heightOf(--first);
  return { first, end: last };
}

/** Height of the rows from `first` to before `end`; less than nothing the other way round. */
export function heightBetween(first: number, end: number, heightOf: (row: number) => number): number {
  let height = 0;
  for (let row = Math.min(first, end); row < Math.max(first, end); row++) height += heightOf(row);
  return first <= end ? height : -height;
}
